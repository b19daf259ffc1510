use super::INTENTS;
use crate::import::{ImportError, Report, Table, Upsert, upsert};
use model::CityId;
use serde::Serialize;
use store::CityTx;

#[derive(Serialize)]
struct GuideRow {
    intent: String,
    desk_id: Option<String>,
    page: Option<String>,
    body: String,
}

const TABLE: Upsert = Upsert {
    table: "guide",
    key: &[("intent", "text")],
    columns: &[("desk_id", "text"), ("page", "text"), ("body", "text")],
};

/// What a resident can do today for each intent that is not on line: `intent,desk,page,text`. Rows for intents that a
/// service serves by now are loaded and not used.
pub async fn import(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["intent"], &["desk"], &["text"]])?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let mut rows = Vec::new();
    for row in table.rows() {
        let intent = row.get(&["intent"]);
        let named = intent.split_once('.').is_some_and(|(service, what)| !service.is_empty() && !what.is_empty());
        if !named && !INTENTS.contains(&intent) {
            report.reject(&row, format!("`{intent}` is no intent"));
            continue;
        }
        let some = |names: &[&str]| Some(row.get(names).to_owned()).filter(|cell| !cell.is_empty());
        let value = GuideRow { intent: intent.to_owned(), desk_id: some(&["desk"]), page: some(&["page"]), body: row.get(&["text"]).to_owned() };
        rows.push((row, intent.to_owned(), value));
    }
    upsert(tx, city, &TABLE, rows, &mut report).await?;
    Ok(report)
}
