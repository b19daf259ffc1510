//! Accounts of one human: joined and parted again. Every contact keeps its own key; what is sealed stays where it is.

use crate::{Db, LoadedTurn, StoreError, turns};
use chrono::{DateTime, Utc};
use model::{CityId, ContactId, ConversationId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Everybody that is the same human as the one of this conversation, itself included.
pub async fn contacts_of(tx: &mut PgConnection, city: &CityId, conversation: ConversationId) -> Result<Vec<ContactId>, StoreError> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "SELECT o.contact_id FROM conversation c JOIN contact k ON k.city_id = c.city_id AND k.contact_id = c.contact_id
         JOIN contact o ON o.city_id = c.city_id AND COALESCE(o.person_id, o.contact_id) = COALESCE(k.person_id, k.contact_id)
         WHERE c.city_id = $1 AND c.conversation_id = $2 ORDER BY o.created_at, o.contact_id",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .fetch_all(tx)
    .await?;
    Ok(ids.into_iter().map(ContactId).collect())
}

async fn person_of(tx: &mut PgConnection, city: &CityId, conversation: ConversationId) -> Result<(Uuid, Uuid), StoreError> {
    sqlx::query_as(
        "SELECT k.contact_id, COALESCE(k.person_id, k.contact_id) FROM conversation c JOIN contact k ON k.city_id = c.city_id AND k.contact_id = c.contact_id
         WHERE c.city_id = $1 AND c.conversation_id = $2",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .fetch_optional(tx)
    .await?
    .ok_or_else(|| StoreError::Inconsistent { table: "conversation", key: conversation.to_string(), problem: "has no contact" })
}

/// From now on `joining` is the same human as `first`, with everybody that `joining` was before.
pub async fn join_accounts(db: &Db, tx: &mut PgConnection, city: &CityId, first: ConversationId, joining: ConversationId, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (_, to) = person_of(tx, city, first).await?;
    let (_, from) = person_of(tx, city, joining).await?;
    if from == to {
        return Ok(());
    }
    let moved: Vec<Uuid> = sqlx::query_scalar(
        "UPDATE contact SET person_id = $3 WHERE city_id = $1 AND COALESCE(person_id, contact_id) = $2 RETURNING contact_id",
    )
    .bind(city.as_str())
    .bind(from)
    .bind(to)
    .fetch_all(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO contact_merge (city_id, merge_id, contact_id, from_person, to_person, joined_at)
         SELECT $1, t.merge_id, t.contact_id, $4, $5, $6 FROM unnest($2::uuid[], $3::uuid[]) AS t (merge_id, contact_id)",
    )
    .bind(city.as_str())
    .bind(moved.iter().map(|_| db.uuid()).collect::<Vec<_>>())
    .bind(&moved)
    .bind(from)
    .bind(to)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// This account is by itself again. The conversations of those it was joined to, where somebody can be told; `None`: it was joined
/// to none.
pub async fn part_account(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, now: DateTime<Utc>) -> Result<Option<Vec<ConversationId>>, StoreError> {
    let (contact, person) = person_of(tx, city, conversation).await?;
    if contacts_of(tx, city, conversation).await?.len() < 2 {
        return Ok(None);
    }
    // Where nobody is heard live or has blocked us, it can be told at once.
    let others: Vec<Uuid> = sqlx::query_scalar(
        "SELECT c.conversation_id FROM contact k JOIN conversation c ON c.city_id = k.city_id AND c.contact_id = k.contact_id
         WHERE k.city_id = $1 AND COALESCE(k.person_id, k.contact_id) = $2 AND k.contact_id <> $3 AND NOT c.live AND NOT c.blocked ORDER BY c.conversation_id",
    )
    .bind(city.as_str())
    .bind(person)
    .bind(contact)
    .fetch_all(&mut *tx)
    .await?;
    sqlx::query("UPDATE contact SET person_id = $3 WHERE city_id = $1 AND contact_id = $2")
        .bind(city.as_str())
        .bind(contact)
        .bind(db.uuid())
        .execute(&mut *tx)
        .await?;
    // Who is left alone by it is joined to nobody either.
    sqlx::query(
        "UPDATE contact_merge SET undone_at = $4 WHERE city_id = $1 AND undone_at IS NULL AND (contact_id = $2
             OR (to_person = $3 AND (SELECT count(*) FROM contact WHERE city_id = $1 AND COALESCE(person_id, contact_id) = $3) < 2))",
    )
    .bind(city.as_str())
    .bind(contact)
    .bind(person)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(Some(others.into_iter().map(ConversationId).collect()))
}

/// Another conversation, locked until the transaction ends, without its events. `None`: a turn of it is running just now.
pub async fn lock_conversation(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId) -> Result<Option<LoadedTurn>, StoreError> {
    let city_key = db.city_key(tx, city).await?;
    let row = sqlx::query(
        "SELECT c.conversation_id, c.contact_id, c.channel, c.account, c.live, c.blocked, c.state, c.state_version, c.head, k.wrapped_key, t.mode, t.returned_at
         FROM conversation c JOIN contact k ON k.city_id = c.city_id AND k.contact_id = c.contact_id
         LEFT JOIN thread t ON t.city_id = c.city_id AND t.conversation_id = c.conversation_id
         WHERE c.city_id = $1 AND c.conversation_id = $2 AND (c.lease_until IS NULL OR c.lease_until < now()) FOR UPDATE OF c SKIP LOCKED",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .fetch_optional(tx)
    .await?;
    row.map(|row| turns::open_turn(&row, &city_key)).transpose()
}

/// Writes the state of a conversation that was locked.
pub async fn write_state(tx: &mut PgConnection, city: &CityId, locked: &LoadedTurn, (version, state): (u16, &[u8])) -> Result<(), StoreError> {
    sqlx::query("UPDATE conversation SET state = $3, state_version = $4 WHERE city_id = $1 AND conversation_id = $2")
        .bind(city.as_str())
        .bind(locked.conversation.0)
        .bind(locked.seal_state(state)?)
        .bind(i16::try_from(version).unwrap_or(i16::MAX))
        .execute(tx)
        .await?;
    Ok(())
}
