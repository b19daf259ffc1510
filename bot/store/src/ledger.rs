//! The ledger: double entry, append only. The database refuses changes, transactions that do not sum, and a second
//! transaction of the same kind and cause.

use crate::{Db, StoreError};
use chrono::{DateTime, Utc};
use model::{BillId, CityId, Yen};
use sqlx::PgConnection;

/// The accounts, but for those of providers.
pub mod account {
    /// What residents owe.
    pub const RECEIVABLE: &str = "receivable";
    pub const REVENUE: &str = "revenue";
    /// Money whose place is not decided: it came too late, twice, or is not what was asked for.
    pub const SUSPENSE: &str = "suspense";
    /// What has to go back.
    pub const REFUNDS_DUE: &str = "refunds_due";
    pub const CASH: &str = "cash";
    pub const BANK: &str = "bank";
    /// What residents have in vouchers: the city owes it to whichever shop they spend it in.
    pub const VOUCHERS: &str = "vouchers";
    /// What the city adds to vouchers.
    pub const SUBSIDY: &str = "subsidy";
    /// What shops have taken in vouchers and not been paid yet.
    pub const SHOPS_DUE: &str = "shops_due";

    /// The account of a way to pay.
    pub fn of(provider: &str) -> String {
        if provider == CASH { CASH.to_owned() } else { format!("provider:{provider}") }
    }
}

/// One movement of money, from one account to another.
#[derive(Clone, Copy, Debug)]
pub struct Movement<'a> {
    /// billed, cancelled, expired, paid, came (to suspense), kept, due (a refund), refunded; sold, premium, spent (vouchers).
    pub kind: &'static str,
    /// What it happened for: with the kind it makes the movement unique.
    pub cause: &'a str,
    pub bill: Option<BillId>,
    pub at: DateTime<Utc>,
    pub debit: &'a str,
    pub credit: &'a str,
    pub amount: Yen,
}

/// Books a movement. `false`: it was booked before. Nothing is booked for no money.
pub async fn book(db: &Db, tx: &mut PgConnection, city: &CityId, movement: Movement<'_>) -> Result<bool, StoreError> {
    if movement.amount == Yen::ZERO {
        return Ok(false);
    }
    let done = sqlx::query(
        "WITH t AS (
             INSERT INTO ledger_transaction (city_id, transaction_id, kind, cause, bill_id, at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (city_id, kind, cause) DO NOTHING RETURNING transaction_id
         )
         INSERT INTO ledger_entry (city_id, transaction_id, account, amount)
         SELECT $1, t.transaction_id, e.account, e.amount FROM t, (VALUES ($7::text, $9::bigint), ($8::text, -$9::bigint)) AS e (account, amount)",
    )
    .bind(city.as_str())
    .bind(db.uuid())
    .bind(movement.kind)
    .bind(movement.cause)
    .bind(movement.bill.map(|bill| bill.0))
    .bind(movement.at)
    .bind(movement.debit)
    .bind(movement.credit)
    .bind(movement.amount.get())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// What stands on each account of a city: yen, debit above nothing.
pub async fn balances(tx: &mut PgConnection, city: &CityId) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(sqlx::query_as("SELECT account, sum(amount)::bigint FROM ledger_entry WHERE city_id = $1 GROUP BY account ORDER BY account").bind(city.as_str()).fetch_all(tx).await?)
}
