use crate::{Channel, CityId, Point, Private};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
    /// A form was left alone, since the resident was last heard.
    Timer { since: DateTime<Utc>, reach: Reach },
    /// The conversation went on with another account of the same resident.
    Joined,
    /// A kind that we do not know (yet). Kept, never answered with an error.
    Unknown { kind: String },
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    Image,
    Video,
    Audio,
    File,
}
