//! The conversation as staff see it: who answers, who waits, how it was handed over and given back.

use crate::StoreError;
use chrono::{DateTime, Utc};
use model::{CityId, ConversationId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Who answers in a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Machine,
    /// A person was asked for; until one comes, the machine goes on helping.
    Waiting,
    /// A person has it: the machine is silent.
    Staff,
}

impl Mode {
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Machine => "machine",
            Mode::Waiting => "waiting",
            Mode::Staff => "staff",
        }
    }

    pub fn parse(text: &str) -> Self {
        match text {
            "waiting" => Mode::Waiting,
            "staff" => Mode::Staff,
            _ => Mode::Machine,
        }
    }
}

/// Why a person is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Asked,
    Callback,
    Complaint,
    NotUnderstood,
    Emergency,
    /// A member of staff took it without having been asked.
    Staff,
    /// The resident wrote again after a member of staff had closed it.
    Returned,
    /// A rule of the city says so.
    Rule,
    /// About the resident's own data.
    Privacy,
}

impl Wanted {
    pub fn as_str(self) -> &'static str {
        match self {
            Wanted::Asked => "asked",
            Wanted::Callback => "callback",
            Wanted::Complaint => "complaint",
            Wanted::NotUnderstood => "not_understood",
            Wanted::Emergency => "emergency",
            Wanted::Staff => "staff",
            Wanted::Returned => "returned",
            Wanted::Rule => "rule",
            Wanted::Privacy => "privacy",
        }
    }
}

/// A wish for a person.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    pub reason: Wanted,
    /// The desk that fits; the name of a desk if its id is not known.
    pub desk: Option<&'a str>,
    pub now: DateTime<Utc>,
}

/// Puts a conversation before the staff. Returns its place in the desk's queue, from 1; `None` when a member of staff has
/// it already.
pub async fn want_person(tx: &mut PgConnection, city: &CityId, conversation: ConversationId, id: Uuid, wish: Wish<'_>) -> Result<Option<i64>, StoreError> {
    let mode: Option<String> = sqlx::query_scalar(
        "INSERT INTO thread (city_id, conversation_id, channel, mode, handover_id, desk_id, urgency, waiting_since, last_at)
         SELECT $1, $2, c.channel, 'waiting', $3, d.desk_id, $5, $6, $6
         FROM conversation c LEFT JOIN desk d ON d.city_id = $1 AND (d.desk_id = $4 OR d.name = $4)
         WHERE c.city_id = $1 AND c.conversation_id = $2 LIMIT 1
         ON CONFLICT (city_id, conversation_id) DO UPDATE SET
             mode = CASE WHEN thread.mode = 'staff' THEN 'staff' ELSE 'waiting' END,
             handover_id = COALESCE(thread.handover_id, EXCLUDED.handover_id),
             desk_id = CASE WHEN thread.mode = 'staff' THEN thread.desk_id ELSE COALESCE(EXCLUDED.desk_id, thread.desk_id) END,
             urgency = GREATEST(thread.urgency, EXCLUDED.urgency),
             waiting_since = COALESCE(thread.waiting_since, EXCLUDED.waiting_since),
             due_at = CASE WHEN thread.waiting_since IS NULL OR thread.desk_id IS DISTINCT FROM EXCLUDED.desk_id THEN NULL ELSE thread.due_at END,
             warned = CASE WHEN thread.waiting_since IS NULL THEN 0 ELSE thread.warned END,
             snoozed_until = NULL, returned_at = NULL
         RETURNING mode",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .bind(id)
    .bind(wish.desk)
    .bind(if wish.reason == Wanted::Emergency { 2_i16 } else { 1 })
    .bind(wish.now)
    .fetch_optional(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO handover (city_id, handover_id, conversation_id, reason, desk_id, opened_at)
         SELECT $1, t.handover_id, $2, $3, t.desk_id, $4 FROM thread t WHERE t.city_id = $1 AND t.conversation_id = $2 AND t.handover_id IS NOT NULL
         ON CONFLICT (city_id, handover_id) DO UPDATE SET desk_id = EXCLUDED.desk_id",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .bind(wish.reason.as_str())
    .bind(wish.now)
    .execute(&mut *tx)
    .await?;
    if mode.as_deref() != Some("waiting") {
        return Ok(None);
    }
    let place = sqlx::query_scalar(
        "SELECT count(*) FROM thread o JOIN thread m ON m.city_id = o.city_id AND m.conversation_id = $2
         WHERE o.city_id = $1 AND o.mode = 'waiting' AND o.desk_id IS NOT DISTINCT FROM m.desk_id AND o.waiting_since <= m.waiting_since",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .fetch_one(tx)
    .await?;
    Ok(Some(place))
}

/// Gives a conversation back to the machine. `false` when it had it already.
pub async fn give_back(tx: &mut PgConnection, city: &CityId, conversation: ConversationId, by: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "WITH back AS (
             UPDATE thread t SET mode = 'machine', handover_id = NULL, assignee = NULL, urgency = 1, waiting_since = NULL, due_at = NULL, warned = 0,
                 snoozed_until = NULL, unread = 0, returned_at = CASE WHEN $3 = 'silence' THEN $4::timestamptz END
             FROM thread old
             WHERE t.city_id = $1 AND t.conversation_id = $2 AND t.mode <> 'machine' AND old.city_id = t.city_id AND old.conversation_id = t.conversation_id
             RETURNING old.handover_id
         )
         UPDATE handover h SET closed_at = $4, closed_by = $3 FROM back WHERE h.city_id = $1 AND h.handover_id = back.handover_id",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .bind(by)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps what a resident thought of the last hand-over: a score, and later a word.
pub async fn rate(tx: &mut PgConnection, city: &CityId, conversation: ConversationId, score: Option<i16>, word: Option<&str>) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE handover SET score = COALESCE($3, score), word = COALESCE($4, word)
         WHERE city_id = $1 AND handover_id = (SELECT handover_id FROM handover WHERE city_id = $1 AND conversation_id = $2 AND closed_at IS NOT NULL
                                               ORDER BY opened_at DESC LIMIT 1)",
    )
    .bind(city.as_str())
    .bind(conversation.0)
    .bind(score)
    .bind(word)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Whether the machine answers in this conversation.
pub async fn machine_answers(db: &crate::Db, city: &CityId, conversation: ConversationId) -> Result<bool, StoreError> {
    let mut tx = db.city(city).await?;
    let mode: Option<String> = sqlx::query_scalar("SELECT mode FROM thread WHERE city_id = $1 AND conversation_id = $2")
        .bind(city.as_str())
        .bind(conversation.0)
        .fetch_optional(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(mode.as_deref() != Some("staff"))
}
