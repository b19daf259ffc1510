//! Towns with coordinates, for turning an address into a place. Columns as in Geolonia's open data: `pref,city,town,koaza,lat,lng`.

use super::{ImportError, Report, Row, Table, Upsert, upsert};
use model::CityId;
use serde::Serialize;
use store::CityTx;

#[derive(Serialize)]
struct TownRow {
    municipality: String,
    name: String,
    lat: f64,
    lng: f64,
}

const TABLE: Upsert = Upsert {
    table: "town",
    key: &[("municipality", "text"), ("name", "text")],
    columns: &[("lat", "float8"), ("lng", "float8")],
};

pub(super) async fn import(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["city", "市区町村名"], &["town", "大字町丁目名"], &["lat", "緯度"], &["lng", "経度"]])?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let mut rows = Vec::new();
    for row in table.rows() {
        match read(&row) {
            Ok(town) => rows.push((row, format!("{}{}", town.municipality, town.name), town)),
            Err(reason) => report.reject(&row, reason),
        }
    }
    upsert(tx, city, &TABLE, rows, &mut report).await?;
    Ok(report)
}

fn read(row: &Row<'_>) -> Result<TownRow, String> {
    let municipality = row.get(&["city", "市区町村名"]);
    let name = format!("{}{}", row.get(&["town", "大字町丁目名"]), row.get(&["koaza", "小字・通称名"]));
    if name.is_empty() {
        return Err("the town's name is empty".into());
    }
    let point = row.point(&["lat", "緯度"], &["lng", "経度"])?;
    Ok(TownRow { municipality: municipality.to_owned(), name, lat: point.lat, lng: point.lng })
}
