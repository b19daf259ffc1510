//! Turns: claimed by lease, run by one process at a time, ended in one commit.

use crate::{CityTx, Db, Glimpse, Mode, StoreError};
use chrono::{DateTime, Utc};
use model::{Channel, CityId, Content, ContactId, ConversationId, EventId, MessageId, Reply, ReplyToken, Urgency};
use sqlx::{PgConnection, Row, postgres::PgRow, types::Json};
use std::{collections::BTreeMap, time::Duration};
use uuid::Uuid;

/// Conversations that this process may work on until the lease runs out.
#[derive(Clone, Debug)]
pub struct Claim {
    pub city: CityId,
    pub token: Uuid,
    pub conversations: Vec<ConversationId>,
}

/// A conversation with everything its turn needs.
#[derive(Debug)]
pub struct LoadedTurn {
    pub conversation: ConversationId,
    pub contact: ContactId,
    pub channel: Channel,
    pub account: String,
    pub live: bool,
    pub blocked: bool,
    /// Who answers: the machine or staff.
    pub mode: Mode,
    /// When silence ended the last talk with staff; `None` once it has been taken up again.
    pub returned_at: Option<DateTime<Utc>>,
    /// Opened with the contact's key; `None` before the first turn.
    pub state: Option<(u16, Vec<u8>)>,
    pub head: i64,
    /// In order of arrival.
    pub events: Vec<LoadedEvent>,
    key: crate::Key,
}

#[derive(Debug)]
pub struct LoadedEvent {
    pub seq: i64,
    pub id: EventId,
    pub arrived_at: DateTime<Utc>,
    pub content: Content,
    pub reply_token: Option<ReplyToken>,
    pub attempts: i16,
}

/// The result of a conversation's turn, to be committed.
#[derive(Debug)]
pub struct Handled {
    pub turn: LoadedTurn,
    pub state: (u16, Vec<u8>),
    /// The last event that was handled.
    pub up_to: i64,
    pub blocked: bool,
    pub messages: Vec<NewMessage>,
    pub glimpse: Glimpse,
}

#[derive(Clone, Debug)]
pub struct NewMessage {
    pub id: MessageId,
    pub cause: EventId,
    pub reply: Reply,
    pub reply_token: Option<ReplyToken>,
    /// The member of staff who wrote it; `None` for the machine.
    pub author: Option<Uuid>,
    /// May repeat what a resident answered about the person.
    pub personal: bool,
}

/// Leases up to `limit` conversations that have something to do; none that another process holds. One claim a city.
pub async fn claim_turns(db: &Db, lease: Duration, limit: i64) -> Result<Vec<Claim>, StoreError> {
    let token = db.uuid();
    let rows: Vec<(String, Uuid)> = sqlx::query_as(
        "UPDATE conversation c SET lease_token = $1, lease_until = now() + $2 * interval '1 second'
         FROM (SELECT city_id, conversation_id FROM conversation
               WHERE ready_at <= now() AND (lease_until IS NULL OR lease_until < now()) AND NOT live
               ORDER BY ready_at LIMIT $3 FOR UPDATE SKIP LOCKED) pick
         WHERE c.city_id = pick.city_id AND c.conversation_id = pick.conversation_id
         RETURNING c.city_id, c.conversation_id",
    )
    .bind(token)
    .bind(lease.as_secs_f64())
    .bind(limit)
    .fetch_all(db.queue())
    .await?;
    let mut by_city: BTreeMap<String, Vec<ConversationId>> = BTreeMap::new();
    for (city, conversation) in rows {
        by_city.entry(city).or_default().push(ConversationId(conversation));
    }
    by_city
        .into_iter()
        .map(|(city, conversations)| {
            let city = city.parse().map_err(|_| StoreError::Inconsistent { table: "city", key: city, problem: "is no city id" })?;
            Ok(Claim { city, token, conversations })
        })
        .collect()
}

