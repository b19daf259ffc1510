use crate::{Channel, CityId, Lang, Slots};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What understanding is asked: everything it may use, and nothing else. It has no clock and does no I/O.
#[derive(Clone)]
pub struct Utterance<'a> {
    pub text: &'a str,
    /// When it was said, in the city's zone.
    pub now: DateTime<FixedOffset>,
    pub channel: Channel,
    pub city: Option<&'a CityId>,
    /// What the dialogue has just asked, if it is waiting for an answer.
    pub expecting: Option<&'a Expecting>,
    /// The city's own sentences, if it has any.
    pub own: Option<&'a dyn Recall>,
}

/// What the dialogue is waiting for: the light in which a bare 「はい」 or 「2番目」 is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Expecting {
    /// `yes_no`, `choice`, `date`, `time`, `number`, `phone`, `place`, `text` …
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub options: Vec<String>,
}

/// What was understood.
#[derive(Clone, Debug, Default)]
pub struct Understanding {
    /// None where nothing speaks for one: a number, an e-mail address.
    pub language: Option<Lang>,
    /// Intents by falling confidence; never empty. Confidences are calibrated: 0.8 is right four times in five.
    pub intents: Vec<Scored>,
    pub slots: Slots,
    pub entities: Vec<Entity>,
    pub emergency: Option<Emergency>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    pub intent: String,
    pub confidence: f32,
}

/// A name that was recognised: a facility, an item of waste, a town.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    pub kind: EntityKind,
    /// The id by which the service knows it.
    pub value: String,
    /// How it was said.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    Shelter,
    WasteItem,
    WasteArea,
    WasteType,
    Place,
    PlaceCategory,
    Facility,
    Town,
    /// A town with the numbers after it; the value is the whole address, spelt one way.
    Address,
    Hazard,
    Need,
    Desk,
}

impl EntityKind {
    pub fn as_str(self) -> &'static str {
        match self {
            EntityKind::Shelter => "shelter",
            EntityKind::WasteItem => "waste_item",
            EntityKind::WasteArea => "waste_area",
            EntityKind::WasteType => "waste_type",
            EntityKind::Place => "place",
            EntityKind::PlaceCategory => "place_category",
            EntityKind::Facility => "facility",
            EntityKind::Town => "town",
            EntityKind::Address => "address",
            EntityKind::Hazard => "hazard",
            EntityKind::Need => "need",
            EntityKind::Desk => "desk",
        }
    }
}

/// Something that cannot wait for a form: answered first, on every channel, whatever else was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emergency {
    Fire,
    Ambulance,
    Crime,
    Gas,
    Child,
    Suicide,
}

impl Emergency {
    pub const ALL: [Emergency; 6] = [
        Emergency::Fire,
        Emergency::Ambulance,
        Emergency::Crime,
        Emergency::Gas,
        Emergency::Child,
        Emergency::Suicide,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Emergency::Fire => "fire",
            Emergency::Ambulance => "ambulance",
            Emergency::Crime => "crime",
            Emergency::Gas => "gas",
            Emergency::Child => "child",
            Emergency::Suicide => "suicide",
        }
    }
}

impl Understanding {
    /// The likeliest intent; `out_of_scope` when there is none.
    pub fn intent(&self) -> &str {
        self.intents.first().map_or("out_of_scope", |scored| &scored.intent)
    }

    pub fn confidence(&self) -> f32 {
        self.intents.first().map_or(0.0, |scored| scored.confidence)
    }

    pub fn confidence_in(&self, intent: &str) -> f32 {
        self.intents.iter().find(|s| s.intent == intent).map_or(0.0, |s| s.confidence)
    }

    pub fn entities_of(&self, kind: EntityKind) -> impl Iterator<Item = &Entity> {
        self.entities.iter().filter(move |entity| entity.kind == kind)
    }
}

/// Text in, meaning out: a pure function, whoever implements it.
pub trait Understand: Send + Sync {
    fn understand(&self, utterance: &Utterance<'_>) -> Understanding;

    /// Makes a city's own sentences, as (intent, text), ready for [`Utterance::own`].
    fn remember(&self, sentences: &[(String, String)]) -> Arc<dyn Recall>;
}

/// Sentences that are recalled when something like them is said.
pub trait Recall: Send + Sync {
    /// The intent of the likeliest sentence; its confidence is the likeness, 1 for the very same.
    fn recall(&self, text: &str) -> Option<Scored>;
}
