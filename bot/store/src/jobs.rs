//! Work that is due later. Scheduled and cancelled in the transaction of whoever wants it; taken by lease; gone in the
//! transaction of its effect. When it is due is judged by the product's clock, leases and pauses by the database's.

use crate::{Db, StoreError};
use chrono::{DateTime, Utc};
use model::{CityId, ConversationId};
use sqlx::{AssertSqlSafe, PgConnection};
use std::{collections::BTreeMap, time::Duration};
use uuid::Uuid;

/// A job to be scheduled.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub kind: &'static str,
    /// With the kind it names the job: scheduling it again moves it.
    pub key: String,
    pub due_at: DateTime<Utc>,
    /// Ids and times only; personal data belongs into sealed columns.
    pub payload: serde_json::Value,
}

/// A job that this process has taken on. The attempt is already counted.
#[derive(Clone, Debug)]
pub struct Job {
    pub city: CityId,
    pub kind: String,
    pub key: String,
    pub payload: serde_json::Value,
    /// This attempt included.
    pub attempts: i16,
    token: Uuid,
}

/// Which jobs are taken.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Whatever is due.
    Any { limit: i64 },
    /// Those of one conversation, for the session that holds them: by their key, or scheduled for it.
    Key { city: &'a CityId, key: &'a str },
}

/// A live session that is never heard again leaves its jobs to others after this long.
const HELD: Duration = Duration::from_secs(3_600);

const INSERT: &str = "INSERT INTO job (city_id, kind, key, due_at, payload, lease_until)
    VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 > 0 THEN now() + $6 * interval '1 second' END) ON CONFLICT (city_id, kind, key) ";
const MOVE: &str = "DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload, attempts = 0,
    lease_token = NULL, lease_until = excluded.lease_until, failure = NULL, dead_at = NULL";
const STAY: &str = "DO NOTHING";

/// Schedules a job, or moves it if it is scheduled already. It is not given to others before `held` has passed: the session
/// that schedules it will do it itself, if it lives.
pub async fn schedule_job(tx: &mut PgConnection, city: &CityId, job: &NewJob, held: Duration) -> Result<(), StoreError> {
    put(tx, city, job, held, MOVE).await
}

/// As [`schedule_job`], but one that is scheduled already stays as it is.
pub async fn ensure_job(tx: &mut PgConnection, city: &CityId, job: &NewJob, held: Duration) -> Result<(), StoreError> {
    put(tx, city, job, held, STAY).await
}

/// Schedules a job of a conversation for which it is not the key. If the conversation is a live session, it does the job itself, as
/// long as it lives.
pub async fn schedule_for(tx: &mut PgConnection, city: &CityId, conversation: Option<ConversationId>, kind: &str, key: &str, due_at: DateTime<Utc>, payload: &serde_json::Value) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO job (city_id, kind, key, due_at, payload, session, lease_until)
         VALUES ($1, $2, $3, $4, $5, $6::uuid::text, (SELECT now() + $7 * interval '1 second' FROM conversation WHERE city_id = $1 AND conversation_id = $6 AND live))
         ON CONFLICT (city_id, kind, key) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload, session = excluded.session, attempts = 0,
             lease_token = NULL, lease_until = excluded.lease_until, failure = NULL, dead_at = NULL",
    )
    .bind(city.as_str())
    .bind(kind)
    .bind(key)
    .bind(due_at)
    .bind(payload)
    .bind(conversation.map(|id| id.0))
    .bind(HELD.as_secs_f64())
    .execute(tx)
    .await?;
    Ok(())
}

