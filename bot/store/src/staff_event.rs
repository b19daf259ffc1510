use crate::{Db, StoreError};
use chrono::{DateTime, Utc};
use model::{CityId, Content, ConversationId, StaffAct};
use sqlx::PgConnection;

/// Puts what a member of staff does into the conversation's inbox, in the caller's transaction: from there it goes the way
/// of every message, is handled once and in order. `id` makes it unique: the same once more is the same act.
/// Returns whether it was new.
pub async fn enqueue_staff(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, id: &str, now: DateTime<Utc>, act: StaffAct) -> Result<bool, StoreError> {
    let content = serde_json::to_value(Content::Staff { act })?;
    // The row of the conversation is locked first, as for every arrival.
    let done = sqlx::query(
        "WITH touched AS (
             UPDATE conversation SET head = head + 1, ready_at = COALESCE(ready_at, now())
             WHERE city_id = $1 AND conversation_id = $2 RETURNING conversation_id, channel
         )
         INSERT INTO inbox (city_id, conversation_id, event_id, channel, platform_id, arrived_at, content)
         SELECT $1, conversation_id, $3, channel, $4, $5, $6 FROM touched
         ON CONFLICT (city_id, channel, platform_id) DO NOTHING",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .bind(db.uuid())
    .bind(format!("staff:{id}"))
    .bind(now)
    .bind(content)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}
