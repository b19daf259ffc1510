use crate::{Channel, CityId, Part, Point, Private};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One event from a channel, verified and translated, as it is kept in the inbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inbound {
    pub city: CityId,
    pub channel: Channel,
    /// Who: the platform's id of the resident (LINE user id, web session, caller's number).
    pub account: Private<String>,
    /// The platform's own id of this event. The same id twice is the same event.
    pub platform_id: String,
    /// When it arrived here. This is the turn's `now`.
    pub at: DateTime<Utc>,
    pub content: Content,
    /// A free way to answer, where the platform gives one.
    pub reply_token: Option<ReplyToken>,
}

/// A LINE reply token: single use, free of charge, good until `expires_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyToken {
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

/// What the resident did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    Text { text: String },
    /// A tapped choice. `label` is what the resident saw on it.
    Postback { value: String, label: Option<String> },
    Location { point: Point, title: Option<String>, address: Option<String> },
    Media { media: Media, id: String },
    /// The keywords that the platform gives a sticker, such as "thanks".
    Sticker { keywords: Vec<String> },
    Dtmf { digits: String },
    /// The resident added the account as a friend, or opened a first session.
    Follow,
    /// The resident blocked the account: nothing may be sent any more.
    Unfollow,
    Hangup,
    Silence,
    /// The caller was to be put through to this desk.
    PutThrough { desk: String, result: PutThrough },
    /// A form was left alone, since the resident was last heard.
    Timer { since: DateTime<Utc>, reach: Reach },
    /// The conversation went on with another account of the same resident.
    Joined,
    /// A service has something to tell unasked: a payment came in, a place became free. `key` names what it is about.
    Event { service: String, event: String, key: String },
    /// An account of another channel no longer belongs to the same resident.
    Parted { channel: Channel },
    /// A member of staff did something in this conversation.
    Staff { act: StaffAct },
    /// A kind that we do not know (yet). Kept, never answered with an error.
    Unknown { kind: String },
}

impl Content {
    /// Whether it is the house that speaks, and not the resident.
    pub fn is_from_within(&self) -> bool {
        matches!(self, Content::Timer { .. } | Content::Joined | Content::Parted { .. } | Content::Event { .. })
    }
}

/// What came of putting a caller through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PutThrough {
    Talking,
    Busy,
    NoAnswer,
    /// No such telephone, or no way there.
    Failed,
    /// The caller did not want to wait any longer.
    GivenUp,
}

impl PutThrough {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Talking => "talking",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
        }
    }
}

/// What it costs to say something to a resident who is not waiting for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    Free,
    /// A pushed message of the month's allowance.
    Costly,
    /// Nobody is there, or does not want to hear.
    Not,
}

/// What a member of staff does in a conversation that the resident hears of. Notes among staff are none of these: they
/// have no way to a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum StaffAct {
    /// Writes to the resident; the machine is silent from now on.
    Reply { author: Author, parts: Vec<Part<String>> },
    /// Takes the conversation without having written yet.
    TakeOver { author: Author },
    /// Another desk has it now and will answer.
    Transfer { author: Author, desk: String },
    /// Called back, or tried to: what came of it.
    CalledBack { author: Author, receipt: String, result: CallResult },
    /// Gives it back to the machine.
    Close { why: Closing, ask_score: bool },
}

/// A member of staff as residents see one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    pub staff: Uuid,
    pub name: String,
    /// The desk for which they speak; empty when they have none.
    pub desk: String,
}

/// How a call back ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    Talked,
    /// Nobody answered: tried again, or another way.
    Absent,
    /// Answered in writing instead.
    Written,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// A member of staff said that it is done.
    Staff,
    /// Nobody has written for so long that it returned by itself.
    Silence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    Image,
    Video,
    Audio,
    File,
}
