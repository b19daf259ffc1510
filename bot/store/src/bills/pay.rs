//! Money comes in. Each payment is known by the provider's own id and counted once.

use super::{changed, lock, refund};
use crate::{Db, StoreError, ledger::{Movement, account, book}};
use chrono::{DateTime, Utc};
use model::{Bill, BillId, BillState, CityId, Yen};
use sqlx::PgConnection;
use uuid::Uuid;

/// Money that came.
#[derive(Clone, Debug)]
pub struct NewPayment {
    pub bill: BillId,
    /// stripe, paypay, sandbox, cash.
    pub provider: String,
    /// The provider's own id of the payment, or ours of the cash entry.
    pub reference: String,
    pub amount: Yen,
}

/// What it was good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It pays the bill.
    Paid,
    /// The bill had lapsed or was withdrawn; its service decides.
    Late,
    /// The bill was paid already: it goes back by itself.
    Twice,
    /// It is not what was asked for: held for staff, the bill stays open.
    Differs,
    /// It had been counted before.
    Known,
    NoBill,
}

pub async fn pay(db: &Db, tx: &mut PgConnection, city: &CityId, new: &NewPayment, now: DateTime<Utc>) -> Result<Came, StoreError> {
    let Some(bill) = lock(tx, city, new.bill).await? else { return Ok(Came::NoBill) };
    let came = match bill.state {
        _ if new.amount != bill.total => Came::Differs,
        BillState::Open => Came::Paid,
        BillState::Expired | BillState::Cancelled => Came::Late,
        BillState::Paid | BillState::Late | BillState::PartlyRefunded | BillState::Refunded => Came::Twice,
    };
    let state = match came {
        Came::Paid | Came::Late => "counted",
        Came::Twice => "excess",
        _ => "held",
    };
    let payment = db.uuid();
    let fresh = sqlx::query(
        "INSERT INTO payment (city_id, payment_id, bill_id, provider, reference, amount, state, came_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (city_id, provider, reference) DO NOTHING",
    )
    .bind(city.as_str())
    .bind(payment)
    .bind(bill.id.0)
    .bind(&new.provider)
    .bind(&new.reference)
    .bind(new.amount.get())
    .bind(state)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    if fresh.rows_affected() == 0 {
        return Ok(Came::Known);
    }
    let (cause, from) = (format!("payment:{payment}"), account::of(&new.provider));
    let (kind, to) = if came == Came::Paid { ("paid", account::RECEIVABLE) } else { ("came", account::SUSPENSE) };
    book(db, tx, city, Movement { kind, cause: &cause, bill: Some(bill.id), at: now, debit: &from, credit: to, amount: new.amount }).await?;
    match came {
        Came::Paid => count(tx, city, &bill, BillState::Paid, &new.provider, now).await?,
        Came::Late => count(tx, city, &bill, BillState::Late, &new.provider, now).await?,
        Came::Twice => refund::give_back(db, tx, city, &bill, payment, new.amount, account::SUSPENSE, "paid_twice", now).await?,
        _ => {}
    }
    Ok(came)
}

async fn count(tx: &mut PgConnection, city: &CityId, bill: &Bill, state: BillState, by: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("UPDATE bill SET state = $3, paid = total, paid_at = $4, paid_by = $5 WHERE city_id = $1 AND bill_id = $2")
        .bind(city.as_str())
        .bind(bill.id.0)
        .bind(state.as_str())
        .bind(now)
        .bind(by)
        .execute(&mut *tx)
        .await?;
    super::close_pages(tx, city, bill, now).await?;
    changed(tx, city, bill, now).await
}

/// The service still has what was reserved: the money that came late counts. `false`: the bill was not waiting for that.
pub async fn accept_late(db: &Db, tx: &mut PgConnection, city: &CityId, bill: BillId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some(bill) = lock(tx, city, bill).await?.filter(|bill| bill.state == BillState::Late) else { return Ok(false) };
    sqlx::query("UPDATE bill SET state = 'paid' WHERE city_id = $1 AND bill_id = $2").bind(city.as_str()).bind(bill.id.0).execute(&mut *tx).await?;
    let cause = format!("bill:{}", bill.id);
    book(db, tx, city, Movement { kind: "kept", cause: &cause, bill: Some(bill.id), at: now, debit: account::SUSPENSE, credit: account::REVENUE, amount: bill.paid }).await
}

/// What was reserved is gone: the money that came late goes back by itself. `false`: the bill was not waiting for that.
pub async fn decline_late(db: &Db, tx: &mut PgConnection, city: &CityId, bill: BillId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some(bill) = lock(tx, city, bill).await?.filter(|bill| bill.state == BillState::Late) else { return Ok(false) };
    let Some(payment) = counted(tx, city, bill.id).await? else { return Ok(false) };
    sqlx::query("UPDATE bill SET refund_asked = paid WHERE city_id = $1 AND bill_id = $2").bind(city.as_str()).bind(bill.id.0).execute(&mut *tx).await?;
    refund::give_back(db, tx, city, &bill, payment, bill.paid, account::SUSPENSE, "late", now).await?;
    Ok(true)
}

/// The payment that paid a bill.
pub(super) async fn counted(tx: &mut PgConnection, city: &CityId, bill: BillId) -> Result<Option<Uuid>, StoreError> {
    Ok(sqlx::query_scalar("SELECT payment_id FROM payment WHERE city_id = $1 AND bill_id = $2 AND state = 'counted'").bind(city.as_str()).bind(bill.0).fetch_optional(tx).await?)
}
