//! Money goes back: asked for, approved where the city wants it, done. Never more than came.

use super::{REFUND, changed, lock, pay::counted};
use crate::{Db, StoreError, jobs, ledger::{Movement, account, book}};
use chrono::{DateTime, Utc};
use model::{Bill, BillId, BillState, CityId, NewRefund, RefundAsked, RefundId, RefundWay, Yen};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row, postgres::PgRow};
use std::str::FromStr;
use uuid::Uuid;

/// A refund as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    pub id: RefundId,
    pub bill: BillId,
    /// By which way the money had come, and the provider's own id of that payment.
    pub provider: String,
    pub reference: String,
    pub amount: Yen,
    pub way: RefundWay,
    pub reason: String,
    pub state: RefundState,
    pub why: Option<String>,
    pub asked_at: DateTime<Utc>,
    /// Whether the payment pays the bill; otherwise it had come once too often.
    counted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundState {
    Asked,
    Approved,
    Done,
    Refused,
    Failed,
}

impl RefundState {
    pub fn as_str(self) -> &'static str {
        match self {
            RefundState::Asked => "asked",
            RefundState::Approved => "approved",
            RefundState::Done => "done",
            RefundState::Refused => "refused",
            RefundState::Failed => "failed",
        }
    }
}

impl Refund {
    /// Nobody but staff can give it: to a bank account, in cash, or because the provider would not.
    pub fn by_hand(&self) -> bool {
        self.state == RefundState::Failed || self.way != RefundWay::AsPaid || self.provider == account::CASH
    }
}

impl FromStr for RefundState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [RefundState::Asked, RefundState::Approved, RefundState::Done, RefundState::Refused, RefundState::Failed].into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

const SELECT: &str = "SELECT r.refund_id, r.bill_id, p.provider, p.reference, p.state AS payment_state, r.amount, r.way, r.sealed, r.reason, r.state, r.why, r.asked_at
    FROM refund r JOIN payment p ON p.city_id = r.city_id AND p.payment_id = r.payment_id ";

fn read(row: &PgRow) -> Result<Refund, StoreError> {
    let id: Uuid = row.try_get("refund_id")?;
    let sealed: Option<Vec<u8>> = row.try_get("sealed")?;
    let way = if row.try_get::<&str, _>("way")? == "bank" { RefundWay::Bank { sealed: sealed.unwrap_or_default() } } else { RefundWay::AsPaid };
    let inconsistent = |()| StoreError::Inconsistent { table: "refund", key: id.to_string(), problem: "unknown state" };
    Ok(Refund {
        id: RefundId(id),
        bill: BillId(row.try_get("bill_id")?),
        provider: row.try_get("provider")?,
        reference: row.try_get("reference")?,
        amount: Yen::new(row.try_get("amount")?)?,
        way,
        reason: row.try_get("reason")?,
        state: row.try_get::<&str, _>("state")?.parse().map_err(inconsistent)?,
        why: row.try_get("why")?,
        asked_at: row.try_get("asked_at")?,
        counted: row.try_get::<&str, _>("payment_state")? == "counted",
    })
}

pub async fn find_refund(tx: &mut PgConnection, city: &CityId, refund: RefundId) -> Result<Option<Refund>, StoreError> {
    let row = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE r.city_id = $1 AND r.refund_id = $2"))).bind(city.as_str()).bind(refund.0).fetch_optional(tx).await?;
    row.as_ref().map(read).transpose()
}

/// All refunds of a bill, oldest first.
pub async fn refunds_of(tx: &mut PgConnection, city: &CityId, bill: BillId) -> Result<Vec<Refund>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE r.city_id = $1 AND r.bill_id = $2 ORDER BY r.asked_at, r.refund_id"))).bind(city.as_str()).bind(bill.0).fetch_all(tx).await?;
    rows.iter().map(read).collect()
}

