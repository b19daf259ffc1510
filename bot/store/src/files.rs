//! Files of a conversation, sealed with its contact's key.

use crate::{Db, StoreError, open_for_conversation, seal_for_conversation};
use aws_lc_rs::{digest, rand};
use chrono::{DateTime, Utc};
use model::{CityId, ConversationId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A file to be kept.
pub struct NewFile<'a> {
    pub kind: FileKind,
    pub name: &'a str,
    pub content_type: &'a str,
    pub bytes: &'a [u8],
    pub author: Option<Uuid>,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Came with this message.
    Received { seq: i64 },
    /// Came ahead of the message that will name it.
    Uploaded,
    /// Goes out behind a link.
    Sent { until: DateTime<Utc> },
    /// A resident's own data, behind a link.
    Export { until: DateTime<Utc> },
}

/// A file, opened.
pub struct OpenFile {
    pub name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// Keeps a file. For what goes out: the token that its link holds; the database knows its hash alone.
pub async fn put_file(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, file: NewFile<'_>) -> Result<Option<String>, StoreError> {
    put(db, tx, city, conversation, db.uuid(), file).await
}

/// Keeps what a resident uploaded, until the message that names it comes: its id.
pub async fn put_upload(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, content_type: &str, bytes: &[u8], now: DateTime<Utc>) -> Result<Uuid, StoreError> {
    let id = db.uuid();
    put(db, tx, city, conversation, id, NewFile { kind: FileKind::Uploaded, name: content_type, content_type, bytes, author: None, now }).await?;
    Ok(id)
}

/// How many files residents brought into a conversation since a moment.
pub async fn received_since(tx: &mut PgConnection, city: &CityId, conversation: ConversationId, since: DateTime<Utc>) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM file WHERE city_id = $1 AND conversation_id = $2 AND kind = 'received' AND created_at > $3").bind(city.as_str()).bind(conversation.0).bind(since).fetch_one(tx).await?)
}

/// The message that names an upload has come. `false`: there is no such upload in this conversation, or another message has it.
pub async fn attach_upload(tx: &mut PgConnection, city: &CityId, conversation: ConversationId, id: Uuid, seq: i64) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE file SET seq = $4 WHERE city_id = $1 AND conversation_id = $2 AND file_id = $3 AND kind = 'received' AND seq IS NULL").bind(city.as_str()).bind(conversation.0).bind(id).bind(seq).execute(tx).await?;
    Ok(done.rows_affected() == 1)
}

async fn put(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, id: Uuid, file: NewFile<'_>) -> Result<Option<String>, StoreError> {
    let sealed = seal_for_conversation(db, tx, city, conversation, file.bytes, &place(id)).await?;
    let (kind, seq, until) = match file.kind {
        FileKind::Received { seq } => ("received", Some(seq), None),
        FileKind::Uploaded => ("received", None, None),
        FileKind::Sent { until } => ("sent", None, Some(until)),
        FileKind::Export { until } => ("export", None, Some(until)),
    };
    let token = if until.is_some() { Some(new_token()?) } else { None };
    if kind == "export" {
        // The newest one only.
        sqlx::query("DELETE FROM file WHERE city_id = $1 AND conversation_id = $2 AND kind = 'export'").bind(city.as_str()).bind(conversation.0).execute(&mut *tx).await?;
    }
    sqlx::query(
        "INSERT INTO file (city_id, file_id, conversation_id, kind, seq, token_hash, name, content_type, sealed, author, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (city_id, conversation_id, seq) DO NOTHING",
    )
    .bind(city.as_str())
    .bind(id)
    .bind(conversation.0)
    .bind(kind)
    .bind(seq)
    .bind(token.as_deref().map(hash))
    .bind(file.name)
    .bind(file.content_type)
    .bind(sealed)
    .bind(file.author)
    .bind(file.now)
    .bind(until)
    .execute(tx)
    .await?;
    Ok(token)
}

type Row = (Uuid, Uuid, String, String, Vec<u8>);

async fn open(db: &Db, tx: &mut PgConnection, city: &CityId, row: Option<Row>) -> Result<Option<OpenFile>, StoreError> {
    let Some((id, conversation, name, content_type, sealed)) = row else { return Ok(None) };
    let bytes = open_for_conversation(db, tx, city, ConversationId(conversation), &sealed, &place(id)).await?;
    Ok(Some(OpenFile { name, content_type, bytes }))
}

/// What came with a message; `None`: nothing, or not yet.
pub async fn received_file(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: ConversationId, seq: i64) -> Result<Option<OpenFile>, StoreError> {
    let row = sqlx::query_as("SELECT file_id, conversation_id, name, content_type, sealed FROM file WHERE city_id = $1 AND conversation_id = $2 AND seq = $3 AND kind = 'received'")
        .bind(city.as_str())
        .bind(conversation.0)
        .bind(seq)
        .fetch_optional(&mut *tx)
        .await?;
    open(db, tx, city, row).await
}

/// What a link opens, as long as it does.
pub async fn linked_file(db: &Db, tx: &mut PgConnection, city: &CityId, token: &str, now: DateTime<Utc>) -> Result<Option<OpenFile>, StoreError> {
    let row = sqlx::query_as("SELECT file_id, conversation_id, name, content_type, sealed FROM file WHERE city_id = $1 AND token_hash = $2 AND expires_at > $3")
        .bind(city.as_str())
        .bind(hash(token))
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
    open(db, tx, city, row).await
}

fn place(id: Uuid) -> String {
    format!("file/{id}")
}

fn hash(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().to_vec()
}

/// 256 random bits.
fn new_token() -> Result<String, StoreError> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| StoreError::Vault(crate::VaultError::NoRandom))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
