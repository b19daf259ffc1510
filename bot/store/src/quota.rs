use crate::StoreError;
use chrono::{DateTime, Utc};
use model::CityId;
use sqlx::PgConnection;

/// What is left of the month's pushed messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Quota {
    /// `None`: without limit.
    pub allowance: Option<i64>,
    pub used: i64,
    pub checked_at: DateTime<Utc>,
}

impl Quota {
    /// The share of the allowance that is left, 0.0 to 1.0.
    pub fn left(&self) -> f64 {
        match self.allowance {
            None => 1.0,
            Some(0) => 0.0,
            #[expect(clippy::cast_precision_loss, reason = "allowances are far below 2^52")]
            Some(allowance) => ((allowance - self.used).max(0) as f64) / allowance as f64,
        }
    }
}

pub async fn quota(tx: &mut PgConnection, city: &CityId, channel: &str) -> Result<Option<Quota>, StoreError> {
    Ok(sqlx::query_as("SELECT allowance, used, checked_at FROM push_quota WHERE city_id = $1 AND channel = $2")
        .bind(city.as_str())
        .bind(channel)
        .fetch_optional(tx)
        .await?)
}

pub async fn save_quota(tx: &mut PgConnection, city: &CityId, channel: &str, quota: Quota) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO push_quota (city_id, channel, allowance, used, checked_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (city_id, channel) DO UPDATE SET allowance = $3, used = $4, checked_at = $5",
    )
    .bind(city.as_str())
    .bind(channel)
    .bind(quota.allowance)
    .bind(quota.used)
    .bind(quota.checked_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Work that waits, over all cities.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Waiting {
    pub turns: i64,
    pub deliveries: i64,
    /// Jobs for later.
    pub jobs_scheduled: i64,
    /// Jobs whose time has come.
    pub jobs_due: i64,
    /// Jobs that were given up.
    pub jobs_dead: i64,
}

pub async fn waiting(db: &crate::Db, now: DateTime<Utc>) -> Result<Waiting, StoreError> {
    Ok(sqlx::query_as(
        "SELECT (SELECT count(*) FROM conversation WHERE ready_at IS NOT NULL) AS turns, (SELECT count(*) FROM outbox WHERE due_at IS NOT NULL) AS deliveries,
             jobs.* FROM (SELECT count(*) FILTER (WHERE dead_at IS NULL AND due_at > $1) AS jobs_scheduled,
                 count(*) FILTER (WHERE dead_at IS NULL AND due_at <= $1) AS jobs_due, count(*) FILTER (WHERE dead_at IS NOT NULL) AS jobs_dead FROM job) jobs",
    )
    .bind(now)
    .fetch_one(db.queue())
    .await?)
}
