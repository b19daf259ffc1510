//! Campaigns and shops from files.

use crate::import::{ImportError, Report, Table, Upsert, upsert};
use chrono::NaiveDate;
use model::{CityId, Yen};
use serde::Serialize;
use store::CityTx;

const CAMPAIGNS: Upsert = Upsert {
    table: "voucher_campaign",
    key: &[("campaign_id", "text")],
    columns: &[
        ("name", "text"),
        ("price", "bigint"),
        ("worth", "bigint"),
        ("per_person", "integer"),
        ("books", "integer"),
        ("apply_from", "date"),
        ("apply_to", "date"),
        ("buy_to", "date"),
        ("use_to", "date"),
        ("note", "text"),
    ],
};
const SHOPS: Upsert = Upsert {
    table: "voucher_shop",
    key: &[("shop_id", "text")],
    columns: &[("name", "text"), ("kind", "text"), ("address", "text"), ("lat", "double precision"), ("lng", "double precision")],
};

#[derive(Serialize)]
struct CampaignRow {
    campaign_id: String,
    name: String,
    price: i64,
    worth: i64,
    per_person: i32,
    books: i32,
    apply_from: NaiveDate,
    apply_to: NaiveDate,
    buy_to: NaiveDate,
    use_to: NaiveDate,
    note: String,
}

#[derive(Serialize)]
struct ShopRow {
    shop_id: String,
    name: String,
    kind: String,
    address: String,
    lat: f64,
    lng: f64,
}

/// Campaigns: `id,name,price,worth,per_person,books,apply_from,apply_to,buy_to,use_to,note`.
pub async fn import_campaigns(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["id"], &["name"], &["price"], &["worth"], &["per_person"], &["books"], &["apply_from"], &["apply_to"], &["buy_to"], &["use_to"]])?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let mut rows = Vec::new();
    for row in table.rows() {
        let read = || -> Result<CampaignRow, String> {
            let number = |name: &str| row.get(&[name]).parse::<i64>().map_err(|_| format!("{name} is no number: `{}`", row.get(&[name])));
            let count = |name: &str| number(name).and_then(|n| i32::try_from(n).ok().filter(|n| *n > 0).ok_or_else(|| format!("{name} must be above 0: {n}")));
            let yen = |name: &str| number(name).and_then(|n| Yen::new(n).map(Yen::get).map_err(|error| format!("{name}: {error}")));
            let day = |name: &str| row.get(&[name]).parse::<NaiveDate>().map_err(|_| format!("{name} is no day like 2026-11-01: `{}`", row.get(&[name])));
            let campaign = CampaignRow {
                campaign_id: row.get(&["id"]).to_owned(),
                name: row.get(&["name"]).to_owned(),
                price: yen("price")?,
                worth: yen("worth")?,
                per_person: count("per_person")?,
                books: count("books")?,
                apply_from: day("apply_from")?,
                apply_to: day("apply_to")?,
                buy_to: day("buy_to")?,
                use_to: day("use_to")?,
                note: row.get(&["note"]).to_owned(),
            };
            let days = [campaign.apply_from, campaign.apply_to, campaign.buy_to, campaign.use_to];
            if campaign.campaign_id.is_empty() || campaign.name.is_empty() {
                return Err("id and name must not be empty".to_owned());
            }
            if campaign.price == 0 || campaign.worth < campaign.price {
                return Err(format!("a book must cost something ({}) and be worth no less ({})", campaign.price, campaign.worth));
            }
            if days.windows(2).any(|pair| pair[0] > pair[1]) {
                return Err("the days must follow each other: apply_from, apply_to, buy_to, use_to".to_owned());
            }
            Ok(campaign)
        };
        match read() {
            Ok(campaign) => {
                let id = campaign.campaign_id.clone();
                rows.push((row, id, campaign));
            }
            Err(reason) => report.reject(&row, reason),
        }
    }
    upsert(tx, city, &CAMPAIGNS, rows, &mut report).await?;
    Ok(report)
}

/// Shops: `id,name,kind,address,lat,lng`. Their secret numbers are no content: `bot voucher pin` gives them.
pub async fn import_shops(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["id"], &["name"], &["address"], &["lat"], &["lng"]])?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let mut rows = Vec::new();
    for row in table.rows() {
        let point = match row.point(&["lat"], &["lng"]) {
            Ok(point) => point,
            Err(reason) => {
                report.reject(&row, reason);
                continue;
            }
        };
        let cell = |name: &str| row.get(&[name]).to_owned();
        let shop = ShopRow { shop_id: cell("id"), name: cell("name"), kind: cell("kind"), address: cell("address"), lat: point.lat, lng: point.lng };
        if shop.shop_id.is_empty() || shop.name.is_empty() {
            report.reject(&row, "id and name must not be empty");
            continue;
        }
        let id = shop.shop_id.clone();
        rows.push((row, id, shop));
    }
    upsert(tx, city, &SHOPS, rows, &mut report).await?;
    Ok(report)
}
