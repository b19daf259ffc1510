use chrono::{DateTime, Utc};
use model::{Channel, Choice, Lang, Part, Say};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Raised when the shape below changes; [`State::decode`] then learns to read the older one.
pub const STATE_VERSION: u16 = 2;

/// Everything the engine remembers of a conversation. Stored encrypted, beside its version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The welcome has been said.
    pub welcomed: bool,
    /// The language that the resident chose.
    pub chosen_lang: Option<Lang>,
    /// The language last heard.
    pub heard_lang: Option<Lang>,
    /// Running forms; the last one is being talked about.
    pub stack: Vec<Frame>,
    pub last: Option<Last>,
    /// The words about which the resident was asked what is meant.
    pub unclear: Option<String>,
    /// How many times in a row nothing was understood.
    pub misses: u8,
    /// Answers kept for later requests, by field name.
    pub remembered: BTreeMap<String, Answer>,
    /// What was said last, for 「もう一度」.
    pub said: Vec<Part<Say>>,
    /// What the keys of a telephone stand for now, from 1 on: the values of choices.
    pub keys: Vec<String>,
    /// What did not fit into one turn of speech.
    pub more: Option<Part<Say>>,
    pub touched: Option<DateTime<Utc>>,
    /// When an emergency was told last.
    pub alarmed: Option<DateTime<Utc>>,
    /// The running form was left alone, and that has been said.
    pub reminded: bool,
    /// The form that was closed while the resident was away; said when they are heard again.
    pub lapsed: Option<String>,
    /// The channel on which the conversation went on, by a code; said once.
    pub joined: Option<Channel>,
    /// What happened while nobody listened; told when the resident is heard again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub untold: Vec<Event>,
    /// How many messages came since when, for those who send hundreds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<(DateTime<Utc>, u16)>,
}

/// Something that happened elsewhere, of which a service tells unasked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Event {
    pub service: String,
    pub event: String,
    pub key: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub form: String,
    pub version: u32,
    pub answers: BTreeMap<String, Answer>,
    /// The words that began it.
    pub opening: String,
    pub stage: Stage,
    /// The receipt of what was handed in before and is to be handed in anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Answers given on another device, with their values: they count, and are not shown on this one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub veiled: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Stage {
    Asking(Asking),
    /// Everything has been read back; waiting for a yes.
    Confirming { misses: u8 },
    /// A confirmed form was said to be wrong; waiting for what to change.
    Editing,
    /// Left alone for long, or by an emergency: the resident is asked whether to go on from where it stood.
    Paused { was: Box<Stage> },
    /// Begun while another form with answers runs: the resident is asked which of them goes on.
    Interrupting { unclear: Option<Asking> },
    /// It was done already; waiting for a yes to undo it.
    Undoing { receipt: String },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Asking {
    pub field: String,
    pub misses: u8,
    /// The choices on offer: value and label.
    pub offered: Vec<(String, String)>,
    /// Other words for what is on offer: value and word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<(String, String)>,
    /// The first part of an answer that takes two turns: the town of an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub so_far: Option<String>,
}

/// An answer to a field: the value that the service works with, and how it is shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Answer {
    pub value: String,
    pub label: String,
}

/// What was answered or done last, so that 「違う」 can be met with the next best, and 「やっぱり」 with a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Last {
    pub form: String,
    pub alternatives: Vec<Choice<Say>>,
    #[serde(default)]
    pub answers: BTreeMap<String, Answer>,
    /// Under which it was taken in; it can be undone.
    #[serde(default)]
    pub receipt: Option<String>,
    #[serde(default)]
    pub at: Option<DateTime<Utc>>,
    /// As [`Frame::veiled`]: what was done can be changed, and is not shown then either.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub veiled: BTreeMap<String, String>,
}

#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("the conversation's state has version {0}; this program reads up to {STATE_VERSION}")]
    Newer(u16),
    #[error("the conversation's state cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

impl State {
    pub fn encode(&self) -> Result<Vec<u8>, StateError> {
        Ok(serde_json::to_vec(self)?)
    }

    pub fn decode(version: u16, bytes: &[u8]) -> Result<Self, StateError> {
        match version {
            // What the second added (pauses, what was done last) has defaults.
            1 | 2 => Ok(serde_json::from_slice(bytes)?),
            newer => Err(StateError::Newer(newer)),
        }
    }

    /// The language to answer in.
    pub fn lang(&self) -> Lang {
        self.chosen_lang.or(self.heard_lang).unwrap_or_default()
    }
}

impl Frame {
    /// Whether an answer must not be shown here.
    pub(crate) fn veils(&self, field: &str, answer: &Answer) -> bool {
        self.veiled.get(field).is_some_and(|value| *value == answer.value)
    }

    pub(crate) fn asking(&self) -> Option<&Asking> {
        match &self.stage {
            Stage::Asking(asking) => Some(asking),
            _ => None,
        }
    }
}

impl Answer {
    pub fn same(value: impl Into<String>) -> Self {
        let value = value.into();
        Self { label: value.clone(), value }
    }
}