/// Leases one conversation, for a session that runs its own turns. `None`: another process holds it just now.
pub async fn claim_one(db: &Db, city: &CityId, conversation: ConversationId, lease: Duration) -> Result<Option<Claim>, StoreError> {
    let token = db.uuid();
    let done = sqlx::query(
        "UPDATE conversation SET lease_token = $3, lease_until = now() + $4 * interval '1 second'
         WHERE city_id = $1 AND conversation_id = $2 AND (lease_until IS NULL OR lease_until < now())",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .bind(token)
    .bind(lease.as_secs_f64())
    .execute(db.queue())
    .await?;
    Ok((done.rows_affected() == 1).then(|| Claim { city: city.clone(), token, conversations: vec![conversation] }))
}

/// Gives conversations back without having done anything; they are claimed again after `pause`.
pub async fn release(db: &Db, claim: &Claim, pause: Duration) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = claim.conversations.iter().map(|id| id.0).collect();
    sqlx::query(
        "UPDATE conversation SET lease_token = NULL, lease_until = NULL, ready_at = GREATEST(ready_at, now() + $4 * interval '1 second')
         WHERE city_id = $1 AND conversation_id = ANY($2) AND lease_token = $3",
    )
    .bind(claim.city.as_str())
    .bind(ids)
    .bind(claim.token)
    .bind(pause.as_secs_f64())
    .execute(db.queue())
    .await?;
    Ok(())
}

/// Loads the claimed conversations, their sealed state opened, and what has arrived for them.
pub async fn load_turns(db: &Db, tx: &mut CityTx, claim: &Claim) -> Result<Vec<LoadedTurn>, StoreError> {
    let ids: Vec<Uuid> = claim.conversations.iter().map(|id| id.0).collect();
    let city_key = db.city_key(tx, &claim.city).await?;
    let rows = sqlx::query(
        "SELECT c.conversation_id, c.contact_id, c.channel, c.account, c.live, c.blocked, c.state, c.state_version, c.head, k.wrapped_key, t.mode, t.returned_at
         FROM conversation c JOIN contact k ON k.city_id = c.city_id AND k.contact_id = c.contact_id
         LEFT JOIN thread t ON t.city_id = c.city_id AND t.conversation_id = c.conversation_id
         WHERE c.city_id = $1 AND c.conversation_id = ANY($2) AND c.lease_token = $3",
    )
    .bind(claim.city.as_str())
    .bind(&ids)
    .bind(claim.token)
    .fetch_all(&mut **tx)
    .await?;
    let mut turns = BTreeMap::new();
    for row in &rows {
        let turn = open_turn(row, &city_key)?;
        turns.insert(turn.conversation, turn);
    }
    let events = sqlx::query(
        "SELECT conversation_id, seq, event_id, arrived_at, content, reply_token, reply_expires_at, attempts FROM inbox
         WHERE city_id = $1 AND conversation_id = ANY($2) AND handled_at IS NULL ORDER BY seq",
    )
    .bind(claim.city.as_str())
    .bind(&ids)
    .fetch_all(&mut **tx)
    .await?;
    for row in &events {
        if let Some(turn) = turns.get_mut(&ConversationId(row.try_get("conversation_id")?)) {
            turn.events.push(read_event(row)?);
        }
    }
    Ok(turns.into_values().collect())
}

pub(crate) fn open_turn(row: &PgRow, city_key: &crate::Key) -> Result<LoadedTurn, StoreError> {
    let conversation = ConversationId(row.try_get("conversation_id")?);
    let contact = ContactId(row.try_get("contact_id")?);
    let inconsistent = |problem| StoreError::Inconsistent { table: "conversation", key: conversation.to_string(), problem };
    let wrapped: Option<Vec<u8>> = row.try_get("wrapped_key")?;
    let wrapped = wrapped.ok_or_else(|| inconsistent("the contact's key was destroyed"))?;
    let key = city_key.unwrap(&wrapped, &contact.to_string())?;
    let sealed: Option<Vec<u8>> = row.try_get("state")?;
    let version: i16 = row.try_get("state_version")?;
    let version = u16::try_from(version).map_err(|_| inconsistent("negative state version"))?;
    let state = match sealed {
        Some(sealed) => Some((version, key.open(&sealed, &place(conversation))?)),
        None => None,
    };
    let channel: String = row.try_get("channel")?;
    Ok(LoadedTurn {
        conversation,
        contact,
        channel: channel.parse().map_err(|_| inconsistent("unknown channel"))?,
        account: row.try_get("account")?,
        live: row.try_get("live")?,
        blocked: row.try_get("blocked")?,
        mode: row.try_get::<Option<String>, _>("mode")?.map_or(Mode::Machine, |mode| Mode::parse(&mode)),
        returned_at: row.try_get("returned_at")?,
        state,
        head: row.try_get("head")?,
        events: Vec::new(),
        key,
    })
}

