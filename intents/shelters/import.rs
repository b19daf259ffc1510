use super::HAZARDS;
use crate::import::{ImportError, Report, Row, Table, Upsert, upsert};
use chrono::NaiveDate;
use model::CityId;
use serde::Serialize;
use store::CityTx;

#[derive(Serialize)]
struct ShelterRow {
    shelter_id: String,
    name: String,
    kana: String,
    address: String,
    lat: f64,
    lng: f64,
    kind: &'static str,
    capacity: Option<i32>,
    pets: Option<bool>,
    wheelchair: Option<bool>,
    hazards: Option<i32>,
    note: String,
    as_of: Option<NaiveDate>,
}

const TABLE: Upsert = Upsert {
    table: "shelter",
    key: &[("shelter_id", "text")],
    columns: &[
        ("name", "text"),
        ("kana", "text"),
        ("address", "text"),
        ("lat", "float8"),
        ("lng", "float8"),
        ("kind", "text"),
        ("capacity", "int"),
        ("pets", "bool"),
        ("wheelchair", "bool"),
        ("hazards", "int"),
        ("note", "text"),
        ("as_of", "date"),
    ],
};

const ID: &[&str] = &["id", "共通id", "no"];
const NAME: &[&str] = &["name", "施設・場所名", "名称"];
const LAT: &[&str] = &["lat", "緯度"];
const LNG: &[&str] = &["lng", "経度"];
/// The columns of hazards, in the order of their bits: ours and those of GSI's national list.
const HAZARD_COLUMNS: [&[&str]; 8] = [
    &["flood", "洪水"],
    &["landslide", "崖崩れ、土石流及び地滑り"],
    &["storm_surge", "高潮"],
    &["earthquake", "地震"],
    &["tsunami", "津波"],
    &["fire", "大規模な火事"],
    &["inland_flood", "内水氾濫"],
    &["volcano", "火山現象"],
];

/// Shelters: our own columns, or GSI's list of emergency sites (指定緊急避難場所) or of shelters (指定避難所).
pub async fn import(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[ID, NAME, LAT, LNG])?;
    let has_hazards = HAZARD_COLUMNS.iter().any(|names| names.iter().any(|name| table.has(name)));
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let mut rows = Vec::new();
    for row in table.rows() {
        match read(&row, has_hazards) {
            Ok(shelter) => rows.push((row, shelter.shelter_id.clone(), shelter)),
            Err(reason) => report.reject(&row, reason),
        }
    }
    upsert(tx, city, &TABLE, rows, &mut report).await?;
    Ok(report)
}

fn read(row: &Row<'_>, has_hazards: bool) -> Result<ShelterRow, String> {
    let id = row.get(ID);
    let name = row.get(NAME);
    if id.is_empty() {
        return Err("the id is empty".into());
    }
    if name.is_empty() {
        return Err("the name is empty".into());
    }
    let point = row.point(LAT, LNG)?;
    let mut hazards = 0;
    for ((bit, ..), names) in HAZARDS.iter().zip(HAZARD_COLUMNS) {
        if flag(row.get(names)).ok_or_else(|| format!("{} must be 1 or empty", names[0]))? {
            hazards |= bit;
        }
    }
    let kind = match row.get(&["kind"]) {
        "避難所" => "shelter",
        "避難場所" => "site",
        "両方" => "both",
        "福祉避難所" => "welfare",
        "" if has_hazards => "site",
        "" if row.get(&["受入対象者"]).is_empty() => "shelter",
        "" => "welfare",
        other => return Err(format!("`{other}` is no kind; use 避難所, 避難場所, 両方 or 福祉避難所")),
    };
    Ok(ShelterRow {
        shelter_id: id.to_owned(),
        name: name.to_owned(),
        kana: row.get(&["kana"]).to_owned(),
        address: row.get(&["address", "住所"]).to_owned(),
        lat: point.lat,
        lng: point.lng,
        kind,
        capacity: optional(row.get(&["capacity", "想定収容人数"]))?,
        pets: known(row.get(&["pets"]))?,
        wheelchair: known(row.get(&["wheelchair"]))?,
        hazards: has_hazards.then_some(hazards),
        note: row.get(&["note", "備考"]).to_owned(),
        as_of: match row.get(&["as_of"]) {
            "" => None,
            date => Some(date.parse().map_err(|_| format!("`{date}` is no date; write 2026-06-01"))?),
        },
    })
}

fn flag(cell: &str) -> Option<bool> {
    match cell {
        "" | "0" => Some(false),
        "1" | "○" | "〇" | "◎" => Some(true),
        _ => None,
    }
}

/// A comfort that is stated; an empty cell says nothing.
fn known(cell: &str) -> Result<Option<bool>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    flag(cell).map(Some).ok_or_else(|| format!("`{cell}` must be 1, 0 or empty"))
}

fn optional(cell: &str) -> Result<Option<i32>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let digits = normalise::fold(cell).replace([',', '人'], "");
    digits.parse().ok().filter(|n| *n >= 0).map(Some).ok_or_else(|| format!("`{cell}` is no number of people"))
}

#[derive(Serialize)]
struct StatusRow {
    shelter_id: String,
    state: &'static str,
    people: Option<i32>,
    updated_at: String,
}

const STATUS_TABLE: Upsert = Upsert {
    table: "shelter_status",
    key: &[("shelter_id", "text")],
    columns: &[("state", "text"), ("people", "int"), ("updated_at", "timestamptz")],
};

/// Which shelters are open: `id,state,people,updated_at` with 開設 / 満員 / 閉鎖 (or open / full / closed).
pub async fn import_status(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["id"], &["state", "状態"], &["updated_at", "更新日時"]])?;
    let known: Vec<String> = sqlx::query_scalar("SELECT shelter_id FROM shelter WHERE city_id = $1").bind(city.as_str()).fetch_all(&mut **tx).await?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let mut rows = Vec::new();
    for row in table.rows() {
        match read_status(&row, &known) {
            Ok(status) => rows.push((row, status.shelter_id.clone(), status)),
            Err(reason) => report.reject(&row, reason),
        }
    }
    upsert(tx, city, &STATUS_TABLE, rows, &mut report).await?;
    Ok(report)
}

fn read_status(row: &Row<'_>, known: &[String]) -> Result<StatusRow, String> {
    let id = row.get(&["id"]);
    if !known.iter().any(|k| k == id) {
        return Err(format!("there is no shelter `{id}`; import the shelters first"));
    }
    let state = match row.get(&["state", "状態"]) {
        "open" | "開設" | "開設中" => "open",
        "full" | "満員" => "full",
        "closed" | "閉鎖" | "未開設" => "closed",
        other => return Err(format!("`{other}` is no state; use 開設, 満員 or 閉鎖")),
    };
    let at = row.get(&["updated_at", "更新日時"]);
    chrono::DateTime::parse_from_rfc3339(at).map_err(|_| format!("`{at}` is no time; write 2026-11-03T10:00:00+09:00"))?;
    Ok(StatusRow { shelter_id: id.to_owned(), state, people: optional(row.get(&["people", "人数"]))?, updated_at: at.to_owned() })
}
