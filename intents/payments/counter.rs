//! What staff do with money at the counter, by command and on pages.

use super::work::fee;
use crate::ServiceError;
use chrono::{DateTime, TimeDelta, Utc};
use model::{Bill, BillLine, CityId, ConversationId, NewBill, Yen};
use sqlx::PgConnection;
use store::{
    Db, StoreError,
    bills::{self, Came, NewPayment},
    ledger::account,
};
use uuid::Uuid;

/// A fee that staff ask a resident for. It has a fortnight.
pub async fn ask(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: Option<ConversationId>, title: &str, amount: Yen, now: DateTime<Utc>) -> Result<Bill, ServiceError> {
    let line = BillLine { text: title.to_owned(), quantity: 1, unit: amount, tax_percent: None };
    let new = NewBill { kind: fee::KIND, subject: db.uuid(), conversation, title: title.to_owned(), lines: vec![line], due_at: now + TimeDelta::days(14), hold_until: None };
    Ok(bills::open(db, tx, city, &new, now).await?)
}

/// A bill was paid in cash at the counter; `entry` names the entry, so that the same once more is the same money.
pub async fn cash(db: &Db, tx: &mut PgConnection, city: &CityId, number: &str, amount: Yen, entry: Uuid, now: DateTime<Utc>) -> Result<Option<(Bill, Came)>, StoreError> {
    let Some(bill) = bills::find_number(tx, city, number).await? else { return Ok(None) };
    let new = NewPayment { bill: bill.id, provider: account::CASH.to_owned(), reference: entry.to_string(), amount };
    let came = bills::pay(db, tx, city, &new, now).await?;
    Ok(Some((bill, came)))
}

/// Attempts whose money is not what was asked for: the bill's number, and what came.
pub async fn held(tx: &mut PgConnection, city: &CityId) -> Result<Vec<(String, String)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT b.number, COALESCE(a.problem, '') FROM payment_attempt a JOIN bill b ON b.city_id = a.city_id AND b.bill_id = a.bill_id
         WHERE a.city_id = $1 AND a.state = 'held' ORDER BY a.created_at",
    )
    .bind(city.as_str())
    .fetch_all(tx)
    .await?)
}
