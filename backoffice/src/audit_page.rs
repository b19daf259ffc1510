//! The record, for administrators: searched, exported.

use crate::{Office, audit, error::Refusal, page, door::Me, show};
use axum::{
    extract::{Query, State},
    http::header,
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use maud::html;
use serde::Deserialize;
use sqlx::PgConnection;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    who: String,
    action: String,
    object: String,
    /// Days back.
    days: Option<u16>,
}

#[derive(sqlx::FromRow)]
struct Row {
    at: DateTime<Utc>,
    login: Option<String>,
    action: String,
    object: String,
    detail: String,
    address: String,
}

async fn rows(tx: &mut PgConnection, me: &Me, wanted: &Wanted, now: DateTime<Utc>, most: i64) -> Result<Vec<Row>, Refusal> {
    let since = now - chrono::TimeDelta::days(i64::from(wanted.days.unwrap_or(30)));
    Ok(sqlx::query_as(
        "SELECT a.at, s.login, a.action, a.object, a.detail, a.address FROM audit a LEFT JOIN staff s ON s.city_id = a.city_id AND s.staff_id = a.staff_id
         WHERE a.city_id = $1 AND a.at >= $2 AND ($3 = '' OR s.login = $3) AND ($4 = '' OR a.action = $4) AND ($5 = '' OR a.object = $5)
         ORDER BY a.at DESC LIMIT $6",
    )
    .bind(me.id().as_str())
    .bind(since)
    .bind(wanted.who.trim().replace('\0', ""))
    .bind(wanted.action.trim().replace('\0', ""))
    .bind(wanted.object.trim().replace('\0', ""))
    .bind(most)
    .fetch_all(tx)
    .await?)
}

pub async fn page(State(office): State<Office>, me: Me, Query(wanted): Query<Wanted>) -> Result<impl IntoResponse, Refusal> {
    if !me.staff.role.administers() {
        return Err(Refusal::NotFound);
    }
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let rows = rows(&mut tx, &me, &wanted, now, 200).await?;
    let actions: Vec<String> = sqlx::query_scalar("SELECT DISTINCT action FROM audit WHERE city_id = $1 ORDER BY action").bind(me.id().as_str()).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let base = format!("/backoffice/{}/audit", me.id());
    let body = html! {
        main.sheet {
            h1 { "操作の記録" }
            form.row.box method="get" action=(base) {
                label { "職員ID" input name="who" value=(wanted.who); }
                label { "操作" select name="action" { option value="" { "すべて" } @for action in &actions { option value=(action) selected[*action == wanted.action] { (audit::label(action)) } } } }
                label { "対象の番号" input name="object" value=(wanted.object); }
                label { "期間" select name="days" { @for days in [1, 7, 30, 365] { option value=(days) selected[wanted.days.unwrap_or(30) == days] { (days) "日" } } } }
                button.main type="submit" { "探す" }
                button type="submit" formaction={ (base) ".csv" } { "CSV" }
            }
            table {
                thead { tr { th { "日時" } th { "職員" } th { "操作" } th { "対象" } th { "内容" } th { "接続元" } } }
                tbody { @for row in &rows { tr { td { (show::moment(row.at, now, me.city.zone)) } td { (row.login.as_deref().unwrap_or("–")) } td { (audit::label(&row.action)) } td.id { (row.object) } td { (row.detail) } td { (row.address) } } } }
            }
            @if rows.is_empty() { p { "記録はありません。" } }
        }
    };
    Ok(page::of(&me, page::Room::Audit, "操作の記録", &body))
}

pub async fn csv(State(office): State<Office>, me: Me, Query(wanted): Query<Wanted>) -> Result<impl IntoResponse, Refusal> {
    if !me.staff.role.administers() {
        return Err(Refusal::NotFound);
    }
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    audit::of(&office.db, &mut tx, &me, now, "audit.export", "", "").await?;
    let rows = rows(&mut tx, &me, &wanted, now, 100_000).await?;
    tx.commit().await?;
    let zone = me.city.zone;
    let lines = rows.into_iter().map(|row| vec![row.at.with_timezone(&zone).to_rfc3339(), row.login.unwrap_or_default(), row.action, row.object, row.detail, row.address]).collect();
    Ok(download("audit.csv", &["at", "staff", "action", "object", "detail", "address"], lines))
}

/// A table as a file that a spreadsheet opens: UTF-8 with a mark, and no cell that it would take for a formula.
pub fn download(name: &str, heads: &[&str], lines: Vec<Vec<String>>) -> impl IntoResponse + use<> {
    let mut writer = csv::Writer::from_writer("\u{FEFF}".as_bytes().to_vec());
    // Writing to memory does not fail.
    let _ = writer.write_record(heads);
    for line in lines {
        let _ = writer.write_record(line.into_iter().map(plain_cell));
    }
    let body = writer.into_inner().unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))], body)
}

/// A cell that no spreadsheet takes for a formula.
fn plain_cell(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(plain_cell("=HYPERLINK(\"x\")".to_owned()), "'=HYPERLINK(\"x\")");
        assert_eq!(plain_cell("税金".to_owned()), "税金");
    }
}
