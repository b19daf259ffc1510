//! Links that nobody can guess and that end: the mark in them is a keyed hash, and nothing of them is kept.

use super::Providers;
use crate::ServiceError;
use chrono::{DateTime, TimeDelta, Utc};
use model::{BillId, CityId};
use sqlx::PgConnection;
use std::fmt::Write;
use store::{Db, StoreError};

/// How long the link to a receipt is good for; the next time it is asked for there is a new one.
const RECEIPT: TimeDelta = TimeDelta::days(7);

async fn mark(db: &Db, tx: &mut PgConnection, city: &CityId, bill: BillId, until: i64) -> Result<String, StoreError> {
    let tag = db.city_key(tx, city).await?.index("receipt-link", format!("{bill}/{until}").as_bytes());
    let mut hex = String::new();
    for byte in tag.iter().take(16) {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}

pub async fn receipt_url(db: &Db, tx: &mut PgConnection, providers: &Providers, city: &CityId, bill: BillId, now: DateTime<Utc>) -> Result<String, ServiceError> {
    let until = (now + RECEIPT).timestamp();
    let mark = mark(db, tx, city, bill, until).await?;
    Ok(format!("{}/receipts/{city}/{bill}/{until}/{mark}.pdf", providers.public_url))
}

/// Whether a link is one of ours and its time is not over.
pub async fn receipt_opens(db: &Db, tx: &mut PgConnection, city: &CityId, bill: BillId, until: i64, given: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let right = mark(db, tx, city, bill, until).await?;
    // The comparison takes the same time wherever they differ.
    let same = right.len() == given.len() && right.bytes().zip(given.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
    Ok(same && now.timestamp() < until)
}
