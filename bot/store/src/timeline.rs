use crate::{Db, StoreError};
use chrono::{DateTime, Utc};
use model::{CityId, Content, ConversationId, Reply};
use sqlx::{Row, types::Json};
use uuid::Uuid;

/// One message of a conversation, from either side.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Grows along the conversation; where a reader who was away goes on.
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub said: Said,
}

#[derive(Clone, Debug)]
pub enum Said {
    /// `platform_id` is the id that the client gave the message.
    Resident { platform_id: String, content: Content },
    Counter { message: Uuid, reply: Reply },
}

/// The messages of a conversation after `after`, in order, both sides; at most `limit`.
pub async fn timeline(db: &Db, city: &CityId, conversation: ConversationId, after: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let mut tx = db.city(city).await?;
    let rows = sqlx::query(
        "SELECT seq, arrived_at AS at, platform_id, content, NULL::uuid AS message_id, NULL::jsonb AS reply FROM inbox
         WHERE city_id = $1 AND conversation_id = $2 AND seq > $3
         UNION ALL
         SELECT seq, created_at, NULL, NULL, message_id, reply FROM outbox WHERE city_id = $1 AND conversation_id = $2 AND seq > $3
         ORDER BY seq LIMIT $4",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .bind(after)
    .bind(limit)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    rows.iter()
        .map(|row| {
            let reply: Option<Json<Reply>> = row.try_get("reply")?;
            let said = match reply {
                Some(reply) => Said::Counter { message: row.try_get("message_id")?, reply: reply.0 },
                None => {
                    let content: Json<Content> = row.try_get("content")?;
                    Said::Resident { platform_id: row.try_get("platform_id")?, content: content.0 }
                }
            };
            Ok(Entry { seq: row.try_get("seq")?, at: row.try_get("at")?, said })
        })
        .collect()
}