fn read_event(row: &PgRow) -> Result<LoadedEvent, StoreError> {
    let content: Json<Content> = row.try_get("content")?;
    let token: Option<String> = row.try_get("reply_token")?;
    let expires: Option<DateTime<Utc>> = row.try_get("reply_expires_at")?;
    Ok(LoadedEvent {
        seq: row.try_get("seq")?,
        id: EventId(row.try_get("event_id")?),
        arrived_at: row.try_get("arrived_at")?,
        content: content.0,
        reply_token: token.zip(expires).map(|(token, expires_at)| ReplyToken { token, expires_at }),
        attempts: row.try_get("attempts")?,
    })
}

impl LoadedTurn {
    pub(crate) fn seal_state(&self, state: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(self.key.seal(state, &place(self.conversation))?)
    }
}

pub(crate) fn place(conversation: ConversationId) -> String {
    format!("state/{conversation}")
}

/// Ends turns: state, answers and the mark on the events, in the caller's transaction. Fails as a whole if the lease
/// of any was lost.
pub async fn commit_turns(db: &Db, tx: &mut PgConnection, claim: &Claim, handled: &[Handled]) -> Result<(), StoreError> {
    crate::glimpse::save(&mut *tx, &claim.city, handled).await?;
    let mut ids = Vec::new();
    let (mut states, mut versions, mut heads, mut blocked, mut up_to) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for one in handled {
        ids.push(one.turn.conversation.0);
        states.push(one.turn.seal_state(&one.state.1)?);
        versions.push(i16::try_from(one.state.0).unwrap_or(i16::MAX));
        heads.push(one.turn.head);
        blocked.push(one.blocked);
        up_to.push(one.up_to);
    }
    // `head` has moved on if something arrived meanwhile: then there is still something to do.
    let done = sqlx::query(
        "UPDATE conversation c SET state = t.state, state_version = t.version, blocked = t.blocked, lease_token = NULL, lease_until = NULL,
             ready_at = CASE WHEN c.head > t.head THEN now() END
         FROM unnest($2::uuid[], $3::bytea[], $4::smallint[], $5::bigint[], $6::bool[]) AS t (id, state, version, head, blocked)
         WHERE c.city_id = $1 AND c.conversation_id = t.id AND c.lease_token = $7",
    )
    .bind(claim.city.as_str())
    .bind(&ids)
    .bind(&states)
    .bind(&versions)
    .bind(&heads)
    .bind(&blocked)
    .bind(claim.token)
    .execute(&mut *tx)
    .await?;
    let lost = ids.len().saturating_sub(usize::try_from(done.rows_affected()).unwrap_or(0));
    if lost > 0 {
        return Err(StoreError::LeaseLost(lost));
    }
    sqlx::query(
        "UPDATE inbox i SET handled_at = now() FROM unnest($2::uuid[], $3::bigint[]) AS t (id, up_to)
         WHERE i.city_id = $1 AND i.conversation_id = t.id AND i.seq <= t.up_to AND i.handled_at IS NULL",
    )
    .bind(claim.city.as_str())
    .bind(&ids)
    .bind(&up_to)
    .execute(&mut *tx)
    .await?;
    insert_messages(db, tx, &claim.city, handled).await
}

