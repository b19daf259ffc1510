//! The four files of 5374.jp: area_days, target, description, center. A folder of them, or any one alone; the columns
//! tell which it is.

use super::days::CollectionDays;
use crate::import::{ImportError, Report, Row, Table, Upsert, upsert};
use chrono::NaiveDate;
use model::CityId;
use serde::Serialize;
use std::path::Path;
use store::CityTx;

pub async fn import(tx: &mut CityTx, city: &CityId, path: &Path) -> Result<Report, ImportError> {
    if !path.is_dir() {
        return import_table(tx, city, &Table::read(path)?).await;
    }
    let mut report = Report::default();
    let mut any = false;
    for name in ["description.csv", "center.csv", "target.csv", "area_days.csv"] {
        let file = path.join(name);
        if file.exists() {
            any = true;
            report.add(import_table(tx, city, &Table::read(&file)?).await?);
        }
    }
    if any {
        return Ok(report);
    }
    Err(ImportError::Content { file: path.to_owned(), problem: "holds none of area_days.csv, target.csv, description.csv, center.csv".into() })
}

async fn import_table(tx: &mut CityTx, city: &CityId, table: &Table) -> Result<Report, ImportError> {
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    if table.has("地名") {
        areas(tx, city, table, &mut report).await?;
    } else if table.has("label") {
        types(tx, city, table, &mut report).await?;
    } else if table.has("休止開始日") {
        closures(tx, city, table, &mut report).await?;
    } else {
        table.require(&[&["type", "分別"], &["name", "品目"]])?;
        items(tx, city, table, &mut report).await?;
    }
    Ok(report)
}

#[derive(Serialize)]
struct TypeRow {
    name: String,
    description: String,
    frequency: String,
}

const TYPES: Upsert =
    Upsert { table: "waste_type", key: &[("name", "text")], columns: &[("description", "text"), ("frequency", "text")] };

async fn types(tx: &mut CityTx, city: &CityId, table: &Table, report: &mut Report) -> Result<(), ImportError> {
    let mut rows = Vec::new();
    for row in table.rows() {
        let name = row.get(&["label"]);
        if name.is_empty() {
            report.reject(&row, "the label is empty");
            continue;
        }
        let value = TypeRow { name: squash(name), description: row.get(&["description"]).to_owned(), frequency: row.get(&["sublabel"]).to_owned() };
        rows.push((row, value.name.clone(), value));
    }
    upsert(tx, city, &TYPES, rows, report).await
}

#[derive(Serialize)]
struct ItemRow {
    item_id: String,
    name: String,
    kana: String,
    r#type: String,
    notice: String,
}

const ITEMS: Upsert = Upsert {
    table: "waste_item",
    key: &[("item_id", "text")],
    columns: &[("name", "text"), ("kana", "text"), ("type", "text"), ("notice", "text")],
};

async fn items(tx: &mut CityTx, city: &CityId, table: &Table, report: &mut Report) -> Result<(), ImportError> {
    let mut rows = Vec::new();
    for row in table.rows() {
        let (name, kind) = (row.get(&["name", "品目"]), row.get(&["type", "分別"]));
        if name.is_empty() || kind.is_empty() {
            report.reject(&row, if name.is_empty() { "the name is empty" } else { "the type is empty" });
            continue;
        }
        // The files have no id; an item is its name within its type.
        let id = format!("{}/{}", squash(kind), name);
        let value = ItemRow {
            item_id: id.clone(),
            name: name.to_owned(),
            kana: row.get(&["furigana", "ふりがな"]).to_owned(),
            r#type: squash(kind),
            notice: row.get(&["notice", "注意"]).to_owned(),
        };
        rows.push((row, id, value));
    }
    upsert(tx, city, &ITEMS, rows, report).await
}

#[derive(Serialize)]
struct AreaRow {
    area_id: String,
    name: String,
    center: String,
    days: Vec<(String, String)>,
}

const AREAS: Upsert = Upsert {
    table: "waste_area",
    key: &[("area_id", "text")],
    columns: &[("name", "text"), ("center", "text"), ("days", "jsonb")],
};

/// Every column that is neither name nor centre is a type of waste. A cell that is not understood rejects the row;
/// the same place twice (with the same days) is one area.
async fn areas(tx: &mut CityTx, city: &CityId, table: &Table, report: &mut Report) -> Result<(), ImportError> {
    let kinds: Vec<&str> = table.columns().into_iter().filter(|name| !["地名", "センター", "マスター", ""].contains(name)).collect();
    let mut rows: Vec<(Row<'_>, String, AreaRow)> = Vec::new();
    for row in table.rows() {
        let name = row.get(&["地名"]);
        if name.is_empty() {
            report.reject(&row, "the name of the area is empty");
            continue;
        }
        let days: Vec<(String, String)> = kinds.iter().map(|kind| (squash(kind), row.get(&[kind]).to_owned())).collect();
        if let Some(bad) = days.iter().find_map(|(kind, written)| CollectionDays::parse(written).err().map(|e| format!("{kind}: {e}"))) {
            report.reject(&row, bad);
            continue;
        }
        let master = row.get(&["マスター"]);
        let id = if master.is_empty() { name.to_owned() } else { format!("{master}/{name}") };
        let value = AreaRow { area_id: id.clone(), name: name.to_owned(), center: squash(row.get(&["センター"])), days };
        if rows.iter().any(|(_, known, area)| *known == id && area.days == value.days) {
            continue;
        }
        rows.push((row, id, value));
    }
    // The types must be known by name even where description.csv is missing or names others.
    let known: Vec<String> = kinds.iter().map(|kind| squash(kind)).collect();
    let done = sqlx::query("INSERT INTO waste_type (city_id, name) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING")
        .bind(city.as_str())
        .bind(known)
        .execute(&mut **tx)
        .await?;
    report.changed += done.rows_affected();
    upsert(tx, city, &AREAS, rows, report).await
}

#[derive(Serialize)]
struct ClosureRow {
    center: String,
    from_date: NaiveDate,
    to_date: NaiveDate,
}

const CLOSURES: Upsert =
    Upsert { table: "waste_closure", key: &[("center", "text"), ("from_date", "date")], columns: &[("to_date", "date")] };

async fn closures(tx: &mut CityTx, city: &CityId, table: &Table, report: &mut Report) -> Result<(), ImportError> {
    let mut rows: Vec<(Row<'_>, String, ClosureRow)> = Vec::new();
    for row in table.rows() {
        let center = squash(row.get(&["名称"]));
        match (date(row.get(&["休止開始日"])), date(row.get(&["休止終了日"]))) {
            (Ok(from_date), Ok(to_date)) if from_date <= to_date => {
                let id = format!("{center}/{from_date}");
                // Real files name a centre twice, once with a trailing space.
                if rows.iter().any(|(_, known, closure)| *known == id && closure.to_date == to_date) {
                    continue;
                }
                rows.push((row, id, ClosureRow { center, from_date, to_date }));
            }
            (Ok(_), Ok(_)) => report.reject(&row, "the closure ends before it begins"),
            (Err(reason), _) | (_, Err(reason)) => report.reject(&row, reason),
        }
    }
    upsert(tx, city, &CLOSURES, rows, report).await
}

fn date(cell: &str) -> Result<NaiveDate, String> {
    let folded = normalise::fold(cell).replace('/', "-");
    NaiveDate::parse_from_str(&folded, "%Y-%m-%d").map_err(|_| format!("`{cell}` is no date; write 2026/12/30"))
}

/// Spaces inside and around a name say nothing: 「容器包装 プラスチック」.
fn squash(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}
