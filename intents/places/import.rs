use super::category;
use crate::import::{ImportError, Report, Row, Table, Upsert, upsert};
use chrono::NaiveDate;
use model::{CityId, Hours};
use serde::Serialize;
use store::CityTx;

#[derive(Serialize)]
struct PlaceRow {
    place_id: String,
    category: String,
    name: String,
    kana: String,
    address: String,
    lat: f64,
    lng: f64,
    phone: Option<String>,
    hours: String,
    closed: String,
    wheelchair: Option<bool>,
    note: String,
    url: Option<String>,
    as_of: Option<NaiveDate>,
}

const TABLE: Upsert = Upsert {
    table: "place",
    key: &[("place_id", "text")],
    columns: &[
        ("category", "text"),
        ("name", "text"),
        ("kana", "text"),
        ("address", "text"),
        ("lat", "float8"),
        ("lng", "float8"),
        ("phone", "text"),
        ("hours", "text"),
        ("closed", "text"),
        ("wheelchair", "bool"),
        ("note", "text"),
        ("url", "text"),
        ("as_of", "date"),
    ],
};

/// Places: `id,category,name,kana,address,lat,lng,phone,hours,closed,wheelchair,note,url,as_of`.
pub async fn import(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["id"], &["category", "種別"], &["name", "名称"], &["lat", "緯度"], &["lng", "経度"]])?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let mut rows = Vec::new();
    for row in table.rows() {
        match read(&row) {
            Ok(place) => rows.push((row, place.place_id.clone(), place)),
            Err(reason) => report.reject(&row, reason),
        }
    }
    upsert(tx, city, &TABLE, rows, &mut report).await?;
    Ok(report)
}

fn read(row: &Row<'_>) -> Result<PlaceRow, String> {
    let text = |names: &[&str]| row.get(names).to_owned();
    let some = |names: &[&str]| Some(row.get(names).to_owned()).filter(|cell| !cell.is_empty());
    let (id, category, name) = (text(&["id"]), text(&["category", "種別"]), text(&["name", "名称"]));
    if id.is_empty() || name.is_empty() {
        return Err(if id.is_empty() { "the id is empty" } else { "the name is empty" }.into());
    }
    if !category::is_known(&category) {
        return Err(format!("`{category}` is no category"));
    }
    let point = row.point(&["lat", "緯度"], &["lng", "経度"])?;
    let (hours, closed) = (text(&["hours", "開館時間"]), text(&["closed", "休み"]));
    Hours::parse(&hours, &closed).map_err(|error| error.to_string())?;
    Ok(PlaceRow {
        place_id: id,
        category,
        name,
        kana: text(&["kana", "かな"]),
        address: text(&["address", "住所"]),
        lat: point.lat,
        lng: point.lng,
        phone: some(&["phone", "電話番号"]),
        hours,
        closed,
        wheelchair: match row.get(&["wheelchair", "車いす"]) {
            "" => None,
            "1" | "○" | "〇" => Some(true),
            "0" => Some(false),
            other => return Err(format!("wheelchair must be 1, 0 or empty, not `{other}`")),
        },
        note: text(&["note", "備考"]),
        url: some(&["url"]),
        as_of: match row.get(&["as_of"]) {
            "" => None,
            date => Some(date.parse().map_err(|_| format!("`{date}` is no date; write 2026-06-01"))?),
        },
    })
}
