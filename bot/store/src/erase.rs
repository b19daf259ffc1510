//! The end of a resident's data: what was said goes, and the key with it.

use crate::{Db, StoreError};
use model::{CityId, ConversationId};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// All conversations of the one human that this conversation belongs to, itself included.
pub async fn conversations_of(tx: &mut PgConnection, city: &CityId, conversation: ConversationId) -> Result<Vec<ConversationId>, StoreError> {
    let contacts: Vec<Uuid> = crate::contacts_of(tx, city, conversation).await?.into_iter().map(|id| id.0).collect();
    let ids: Vec<Uuid> = sqlx::query_scalar("SELECT conversation_id FROM conversation WHERE city_id = $1 AND contact_id = ANY($2) ORDER BY created_at, conversation_id")
        .bind(city.as_str())
        .bind(contacts)
        .fetch_all(tx)
        .await?;
    Ok(ids.into_iter().map(ConversationId).collect())
}

/// Erases what was said and kept in these conversations, forgets whose accounts they were, and destroys their contacts' keys
/// but for those named in `keep` (something that must stay is sealed with them). What is left is a shell without a name: figures and
/// the record point to it. `false`: something is still under way (a turn, a message); nothing was changed.
pub async fn erase(db: &Db, tx: &mut PgConnection, city: &CityId, conversations: &[ConversationId], keep: &[ConversationId]) -> Result<bool, StoreError> {
    let ids: Vec<Uuid> = conversations.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, Uuid, bool)> = sqlx::query_as(
        "SELECT c.conversation_id, c.contact_id, COALESCE(c.lease_until > now(), false) OR c.ready_at IS NOT NULL
             OR EXISTS (SELECT 1 FROM outbox o WHERE o.city_id = c.city_id AND o.conversation_id = c.conversation_id AND o.due_at IS NOT NULL)
         FROM conversation c WHERE c.city_id = $1 AND c.conversation_id = ANY($2) ORDER BY c.conversation_id FOR UPDATE OF c",
    )
    .bind(city.as_str())
    .bind(&ids)
    .fetch_all(&mut *tx)
    .await?;
    if rows.iter().any(|(.., busy)| *busy) {
        return Ok(false);
    }
    for table in ["file", "alert", "outbox", "inbox"] {
        // `understood` goes with the inbox. Only the names above get into the statement.
        let sql = sqlx::AssertSqlSafe(format!("DELETE FROM {table} WHERE city_id = $1 AND conversation_id = ANY($2)"));
        sqlx::query(sql).bind(city.as_str()).bind(&ids).execute(&mut *tx).await?;
    }
    sqlx::query("DELETE FROM thread WHERE city_id = $1 AND conversation_id = ANY($2)").bind(city.as_str()).bind(&ids).execute(&mut *tx).await?;
    sqlx::query("UPDATE handover SET word = NULL WHERE city_id = $1 AND conversation_id = ANY($2)").bind(city.as_str()).bind(&ids).execute(&mut *tx).await?;
    let shells: Vec<String> = ids.iter().map(|_| format!("erased:{}", db.uuid())).collect();
    sqlx::query(
        "UPDATE conversation c SET account = t.account, state = NULL, blocked = true FROM unnest($2::uuid[], $3::text[]) AS t (id, account)
         WHERE c.city_id = $1 AND c.conversation_id = t.id",
    )
    .bind(city.as_str())
    .bind(&ids)
    .bind(shells)
    .execute(&mut *tx)
    .await?;
    let kept: BTreeSet<Uuid> = rows.iter().filter(|(id, ..)| keep.iter().any(|one| one.0 == *id)).map(|(_, contact, _)| *contact).collect();
    let gone: Vec<Uuid> = rows.iter().map(|(_, contact, _)| *contact).filter(|contact| !kept.contains(contact)).collect();
    sqlx::query("UPDATE contact SET wrapped_key = NULL WHERE city_id = $1 AND contact_id = ANY($2)").bind(city.as_str()).bind(gone).execute(tx).await?;
    Ok(true)
}
