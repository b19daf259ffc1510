use crate::{Db, StoreError};
use chrono::{DateTime, Utc};
use model::{Channel, CityId, ContactId, ConversationId, Inbound};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    pub conversation: ConversationId,
    /// The platform had sent this event before; it is not handled again.
    pub duplicate: bool,
}

/// Stores events of one city, durably, in the order given; makes the conversations that are new. After this returns,
/// every event will be answered, and none twice. Any number of events costs the same few round trips.
pub async fn enqueue(db: &Db, city: &CityId, events: &[Inbound]) -> Result<Vec<Stored>, StoreError> {
    let mut attempt = 0;
    loop {
        match try_enqueue(db, city, events).await {
            Err(error) if error.is_transient() && attempt < 4 => {
                attempt += 1;
                tracing::warn!(%city, attempt, %error, "storing events again");
            }
            done => return done,
        }
    }
}

async fn try_enqueue(db: &Db, city: &CityId, events: &[Inbound]) -> Result<Vec<Stored>, StoreError> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let accounts: BTreeSet<(Channel, &str)> = events.iter().map(|e| (e.channel, e.account.as_str())).collect();
    let mut tx = db.city(city).await?;
    let conversations = conversations_of(db, &mut tx, city, &accounts).await?;
    let ids = |event: &Inbound| {
        conversations.get(&(event.channel.as_str().to_owned(), event.account.0.clone())).copied().ok_or_else(|| {
            StoreError::Inconsistent { table: "conversation", key: event.platform_id.clone(), problem: "was not made" }
        })
    };
    let mut columns = Columns::default();
    for event in events {
        columns.push(db, ids(event)?, event)?;
    }
    // The rows of the conversations are locked first: within a conversation, sequence numbers are then given in the
    // order of commit. Duplicates wake a turn that finds nothing to do, which is harmless.
    let fresh: Vec<Uuid> = sqlx::query_scalar(
        "WITH arrived AS (
             SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::jsonb[], $8::text[], $9::timestamptz[])
             WITH ORDINALITY AS t (conversation_id, event_id, channel, platform_id, arrived_at, content, reply_token, reply_expires_at, n)
         ), touched AS (
             UPDATE conversation c SET head = head + 1, ready_at = COALESCE(c.ready_at, now())
             WHERE c.city_id = $1 AND c.conversation_id IN (SELECT conversation_id FROM arrived)
             RETURNING c.conversation_id
         )
         INSERT INTO inbox (city_id, conversation_id, event_id, channel, platform_id, arrived_at, content, reply_token, reply_expires_at)
         SELECT $1, a.conversation_id, a.event_id, a.channel, a.platform_id, a.arrived_at, a.content, a.reply_token, a.reply_expires_at
         FROM arrived a JOIN touched USING (conversation_id) ORDER BY a.n
         ON CONFLICT (city_id, channel, platform_id) DO NOTHING
         RETURNING event_id",
    )
    .bind(city.as_str())
    .bind(&columns.conversations)
    .bind(&columns.event_ids)
    .bind(&columns.channels)
    .bind(&columns.platform_ids)
    .bind(&columns.arrived)
    .bind(&columns.contents)
    .bind(&columns.tokens)
    .bind(&columns.expiries)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let fresh: BTreeSet<Uuid> = fresh.into_iter().collect();
    Ok(columns
        .conversations
        .iter()
        .zip(&columns.event_ids)
        .map(|(conversation, event)| Stored { conversation: ConversationId(*conversation), duplicate: !fresh.contains(event) })
        .collect())
}

#[derive(Default)]
struct Columns {
    conversations: Vec<Uuid>,
    event_ids: Vec<Uuid>,
    channels: Vec<&'static str>,
    platform_ids: Vec<String>,
    arrived: Vec<DateTime<Utc>>,
    contents: Vec<serde_json::Value>,
    tokens: Vec<Option<String>>,
    expiries: Vec<Option<DateTime<Utc>>>,
}

impl Columns {
    fn push(&mut self, db: &Db, conversation: Uuid, event: &Inbound) -> Result<(), StoreError> {
        self.conversations.push(conversation);
        self.event_ids.push(db.uuid());
        self.channels.push(event.channel.as_str());
        self.platform_ids.push(event.platform_id.clone());
        self.arrived.push(event.at);
        self.contents.push(without_nul(serde_json::to_value(&event.content)?));
        self.tokens.push(event.reply_token.as_ref().map(|t| t.token.clone()));
        self.expiries.push(event.reply_token.as_ref().map(|t| t.expires_at));
        Ok(())
    }
}

