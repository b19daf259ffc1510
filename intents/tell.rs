//! How a service speaks unasked: an event in the conversation's inbox makes a turn, and the service says what it means.

use crate::ServiceError;
use chrono::{DateTime, Utc};
use model::{CityId, ConversationId};
use sqlx::PgConnection;
use store::Db;

/// Has a conversation told of something, in the caller's transaction: [`crate::Service::tell`] of the service with that id is
/// asked for the words when the turn runs. Where nobody listens, that is when the resident is heard again. The same event of the
/// same key is told once.
pub async fn tell(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, what: (&str, &str, &str), now: DateTime<Utc>) -> Result<bool, ServiceError> {
    Ok(store::enqueue_event(db, tx, city, conversation, what, now).await?)
}
