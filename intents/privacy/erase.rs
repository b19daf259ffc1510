//! The end of what is kept of a resident, and what the law keeps.

use crate::{Around, WorkError};
use model::{CityId, ConversationId};
use serde_json::Value;
use sqlx::PgConnection;
use store::{Job, StoreError};
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

/// Erases, in the transaction of the job. The conversations that are gone: whoever keeps something else of them erases it, too.
pub async fn erase(around: &Around, tx: &mut PgConnection, job: &Job) -> Result<Vec<ConversationId>, WorkError> {
    let city = &around.city.id;
    let conversation = job.key.parse().map(ConversationId).map_err(|_| WorkError::Never(format!("`{}` is no conversation", job.key)))?;
    let conversations = reach(tx, city, conversation, job.payload["all"] == Value::Bool(true)).await?;
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
