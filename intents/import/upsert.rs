use super::{ImportError, Report, Row};
use model::CityId;
use serde::Serialize;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::HashMap;

/// A table's rows, and how they go into the database: new ones are inserted, different ones renewed, equal ones left.
pub(crate) struct Upsert {
    pub table: &'static str,
    /// The key's columns after `city_id`, with their SQL types.
    pub key: &'static [(&'static str, &'static str)],
    pub columns: &'static [(&'static str, &'static str)],
}

/// Rows travel as JSON in one parameter; so many at a time.
const CHUNK: usize = 2_000;

/// Puts rows into a city. `id` names a row; the second of two with the same id is rejected.
pub(crate) async fn upsert<T: Serialize>(
    tx: &mut PgConnection,
    city: &CityId,
    spec: &Upsert,
    rows: Vec<(Row<'_>, String, T)>,
    report: &mut Report,
) -> Result<(), ImportError> {
    let mut first: HashMap<String, u64> = HashMap::new();
    let mut unique = Vec::with_capacity(rows.len());
    for (row, id, value) in rows {
        match first.get(&id) {
            Some(line) => report.reject(&row, format!("`{id}` stands in line {line} already")),
            None => {
                first.insert(id, row.line());
                unique.push(value);
            }
        }
    }
    let names = |columns: &[(&str, &str)]| columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let all: Vec<_> = spec.key.iter().chain(spec.columns).copied().collect();
    let typed = all.iter().map(|(name, kind)| format!("{name} {kind}")).collect::<Vec<_>>().join(", ");
    let (old, new) = (
        spec.columns.iter().map(|(name, _)| format!("{}.{name}", spec.table)).collect::<Vec<_>>().join(", "),
        spec.columns.iter().map(|(name, _)| format!("EXCLUDED.{name}")).collect::<Vec<_>>().join(", "),
    );
    let set = spec.columns.iter().map(|(name, _)| format!("{name} = EXCLUDED.{name}")).collect::<Vec<_>>().join(", ");
    // Only names from the specs, which are constants, get into the statement.
    let sql = format!(
        "INSERT INTO {table} (city_id, {columns}) SELECT $1, {columns} FROM jsonb_to_recordset($2) AS t ({typed})
         ON CONFLICT (city_id, {key}) DO UPDATE SET {set} WHERE ({old}) IS DISTINCT FROM ({new})",
        table = spec.table,
        columns = names(&all),
        key = names(spec.key),
    );
    for chunk in unique.chunks(CHUNK) {
        let json = serde_json::to_value(chunk).map_err(store::StoreError::from)?;
        let done = sqlx::query(AssertSqlSafe(sql.as_str())).bind(city.as_str()).bind(json).execute(&mut *tx).await?;
        report.changed += done.rows_affected();
        report.loaded += chunk.len();
    }
    Ok(())
}
