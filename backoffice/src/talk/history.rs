//! Everything of a conversation in order: what the resident, the machine and staff said; what was understood; the notes.

use crate::{error::Refusal, door::Me};
use chrono::{DateTime, Utc};
use model::{Content, Part, Reply, StaffAct};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

/// So many entries of each kind, the newest.
const MOST: i64 = 200;

pub struct Entry {
    pub at: DateTime<Utc>,
    pub seq: i64,
    /// Of which conversation, where several are shown together.
    pub conversation: Uuid,
    pub kind: Kind,
}

pub enum Kind {
    Resident { content: Content, understood: Option<Understood>, personal: bool, file: Option<String> },
    Machine { parts: Vec<Part<String>>, delivery: Delivery, personal: bool },
    Staff { author: String, parts: Vec<Part<String>>, delivery: Delivery },
    /// Something that staff did that is no message.
    Act(String),
    Note { author: String, text: String },
}

#[derive(Clone, Debug)]
pub struct Understood {
    pub intent: Option<String>,
    pub confidence: Option<f32>,
    pub silent: bool,
    pub missed: bool,
}

/// How a message fared on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Waiting,
    Done,
    Blocked,
    Failed,
}

#[derive(sqlx::FromRow)]
struct In {
    conversation_id: Uuid,
    seq: i64,
    arrived_at: DateTime<Utc>,
    content: Json<Content>,
    intent: Option<String>,
    confidence: Option<f32>,
    silent: Option<bool>,
    missed: Option<bool>,
    personal: Option<bool>,
    /// The kind of the file that came with it, once it is here.
    file: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Out {
    conversation_id: Uuid,
    personal: bool,
    seq: i64,
    created_at: DateTime<Utc>,
    reply: Json<Reply>,
    author: Option<String>,
    outcome: Option<String>,
}

/// Of one conversation, or of several of one human.
pub async fn read(tx: &mut PgConnection, me: &Me, ids: &[Uuid]) -> Result<Vec<Entry>, Refusal> {
    let city = me.id().as_str();
    let came: Vec<In> = sqlx::query_as(
        "SELECT i.conversation_id, i.seq, i.arrived_at, i.content, u.intent, u.confidence, u.silent, u.missed, u.personal, f.content_type AS file FROM inbox i
         LEFT JOIN understood u ON u.city_id = i.city_id AND u.conversation_id = i.conversation_id AND u.seq = i.seq
         LEFT JOIN file f ON f.city_id = i.city_id AND f.conversation_id = i.conversation_id AND f.seq = i.seq
         WHERE i.city_id = $1 AND i.conversation_id = ANY($2) ORDER BY i.seq DESC LIMIT $3",
    )
    .bind(city)
    .bind(ids)
    .bind(MOST)
    .fetch_all(&mut *tx)
    .await?;
    let went: Vec<Out> = sqlx::query_as(
        "SELECT o.conversation_id, o.personal, o.seq, o.created_at, o.reply, s.name AS author, o.outcome FROM outbox o
         LEFT JOIN staff s ON s.city_id = o.city_id AND s.staff_id = o.author
         WHERE o.city_id = $1 AND o.conversation_id = ANY($2) ORDER BY o.seq DESC LIMIT $3",
    )
    .bind(city)
    .bind(ids)
    .bind(MOST)
    .fetch_all(&mut *tx)
    .await?;
    let notes: Vec<(Uuid, DateTime<Utc>, String, String)> = sqlx::query_as(
        "SELECT n.conversation_id, n.at, s.name, n.text FROM staff_note n JOIN staff s ON s.city_id = n.city_id AND s.staff_id = n.staff_id
         WHERE n.city_id = $1 AND n.conversation_id = ANY($2) ORDER BY n.at DESC LIMIT $3",
    )
    .bind(city)
    .bind(ids)
    .bind(MOST)
    .fetch_all(tx)
    .await?;
    let mut entries: Vec<Entry> = came.into_iter().filter_map(arrived).collect();
    entries.extend(went.into_iter().map(sent));
    entries.extend(notes.into_iter().map(|(conversation, at, author, text)| Entry { at, seq: i64::MAX, conversation, kind: Kind::Note { author, text } }));
    // Messages by their number; notes, which have none, by their time.
    entries.sort_by_key(|entry| (entry.at, entry.seq));
    Ok(entries)
}

fn arrived(row: In) -> Option<Entry> {
    let understood = row.silent.map(|silent| Understood { intent: row.intent, confidence: row.confidence, silent, missed: row.missed == Some(true) });
    let kind = match row.content.0 {
        // Shown as the message that went out for it.
        Content::Staff { act: StaffAct::Reply { .. } | StaffAct::CalledBack { .. } } => return None,
        Content::Staff { act: StaffAct::TakeOver { author } } => Kind::Act(format!("{}が担当になりました", author.name)),
        Content::Staff { act: StaffAct::Transfer { author, desk } } => Kind::Act(format!("{}が{desk}に引き継ぎました", author.name)),
        Content::Staff { act: StaffAct::Close { why: model::Closing::Staff, .. } } => Kind::Act("対応を終え、自動応答に戻しました".to_owned()),
        Content::Staff { act: StaffAct::Close { why: model::Closing::Silence, .. } } => Kind::Act("返事がないため、自動応答に戻りました".to_owned()),
        Content::Follow => Kind::Act("会話が始まりました".to_owned()),
        Content::Unfollow => Kind::Act("公式アカウントをブロックしました".to_owned()),
        Content::Joined => Kind::Act("ほかの窓口の会話とつながりました".to_owned()),
        Content::Parted { .. } => Kind::Act("ほかの窓口の会話から切り離されました".to_owned()),
        Content::Timer { .. } | Content::Event { .. } => return None,
        content => Kind::Resident { content, understood, personal: row.personal == Some(true), file: row.file },
    };
    Some(Entry { at: row.arrived_at, seq: row.seq, conversation: row.conversation_id, kind })
}

fn sent(row: Out) -> Entry {
    let delivery = match row.outcome.as_deref() {
        None => Delivery::Waiting,
        Some("blocked") => Delivery::Blocked,
        Some("refused" | "given-up") => Delivery::Failed,
        Some(_) => Delivery::Done,
    };
    let kind = match row.author {
        Some(author) => Kind::Staff { author, parts: row.reply.0.parts, delivery },
        None => Kind::Machine { parts: row.reply.0.parts, delivery, personal: row.personal },
    };
    Entry { at: row.created_at, seq: row.seq, conversation: row.conversation_id, kind }
}
