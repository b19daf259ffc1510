use crate::{Db, StoreError};
use chrono::{DateTime, Utc};
use model::{CityId, Content, ConversationId};
use sqlx::PgConnection;

/// Puts something that did not come from outside into a conversation's inbox, in the caller's transaction; from there it goes
/// the way of every message. `id` makes it unique: the same once more is the same event. Returns whether it was new.
pub async fn enqueue_internal(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, id: &str, now: DateTime<Utc>, content: &Content) -> Result<bool, StoreError> {
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
    .bind(id)
    .bind(now)
    .bind(serde_json::to_value(content)?)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Has a conversation told of something that a service knows the words for: `what` is the service's id, the event, and its key. The same
/// event of the same key is told once.
pub async fn enqueue_event(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, what: (&str, &str, &str), now: DateTime<Utc>) -> Result<bool, StoreError> {
    let (service, event, key) = what;
    let id = format!("event:{conversation}:{service}:{event}:{key}");
    let content = Content::Event { service: service.to_owned(), event: event.to_owned(), key: key.to_owned() };
    enqueue_internal(db, tx, city, conversation, &id, now, &content).await
}