async fn put(tx: &mut PgConnection, city: &CityId, job: &NewJob, held: Duration, when_there: &str) -> Result<(), StoreError> {
    // Only the constants above get into the statement.
    sqlx::query(AssertSqlSafe(format!("{INSERT}{when_there}")))
        .bind(city.as_str())
        .bind(job.kind)
        .bind(&job.key)
        .bind(job.due_at)
        .bind(&job.payload)
        .bind(held.as_secs_f64())
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes a job back. Nothing if there is none.
pub async fn cancel_job(tx: &mut PgConnection, city: &CityId, kind: &str, key: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM job WHERE city_id = $1 AND kind = $2 AND key = $3")
        .bind(city.as_str())
        .bind(kind)
        .bind(key)
        .execute(tx)
        .await?;
    Ok(())
}

/// Leases jobs of these kinds that are due at `now`, none that another process has.
pub async fn claim_jobs(db: &Db, now: DateTime<Utc>, kinds: &[&str], lease: Duration, which: Which<'_>) -> Result<Vec<Job>, StoreError> {
    let token = db.uuid();
    let (city, key, limit) = match which {
        Which::Any { limit } => (None, None, limit),
        Which::Key { city, key } => (Some(city.as_str()), Some(key), i64::MAX),
    };
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "UPDATE job j SET lease_token = $1, lease_until = now() + $2 * interval '1 second', attempts = attempts + 1
         FROM (SELECT city_id, kind, key FROM job
               WHERE dead_at IS NULL AND due_at <= $3 AND kind = ANY($7) AND (lease_until IS NULL OR lease_until < now() OR ($5 IS NOT NULL AND lease_token IS NULL))
                 AND ($5 IS NULL OR (city_id = $5 AND (key = $6 OR session = $6)))
               ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED) pick
         WHERE j.city_id = pick.city_id AND j.kind = pick.kind AND j.key = pick.key
         RETURNING j.city_id, j.kind, j.key",
    )
    .bind(token)
    .bind(lease.as_secs_f64())
    .bind(now)
    .bind(limit)
    .bind(city)
    .bind(key)
    .bind(kinds)
    .fetch_all(db.queue())
    .await?;
    let mut by_city: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (city, kind, key) in rows {
        by_city.entry(city).or_default().push((kind, key));
    }
    let mut jobs = Vec::new();
    for (city, names) in by_city {
        let city: CityId = city.parse().map_err(|_| StoreError::Inconsistent { table: "job", key: city, problem: "is no city id" })?;
        jobs.extend(load(db, &city, token, names).await?);
    }
    Ok(jobs)
}

async fn load(db: &Db, city: &CityId, token: Uuid, names: Vec<(String, String)>) -> Result<Vec<Job>, StoreError> {
    let (kinds, keys): (Vec<String>, Vec<String>) = names.into_iter().unzip();
    let mut tx = db.city(city).await?;
    let rows: Vec<(String, String, serde_json::Value, i16)> = sqlx::query_as(
        "SELECT j.kind, j.key, j.payload, j.attempts FROM unnest($2::text[], $3::text[]) AS t (kind, key)
         JOIN job j ON j.city_id = $1 AND j.kind = t.kind AND j.key = t.key AND j.lease_token = $4 ORDER BY j.due_at, j.kind",
    )
    .bind(city.as_str())
    .bind(kinds)
    .bind(keys)
    .bind(token)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|(kind, key, payload, attempts)| Job { city: city.clone(), kind, key, payload, attempts, token }).collect())
}

/// Takes a job off the list, in the transaction of its effect. `false`: it was moved, cancelled or taken over meanwhile, and
/// must not be done.
pub async fn finish_job(tx: &mut PgConnection, job: &Job) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM job WHERE city_id = $1 AND kind = $2 AND key = $3 AND lease_token = $4")
        .bind(job.city.as_str())
        .bind(&job.kind)
        .bind(&job.key)
        .bind(job.token)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes down that a job went wrong: it is tried again after `pause`, or (`None`) given up at `now`.
pub async fn fail_job(db: &Db, job: &Job, why: &str, pause: Option<Duration>, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut tx = db.city(&job.city).await?;
    sqlx::query(
        "UPDATE job SET lease_token = NULL, lease_until = now() + $6 * interval '1 second', failure = $5, dead_at = CASE WHEN $6 IS NULL THEN $7 END
         WHERE city_id = $1 AND kind = $2 AND key = $3 AND lease_token = $4",
    )
    .bind(job.city.as_str())
    .bind(&job.kind)
    .bind(&job.key)
    .bind(job.token)
    .bind(why)
    .bind(pause.map(|pause| pause.as_secs_f64()))
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}