async fn insert_messages(db: &Db, tx: &mut PgConnection, city: &CityId, handled: &[Handled]) -> Result<(), StoreError> {
    let messages: Vec<(&Handled, &NewMessage)> = handled.iter().flat_map(|h| h.messages.iter().map(move |m| (h, m))).collect();
    if messages.is_empty() {
        return Ok(());
    }
    let column = |f: &dyn Fn(&Handled, &NewMessage) -> Uuid| -> Vec<Uuid> { messages.iter().map(|(h, m)| f(h, m)).collect() };
    let replies = messages.iter().map(|(_, m)| serde_json::to_value(&m.reply)).collect::<Result<Vec<_>, _>>()?;
    sqlx::query(
        "INSERT INTO outbox (city_id, conversation_id, message_id, cause, channel, account, reply, urgency, reply_token, reply_expires_at, retry_key, author, personal, due_at, outcome, finished_at)
         SELECT $1, t.conversation_id, t.message_id, t.cause, t.channel, t.account, t.reply, t.urgency, t.token, t.expires, t.retry_key, t.author, t.personal,
             CASE WHEN t.outcome IS NULL THEN now() END, t.outcome, CASE WHEN t.outcome IS NOT NULL THEN now() END
         FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::smallint[], $9::text[], $10::timestamptz[], $11::uuid[], $12::text[], $13::uuid[], $14::bool[])
             WITH ORDINALITY AS t (conversation_id, message_id, cause, channel, account, reply, urgency, token, expires, retry_key, outcome, author, personal, n)
         ORDER BY t.n",
    )
    .bind(city.as_str())
    .bind(column(&|h, _| h.turn.conversation.0))
    .bind(column(&|_, m| m.id.0))
    .bind(column(&|_, m| m.cause.0))
    .bind(messages.iter().map(|(h, _)| h.turn.channel.as_str()).collect::<Vec<_>>())
    .bind(messages.iter().map(|(h, _)| h.turn.account.as_str()).collect::<Vec<_>>())
    .bind(replies)
    .bind(messages.iter().map(|(_, m)| urgency(m.reply.urgency)).collect::<Vec<_>>())
    .bind(messages.iter().map(|(_, m)| m.reply_token.as_ref().map(|t| t.token.as_str())).collect::<Vec<_>>())
    .bind(messages.iter().map(|(_, m)| m.reply_token.as_ref().map(|t| t.expires_at)).collect::<Vec<_>>())
    .bind(column(&|_, _| db.uuid()))
    .bind(messages.iter().map(|(h, _)| ended_at_once(h)).collect::<Vec<_>>())
    .bind(messages.iter().map(|(_, m)| m.author).collect::<Vec<_>>())
    .bind(messages.iter().map(|(_, m)| m.personal).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Messages that delivery has nothing to do with: a live session or the chat's stream reads them, or nobody may be
/// written to.
fn ended_at_once(handled: &Handled) -> Option<&'static str> {
    if handled.blocked {
        Some("blocked")
    } else if handled.turn.live || handled.turn.channel == Channel::Web {
        Some("stored")
    } else {
        None
    }
}

pub(crate) fn urgency(urgency: Urgency) -> i16 {
    match urgency {
        Urgency::Low => 0,
        Urgency::Normal => 1,
        Urgency::Urgent => 2,
    }
}

/// Counts a failed try at an event (its turn panicked or was refused by the database), and returns how many there were.
pub async fn fail_event(db: &Db, city: &CityId, conversation: ConversationId, seq: i64, why: &str) -> Result<i16, StoreError> {
    let mut tx = db.city(city).await?;
    let attempts = sqlx::query_scalar(
        "UPDATE inbox SET attempts = attempts + 1, failure = $4 WHERE city_id = $1 AND conversation_id = $2 AND seq = $3 RETURNING attempts",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .bind(seq)
    .bind(why)
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    attempts.ok_or(StoreError::Inconsistent { table: "inbox", key: seq.to_string(), problem: "the event is gone" })
}
