//! How long what is personal is kept of a conversation that has gone quiet.

use crate::{Db, StoreError};
use chrono::{DateTime, Utc};
use model::{Channel, CityId, ConversationId};
use sqlx::PgConnection;
use uuid::Uuid;

/// How a conversation's resident can be written to.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub channel: Channel,
    pub live: bool,
    pub blocked: bool,
}

/// `None`: there is no such conversation.
pub async fn line_of(tx: &mut PgConnection, city: &CityId, conversation: ConversationId) -> Result<Option<Line>, StoreError> {
    let row: Option<(String, bool, bool)> =
        sqlx::query_as("SELECT channel, live, blocked FROM conversation WHERE city_id = $1 AND conversation_id = $2")
            .bind(city.as_str())
            .bind(conversation.0)
            .fetch_optional(tx)
            .await?;
    row.map(|(channel, live, blocked)| {
        let channel = channel.parse().map_err(|_| StoreError::Inconsistent { table: "conversation", key: conversation.to_string(), problem: "unknown channel" })?;
        Ok(Line { channel, live, blocked })
    })
    .transpose()
}

/// When the resident was last heard.
pub async fn last_heard(tx: &mut PgConnection, city: &CityId, conversation: ConversationId) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(sqlx::query_scalar("SELECT max(arrived_at) FROM inbox WHERE city_id = $1 AND conversation_id = $2 AND content->>'type' NOT IN ('timer', 'joined', 'parted', 'event')")
        .bind(city.as_str())
        .bind(conversation.0)
        .fetch_one(tx)
        .await?)
}

/// Empties the state of a conversation and, if nothing else is sealed with the resident's key, destroys the key: another takes
/// its place, and what the old one sealed opens no more, in backups neither. `false`: a turn is running just now.
pub async fn forget(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId) -> Result<bool, StoreError> {
    // All conversations of the resident, so that no turn seals with a key that is going.
    let rows: Vec<(Uuid, Uuid, bool, bool)> = sqlx::query_as(
        "SELECT o.contact_id, o.conversation_id, o.state IS NOT NULL, COALESCE(o.lease_until > now(), false) FROM conversation c
         JOIN conversation o ON o.city_id = c.city_id AND o.contact_id = c.contact_id
         WHERE c.city_id = $1 AND c.conversation_id = $2 ORDER BY o.conversation_id FOR UPDATE OF o",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .fetch_all(&mut *tx)
    .await?;
    if rows.iter().any(|(.., busy)| *busy) {
        return Ok(false);
    }
    sqlx::query("UPDATE conversation SET state = NULL WHERE city_id = $1 AND conversation_id = $2")
        .bind(city.as_str())
        .bind(conversation.0)
        .execute(&mut *tx)
        .await?;
    let others = rows.iter().any(|(_, other, has_state, _)| *has_state && *other != conversation.0);
    let Some((contact, ..)) = rows.first().filter(|_| !others) else { return Ok(true) };
    let fresh = db.city_key(tx, city).await?.new_key(&contact.to_string())?;
    sqlx::query("UPDATE contact SET wrapped_key = $3 WHERE city_id = $1 AND contact_id = $2 AND NOT seals_more")
        .bind(city.as_str())
        .bind(contact)
        .bind(fresh)
        .execute(tx)
        .await?;
    Ok(true)
}
