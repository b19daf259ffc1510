//! The end of what is kept of a resident, and what the law keeps.

use crate::{Around, WorkError};
use chrono::{DateTime, TimeDelta, Utc};
use model::{CityId, ConversationId};
use serde_json::Value;
use sqlx::PgConnection;
use std::time::Duration;
use store::{Job, NewJob, StoreError};
use uuid::Uuid;

/// The kind of job that erases.
pub const ERASE: &str = "privacy.erase";

/// The conversations that are meant: this one, or all of the same human.
pub(super) async fn reach(tx: &mut PgConnection, city: &CityId, conversation: ConversationId, all: bool) -> Result<Vec<ConversationId>, StoreError> {
    if all { store::conversations_of(tx, city, conversation).await } else { Ok(vec![conversation]) }
}

/// Applications that were handed in are documents of the city: the rules on public documents keep them, sealed, for the desk.
/// Their conversations and receipts.
pub(super) async fn kept(tx: &mut PgConnection, city: &CityId, conversations: &[ConversationId]) -> Result<Vec<(ConversationId, String)>, StoreError> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as("SELECT conversation_id, receipt FROM submission WHERE city_id = $1 AND conversation_id = ANY($2) AND withdrawn_at IS NULL ORDER BY created_at")
        .bind(city.as_str())
        .bind(conversations.iter().map(|id| id.0).collect::<Vec<_>>())
        .fetch_all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, receipt)| (ConversationId(id), receipt)).collect())
}

/// What still binds the city and the resident: bookings ahead, money on its way back, vouchers that are not spent. Their numbers;
/// while there are any, nothing is erased, because nobody could be reached about them any more.
pub(super) async fn open(tx: &mut PgConnection, city: &CityId, conversations: &[ConversationId], now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query_scalar(
        "SELECT number FROM booking WHERE city_id = $1 AND conversation_id = ANY($2) AND to_at > $3 AND state IN ('waiting', 'offered', 'entered', 'held', 'confirmed') AND (held_until IS NULL OR held_until > $3)
         UNION SELECT b.number FROM bill b JOIN refund r ON r.city_id = b.city_id AND r.bill_id = b.bill_id
         WHERE b.city_id = $1 AND b.conversation_id = ANY($2) AND r.state IN ('asked', 'approved', 'failed')
         UNION SELECT m.name FROM voucher_purse v JOIN voucher_campaign m ON m.city_id = v.city_id AND m.campaign_id = v.campaign_id JOIN conversation c ON c.city_id = v.city_id AND c.contact_id = v.contact_id
         WHERE v.city_id = $1 AND c.conversation_id = ANY($2) AND v.balance > 0 AND m.use_to >= $3::date ORDER BY 1",
    )
    .bind(city.as_str())
    .bind(conversations.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(now)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// Erases, in the transaction of the job. The conversations that are gone: whoever keeps something else of them erases it, too.
pub async fn erase(around: &Around, tx: &mut PgConnection, job: &Job) -> Result<Vec<ConversationId>, WorkError> {
    let city = &around.city.id;
    let conversation = job.key.parse().map(ConversationId).map_err(|_| WorkError::Never(format!("`{}` is no conversation", job.key)))?;
    let conversations = reach(tx, city, conversation, job.payload["all"] == Value::Bool(true)).await?;
    if !open(tx, city, &conversations, around.now).await?.is_empty() {
        // Something was begun within the grace: it goes when that is over, however long it takes.
        let again = NewJob { kind: ERASE, key: job.key.clone(), due_at: around.now + TimeDelta::days(1), payload: job.payload.clone() };
        store::schedule_job(tx, city, &again, Duration::ZERO).await?;
        return Ok(Vec::new());
    }
    let kept: Vec<ConversationId> = kept(tx, city, &conversations).await?.into_iter().map(|(id, _)| id).collect();
    if !store::erase(&around.db, tx, city, &conversations, &kept).await? {
        return Err(WorkError::Again("something is still under way in the conversation".to_owned()));
    }
    let ids: Vec<Uuid> = conversations.iter().map(|id| id.0).collect();
    for table in ["callback_request", "link_code", "link_miss", "registrant"] {
        // Only the names above get into the statement.
        let sql = sqlx::AssertSqlSafe(format!("DELETE FROM {table} WHERE city_id = $1 AND conversation_id = ANY($2)"));
        sqlx::query(sql).bind(city.as_str()).bind(&ids).execute(&mut *tx).await?;
    }
    // Who used a room and what was paid are the city's accounts; who it was goes.
    for sql in [
        "UPDATE booking SET sealed = NULL WHERE city_id = $1 AND conversation_id = ANY($2)",
        "UPDATE door_pass p SET sealed = NULL FROM booking b WHERE p.city_id = $1 AND b.city_id = $1 AND b.booking_id = p.booking_id AND b.conversation_id = ANY($2)",
    ] {
        sqlx::query(sql).bind(city.as_str()).bind(&ids).execute(&mut *tx).await?;
    }
    sqlx::query("DELETE FROM submission WHERE city_id = $1 AND conversation_id = ANY($2) AND withdrawn_at IS NOT NULL").bind(city.as_str()).bind(&ids).execute(&mut *tx).await?;
    sqlx::query("UPDATE privacy_request SET done_at = $3 WHERE city_id = $1 AND receipt = $2")
        .bind(city.as_str())
        .bind(job.payload["receipt"].as_str().unwrap_or_default())
        .bind(around.now)
        .execute(&mut *tx)
        .await?;
    for id in &conversations {
        for kind in ["dialogue.form", "dialogue.keep"] {
            store::cancel_job(tx, city, kind, &id.to_string()).await?;
        }
    }
    Ok(conversations)
}