/// PostgreSQL's jsonb cannot hold U+0000; a resident's message that contains one must not be lost for it.
fn without_nul(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "\u{FFFD}")),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nul).collect()),
        Value::Object(map) => Value::Object(map.into_iter().map(|(k, v)| (k, without_nul(v))).collect()),
        other => other,
    }
}

type Conversations = BTreeMap<(String, String), Uuid>;

async fn conversations_of(
    db: &Db,
    tx: &mut PgConnection,
    city: &CityId,
    accounts: &BTreeSet<(Channel, &str)>,
) -> Result<Conversations, StoreError> {
    let channels: Vec<&str> = accounts.iter().map(|(channel, _)| channel.as_str()).collect();
    let names: Vec<&str> = accounts.iter().map(|(_, account)| *account).collect();
    let mut known = find(tx, city, &channels, &names).await?;
    let missing: Vec<_> = accounts
        .iter()
        .filter(|(channel, account)| !known.contains_key(&(channel.as_str().to_owned(), (*account).to_owned())))
        .collect();
    if !missing.is_empty() {
        for (channel, account) in missing {
            create(db, tx, city, *channel, account, false).await?;
        }
        known = find(tx, city, &channels, &names).await?;
    }
    Ok(known)
}

async fn find(tx: &mut PgConnection, city: &CityId, channels: &[&str], accounts: &[&str]) -> Result<Conversations, StoreError> {
    let rows: Vec<(String, String, Uuid)> = sqlx::query_as(
        "SELECT c.channel, c.account, c.conversation_id FROM unnest($2::text[], $3::text[]) AS t (channel, account)
         JOIN conversation c ON c.city_id = $1 AND c.channel = t.channel AND c.account = t.account",
    )
    .bind(city.as_str())
    .bind(channels)
    .bind(accounts)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(channel, account, id)| ((channel, account), id)).collect())
}

/// A new contact with a key of its own, and its conversation. Nothing if another process was faster.
async fn create(db: &Db, tx: &mut PgConnection, city: &CityId, channel: Channel, account: &str, live: bool) -> Result<(), StoreError> {
    let contact = ContactId(db.uuid());
    let key = db.city_key(tx, city).await?.new_key(&contact.to_string())?;
    sqlx::query(
        "WITH person AS (
             INSERT INTO contact (city_id, contact_id, wrapped_key)
             SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE city_id = $1 AND channel = $5 AND account = $6)
             RETURNING contact_id
         )
         INSERT INTO conversation (city_id, conversation_id, contact_id, channel, account, live)
         SELECT $1, $4, contact_id, $5, $6, $7 FROM person
         ON CONFLICT (city_id, channel, account) DO NOTHING",
    )
    .bind(city.as_str())
    .bind(contact.0)
    .bind(key)
    .bind(db.uuid())
    .bind(channel.as_str())
    .bind(account)
    .bind(live)
    .execute(tx)
    .await?;
    Ok(())
}

/// The conversation of a session that waits for its own answers: terminal, call, web page.
pub async fn open_live(db: &Db, city: &CityId, channel: Channel, account: &str) -> Result<ConversationId, StoreError> {
    let mut tx = db.city(city).await?;
    create(db, &mut tx, city, channel, account, true).await?;
    let id: Uuid = sqlx::query_scalar("SELECT conversation_id FROM conversation WHERE city_id = $1 AND channel = $2 AND account = $3")
        .bind(city.as_str())
        .bind(channel.as_str())
        .bind(account)
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(ConversationId(id))
}

/// The conversation of an account, if it has ever begun one.
pub async fn find_conversation(db: &Db, city: &CityId, channel: Channel, account: &str) -> Result<Option<ConversationId>, StoreError> {
    let mut tx = db.city(city).await?;
    let id: Option<Uuid> = sqlx::query_scalar("SELECT conversation_id FROM conversation WHERE city_id = $1 AND channel = $2 AND account = $3")
        .bind(city.as_str())
        .bind(channel.as_str())
        .bind(account)
        .fetch_optional(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(id.map(ConversationId))
}