/// Asks for money back, in the transaction of the service that owns the bill.
pub async fn ask_refund(db: &Db, tx: &mut PgConnection, city: &CityId, new: &NewRefund, now: DateTime<Utc>) -> Result<RefundAsked, StoreError> {
    if new.amount == Yen::ZERO {
        return Ok(RefundAsked::Nothing);
    }
    let Some(bill) = lock(tx, city, new.bill).await?.filter(|bill| matches!(bill.state, BillState::Paid | BillState::PartlyRefunded)) else { return Ok(RefundAsked::NotPaid) };
    let known: Option<Uuid> = sqlx::query_scalar("SELECT refund_id FROM refund WHERE city_id = $1 AND cause = $2").bind(city.as_str()).bind(&new.cause).fetch_optional(&mut *tx).await?;
    if let Some(known) = known {
        return Ok(RefundAsked::Taken(RefundId(known)));
    }
    let left = bill.paid.minus(bill.refund_asked)?;
    if new.amount > left {
        return Ok(RefundAsked::TooMuch { left });
    }
    let Some(payment) = counted(tx, city, bill.id).await? else { return Ok(RefundAsked::NotPaid) };
    sqlx::query("UPDATE bill SET refund_asked = refund_asked + $3 WHERE city_id = $1 AND bill_id = $2").bind(city.as_str()).bind(bill.id.0).bind(new.amount.get()).execute(&mut *tx).await?;
    let id = insert(db, tx, city, &bill, payment, new.amount, &new.way, &new.reason, &new.cause, now).await?;
    if new.approval {
        changed(tx, city, &bill, now).await?;
    } else {
        approve(db, tx, city, id, now).await?;
    }
    Ok(RefundAsked::Taken(id))
}

/// Money that goes back without anybody having asked. Its place is `from` until then.
#[expect(clippy::too_many_arguments, reason = "one movement of money, told whole")]
pub(super) async fn give_back(db: &Db, tx: &mut PgConnection, city: &CityId, bill: &Bill, payment: Uuid, amount: Yen, from: &str, reason: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let id = insert(db, tx, city, bill, payment, amount, &RefundWay::AsPaid, reason, &format!("payment:{payment}"), now).await?;
    begin(db, tx, city, bill, id, amount, from, now).await
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
async fn insert(db: &Db, tx: &mut PgConnection, city: &CityId, bill: &Bill, payment: Uuid, amount: Yen, way: &RefundWay, reason: &str, cause: &str, now: DateTime<Utc>) -> Result<RefundId, StoreError> {
    let id = RefundId(db.uuid());
    let (way, sealed) = match way {
        RefundWay::AsPaid => ("as_paid", None),
        RefundWay::Bank { sealed } => ("bank", Some(sealed)),
    };
    // The check of the column refuses what is more than came.
    sqlx::query("UPDATE payment SET refund_asked = refund_asked + $3 WHERE city_id = $1 AND payment_id = $2").bind(city.as_str()).bind(payment).bind(amount.get()).execute(&mut *tx).await?;
    sqlx::query("INSERT INTO refund (city_id, refund_id, bill_id, payment_id, amount, way, sealed, reason, state, cause, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'asked', $9, $10)")
        .bind(city.as_str())
        .bind(id.0)
        .bind(bill.id.0)
        .bind(payment)
        .bind(amount.get())
        .bind(way)
        .bind(sealed)
        .bind(reason)
        .bind(cause)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(id)
}

#[expect(clippy::too_many_arguments, reason = "one movement of money, told whole")]
async fn begin(db: &Db, tx: &mut PgConnection, city: &CityId, bill: &Bill, id: RefundId, amount: Yen, from: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("UPDATE refund SET state = 'approved', why = NULL WHERE city_id = $1 AND refund_id = $2").bind(city.as_str()).bind(id.0).execute(&mut *tx).await?;
    let cause = format!("refund:{id}");
    book(db, tx, city, Movement { kind: "due", cause: &cause, bill: Some(bill.id), at: now, debit: from, credit: account::REFUNDS_DUE, amount }).await?;
    jobs::schedule_for(tx, city, bill.conversation, REFUND, &id.to_string(), now, &Value::Null).await?;
    changed(tx, city, bill, now).await
}

/// A member of staff says yes. `false`: there was nothing to say yes to.
pub async fn approve(db: &Db, tx: &mut PgConnection, city: &CityId, id: RefundId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some((bill, refund)) = locked(tx, city, id, &[RefundState::Asked]).await? else { return Ok(false) };
    begin(db, tx, city, &bill, id, refund.amount, account::REVENUE, now).await?;
    Ok(true)
}

/// It goes to a bank account instead of the way it had come; the account is sealed. `false`: it is given already, or refused.
pub async fn to_bank(tx: &mut PgConnection, city: &CityId, id: RefundId, sealed: &[u8]) -> Result<bool, StoreError> {
    let open = [RefundState::Asked, RefundState::Approved, RefundState::Failed];
    if locked(tx, city, id, &open).await?.is_none() {
        return Ok(false);
    }
    sqlx::query("UPDATE refund SET way = 'bank', sealed = $3 WHERE city_id = $1 AND refund_id = $2").bind(city.as_str()).bind(id.0).bind(sealed).execute(tx).await?;
    Ok(true)
}

/// Refunds that wait for staff: to be approved, or to be given by hand; oldest first.
pub async fn waiting(tx: &mut PgConnection, city: &CityId) -> Result<Vec<Refund>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE r.city_id = $1 AND r.state IN ('asked', 'approved', 'failed') ORDER BY r.asked_at, r.refund_id LIMIT 500"))).bind(city.as_str()).fetch_all(tx).await?;
    rows.iter().map(read).collect()
}

