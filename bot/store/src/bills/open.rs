//! A bill begins, and ends without money.

use super::{LAPSE, changed, read::find};
use crate::{Db, StoreError, bills::lock, jobs, ledger::{Movement, account, book}};
use chrono::{DateTime, Utc};
use model::{Bill, BillId, BillState, CityId, NewBill, Yen, receipt_number};
use serde_json::Value;
use sqlx::PgConnection;

/// Digits of a bill's number; so many that a number seldom has to be drawn again.
const DIGITS: usize = 8;
const DRAWS: usize = 8;

/// Opens a bill, in the transaction of the service that wants it. One over nothing is paid at once.
pub async fn open(db: &Db, tx: &mut PgConnection, city: &CityId, new: &NewBill, now: DateTime<Utc>) -> Result<Bill, StoreError> {
    let amounts = new.lines.iter().map(model::BillLine::amount).collect::<Result<Vec<_>, _>>()?;
    let total = Yen::sum(amounts)?;
    let id = BillId(db.uuid());
    let free = total == Yen::ZERO;
    let state = if free { BillState::Paid } else { BillState::Open };
    let mut drawn = 0;
    loop {
        let done = sqlx::query(
            "INSERT INTO bill (city_id, bill_id, number, kind, subject, conversation_id, title, lines, total, state, due_at, hold_until, created_at, paid_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, CASE WHEN $14 THEN $13 END) ON CONFLICT (city_id, number) DO NOTHING",
        )
        .bind(city.as_str())
        .bind(id.0)
        .bind(receipt_number('B', DIGITS, db.uuid()))
        .bind(new.kind)
        .bind(new.subject)
        .bind(new.conversation.map(|id| id.0))
        .bind(&new.title)
        .bind(serde_json::to_value(&new.lines)?)
        .bind(total.get())
        .bind(state.as_str())
        .bind(new.due_at)
        .bind(new.hold_until)
        .bind(now)
        .bind(free)
        .execute(&mut *tx)
        .await?;
        drawn += 1;
        if done.rows_affected() == 1 {
            break;
        }
        if drawn >= DRAWS {
            return Err(StoreError::Inconsistent { table: "bill", key: city.to_string(), problem: "no number is free" });
        }
    }
    let bill = find(tx, city, id).await?.ok_or_else(|| StoreError::Inconsistent { table: "bill", key: id.to_string(), problem: "was not made" })?;
    let cause = format!("bill:{id}");
    book(db, tx, city, Movement { kind: "billed", cause: &cause, bill: Some(id), at: now, debit: account::RECEIVABLE, credit: account::REVENUE, amount: total }).await?;
    if free {
        changed(tx, city, &bill, now).await?;
    } else if let Some(until) = bill.hold_until {
        jobs::schedule_for(tx, city, bill.conversation, LAPSE, &id.to_string(), until, &Value::Null).await?;
    }
    Ok(bill)
}

/// Withdraws a bill. `false`: it is not open any more; what was paid must be asked back.
pub async fn cancel(db: &Db, tx: &mut PgConnection, city: &CityId, bill: BillId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    end(db, tx, city, bill, BillState::Cancelled, "cancelled", now).await
}

/// Lets a bill lapse that was not paid in time. The payments side does this, when it knows that no money is on its way.
pub async fn expire(db: &Db, tx: &mut PgConnection, city: &CityId, bill: BillId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    end(db, tx, city, bill, BillState::Expired, "expired", now).await
}

async fn end(db: &Db, tx: &mut PgConnection, city: &CityId, id: BillId, state: BillState, kind: &'static str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some(bill) = lock(tx, city, id).await?.filter(|bill| bill.state == BillState::Open) else { return Ok(false) };
    sqlx::query("UPDATE bill SET state = $3 WHERE city_id = $1 AND bill_id = $2").bind(city.as_str()).bind(id.0).bind(state.as_str()).execute(&mut *tx).await?;
    let cause = format!("bill:{id}");
    book(db, tx, city, Movement { kind, cause: &cause, bill: Some(id), at: now, debit: account::REVENUE, credit: account::RECEIVABLE, amount: bill.total }).await?;
    super::close_pages(tx, city, &bill, now).await?;
    changed(tx, city, &bill, now).await?;
    Ok(true)
}
