//! What is sealed with a resident's key: made and opened by way of the conversation.

use crate::{Db, Key, StoreError};
use model::{CityId, ConversationId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Seals personal data with the key of the conversation's contact. From now on the key outlives the conversation.
pub async fn seal_for_conversation(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, plain: &[u8], place: &str) -> Result<Vec<u8>, StoreError> {
    sqlx::query(
        "UPDATE contact k SET seals_more = true FROM conversation c
         WHERE c.city_id = $1 AND c.conversation_id = $2 AND k.city_id = $1 AND k.contact_id = c.contact_id AND NOT k.seals_more",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .execute(&mut *tx)
    .await?;
    Ok(key_of(db, tx, city, conversation).await?.seal(plain, place)?)
}

/// Opens what [`seal_for_conversation`] sealed.
pub async fn open_for_conversation(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, sealed: &[u8], place: &str) -> Result<Vec<u8>, StoreError> {
    Ok(key_of(db, tx, city, conversation).await?.open(sealed, place)?)
}

/// The dialogue's state with its version; `None` before the first turn.
pub async fn open_state(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId) -> Result<Option<(u16, Vec<u8>)>, StoreError> {
    let row: Option<(Option<Vec<u8>>, i16)> = sqlx::query_as("SELECT state, state_version FROM conversation WHERE city_id = $1 AND conversation_id = $2")
        .bind(city.as_str())
        .bind(conversation.0)
        .fetch_optional(&mut *tx)
        .await?;
    let Some((Some(sealed), version)) = row else { return Ok(None) };
    let state = open_for_conversation(db, tx, city, conversation, &sealed, &crate::turns::place(conversation)).await?;
    Ok(Some((u16::try_from(version).unwrap_or(u16::MAX), state)))
}

async fn key_of(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId) -> Result<Key, StoreError> {
    let row: Option<(Uuid, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT k.contact_id, k.wrapped_key FROM conversation c JOIN contact k ON k.city_id = c.city_id AND k.contact_id = c.contact_id
         WHERE c.city_id = $1 AND c.conversation_id = $2",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .fetch_optional(&mut *tx)
    .await?;
    let inconsistent = |problem| StoreError::Inconsistent { table: "contact", key: conversation.to_string(), problem };
    let (contact, wrapped) = row.ok_or_else(|| inconsistent("the conversation has no contact"))?;
    let wrapped = wrapped.ok_or_else(|| inconsistent("the contact's key was destroyed"))?;
    Ok(db.city_key(tx, city).await?.unwrap(&wrapped, &contact.to_string())?)
}