/// A member of staff says no; the amount can be asked for again.
pub async fn refuse(tx: &mut PgConnection, city: &CityId, id: RefundId, why: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some((bill, refund)) = locked(tx, city, id, &[RefundState::Asked]).await? else { return Ok(false) };
    end(tx, city, id, RefundState::Refused, Some(why), now).await?;
    for statement in [
        "UPDATE bill SET refund_asked = refund_asked - $3 WHERE city_id = $1 AND bill_id = $2",
        "UPDATE payment SET refund_asked = refund_asked - $3 WHERE city_id = $1 AND bill_id = $2 AND state = 'counted'",
    ] {
        sqlx::query(statement).bind(city.as_str()).bind(bill.id.0).bind(refund.amount.get()).execute(&mut *tx).await?;
    }
    changed(tx, city, &bill, now).await?;
    Ok(true)
}

/// The money has gone back. `by`: the account it left, such as `bank`; `None`: as it had come.
pub async fn done(db: &Db, tx: &mut PgConnection, city: &CityId, id: RefundId, by: Option<&str>, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some((bill, refund)) = locked(tx, city, id, &[RefundState::Approved, RefundState::Failed]).await? else { return Ok(false) };
    end(tx, city, id, RefundState::Done, None, now).await?;
    let from = by.map_or_else(|| account::of(&refund.provider), str::to_owned);
    let cause = format!("refund:{id}");
    book(db, tx, city, Movement { kind: "refunded", cause: &cause, bill: Some(bill.id), at: now, debit: account::REFUNDS_DUE, credit: &from, amount: refund.amount }).await?;
    if refund.counted {
        sqlx::query(
            "UPDATE bill SET refunded = refunded + $3, state = CASE WHEN refunded + $3 = paid THEN 'refunded' ELSE 'partly_refunded' END WHERE city_id = $1 AND bill_id = $2",
        )
        .bind(city.as_str())
        .bind(bill.id.0)
        .bind(refund.amount.get())
        .execute(&mut *tx)
        .await?;
    }
    changed(tx, city, &bill, now).await?;
    Ok(true)
}

/// The provider would not: staff find another way.
pub async fn failed(tx: &mut PgConnection, city: &CityId, id: RefundId, why: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some((bill, _)) = locked(tx, city, id, &[RefundState::Approved]).await? else { return Ok(false) };
    end(tx, city, id, RefundState::Failed, Some(why), now).await?;
    changed(tx, city, &bill, now).await?;
    Ok(true)
}

async fn end(tx: &mut PgConnection, city: &CityId, id: RefundId, state: RefundState, why: Option<&str>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("UPDATE refund SET state = $3, why = $4, ended_at = $5 WHERE city_id = $1 AND refund_id = $2")
        .bind(city.as_str())
        .bind(id.0)
        .bind(state.as_str())
        .bind(why)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// The refund with its bill, if it is in one of these states; the bill's row is locked.
async fn locked(tx: &mut PgConnection, city: &CityId, id: RefundId, states: &[RefundState]) -> Result<Option<(Bill, Refund)>, StoreError> {
    let Some(refund) = find_refund(tx, city, id).await? else { return Ok(None) };
    let Some(bill) = lock(tx, city, refund.bill).await? else { return Ok(None) };
    // Again, now that nobody else changes it.
    let refund = find_refund(tx, city, id).await?.filter(|refund| states.contains(&refund.state));
    Ok(refund.map(|refund| (bill, refund)))
}
