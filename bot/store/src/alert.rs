use crate::StoreError;
use chrono::{DateTime, Utc};
use model::{CityId, ConversationId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Keeps something that a member of staff must hear of.
pub async fn raise_alert(
    tx: &mut PgConnection,
    city: &CityId,
    conversation: ConversationId,
    id: Uuid,
    kind: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO alert (city_id, alert_id, conversation_id, kind, raised_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(city.as_str())
        .bind(id)
        .bind(conversation.0)
        .bind(kind)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}
