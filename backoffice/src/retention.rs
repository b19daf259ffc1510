//! The end of what was kept long enough, and of what a resident wants gone.

use crate::{audit, rules::Keep};
use chrono::{DateTime, TimeDelta, Utc};
use model::{CityId, ConversationId};
use sqlx::{AssertSqlSafe, PgConnection};
use store::{Db, StoreError};
use uuid::Uuid;

/// The record keeps a line for a year at least, whatever is asked.
const RECORD: TimeDelta = TimeDelta::days(366);

/// How many rows of each kind were purged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    pub messages: u64,
    pub notes: u64,
    pub files: u64,
    pub figures: u64,
    pub record: i64,
}

/// Removes what is older than the city keeps it. What still waits (an answer, a message to be delivered, a turn) stays.
pub async fn purge(db: &Db, tx: &mut PgConnection, city: &CityId, keep: &Keep, now: DateTime<Utc>) -> Result<Purged, StoreError> {
    let old = now - keep.messages;
    let gone = |sql: &'static str, before: DateTime<Utc>| sqlx::query(sql).bind(city.as_str()).bind(before);
    let files = gone("DELETE FROM file WHERE city_id = $1 AND (created_at < $2 OR kind = 'export' AND expires_at < $2 + interval '1 day')", now - keep.files).execute(&mut *tx).await?.rows_affected();
    // Uploads that no message ever named.
    gone("DELETE FROM file WHERE city_id = $1 AND kind = 'received' AND seq IS NULL AND created_at < $2", now - TimeDelta::days(1)).execute(&mut *tx).await?;
    // What was understood goes with the message; the figures keep what has no words.
    let quiet = "NOT EXISTS (SELECT 1 FROM thread t WHERE t.city_id = m.city_id AND t.conversation_id = m.conversation_id AND t.mode <> 'machine')";
    let messages = sqlx::query(AssertSqlSafe(format!("DELETE FROM inbox m WHERE m.city_id = $1 AND m.arrived_at < $2 AND m.handled_at IS NOT NULL AND {quiet}"))).bind(city.as_str()).bind(old).execute(&mut *tx).await?.rows_affected()
        + sqlx::query(AssertSqlSafe(format!("DELETE FROM outbox m WHERE m.city_id = $1 AND m.created_at < $2 AND m.due_at IS NULL AND {quiet}"))).bind(city.as_str()).bind(old).execute(&mut *tx).await?.rows_affected();
    gone("UPDATE thread SET preview = '', tags = '{}' WHERE city_id = $1 AND last_at < $2 AND mode = 'machine' AND (preview <> '' OR tags <> '{}')", old).execute(&mut *tx).await?;
    gone("UPDATE handover SET word = NULL WHERE city_id = $1 AND opened_at < $2 AND word IS NOT NULL", old).execute(&mut *tx).await?;
    gone("DELETE FROM callback_request WHERE city_id = $1 AND created_at < $2 AND (closed_at IS NOT NULL OR withdrawn_at IS NOT NULL)", old).execute(&mut *tx).await?;
    // Who used a room; that it was used, and what was paid, are figures and accounts.
    gone("UPDATE booking SET sealed = NULL WHERE city_id = $1 AND to_at < $2 AND sealed IS NOT NULL", old).execute(&mut *tx).await?;
    gone("UPDATE refund SET sealed = NULL, way = 'as_paid' WHERE city_id = $1 AND ended_at < $2 AND sealed IS NOT NULL", old).execute(&mut *tx).await?;
    gone("DELETE FROM alert WHERE city_id = $1 AND raised_at < $2 AND acknowledged_at IS NOT NULL", old).execute(&mut *tx).await?;
    gone("DELETE FROM staff_notice WHERE city_id = $1 AND at < $2", old).execute(&mut *tx).await?;
    gone("DELETE FROM staff_look WHERE city_id = $1 AND until < $2", now).execute(&mut *tx).await?;
    let notes = gone("DELETE FROM staff_note WHERE city_id = $1 AND at < $2", old).execute(&mut *tx).await?.rows_affected();
    let figures = gone("DELETE FROM handover WHERE city_id = $1 AND opened_at < $2 AND closed_at IS NOT NULL", now - keep.figures).execute(&mut *tx).await?.rows_affected();
    let record = sqlx::query_scalar("SELECT audit_purge($1, $2, $3)").bind(now - keep.record.max(RECORD)).bind(db.uuid()).bind(now).fetch_one(tx).await?;
    Ok(Purged { messages, notes, files, figures, record })
}

/// A resident's conversations were erased: what staff noted of them goes, too; the record says that it happened.
pub async fn forget(db: &Db, tx: &mut PgConnection, city: &CityId, conversations: &[ConversationId], now: DateTime<Utc>) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = conversations.iter().map(|id| id.0).collect();
    for table in ["staff_note", "staff_notice", "staff_look"] {
        // Only the names above get into the statement.
        let sql = AssertSqlSafe(format!("DELETE FROM {table} WHERE city_id = $1 AND conversation_id = ANY($2)"));
        sqlx::query(sql).bind(city.as_str()).bind(&ids).execute(&mut *tx).await?;
    }
    for id in conversations {
        let line = audit::Line { staff: None, action: "privacy.delete", object: &id.to_string(), detail: "", address: "" };
        audit::write(db, tx, city, now, line).await?;
    }
    Ok(())
}
