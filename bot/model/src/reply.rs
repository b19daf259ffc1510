use crate::{Point, Say};
use serde::{Deserialize, Serialize};

/// One piece of an answer, in terms of meaning; each channel renders it as its users expect.
///
/// `T` is [`Say`] until the words are chosen, and `String` afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part<T = Say> {
    Text { text: T },
    Choices { text: T, choices: Vec<Choice<T>> },
    Cards { text: T, cards: Vec<Card<T>> },
    /// A point on a map; `url` opens a route to it.
    Place { text: T, address: T, lat: f64, lng: f64, url: String },
    /// Asks for a day or a time. `min` and `max` are ISO (`2026-11-03`, `10:00`, `2026-11-03T10:00`).
    Date {
        text: T,
        mode: DateMode,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        min: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        max: Option<String>,
    },
    /// `text` says what the picture shows.
    Image { text: T, url: String },
    Link { text: T, label: T, url: String },
    /// How to reach a person.
    Handoff {
        text: T,
        desk: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        phone: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        hours: Option<String>,
        /// A caller is put through to this telephone, once the text has been said.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        extension: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateMode {
    Date,
    Time,
    Datetime,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice<T = Say> {
    pub label: T,
    /// Comes back as a postback; see [`crate::Postback`].
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card<T = Say> {
    pub title: T,
    #[serde(skip_serializing_if = "Option::is_none", default = "none")]
    pub subtitle: Option<T>,
    pub lines: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<CardPlace>,
    pub actions: Vec<Action<T>>,
}

fn none<T>() -> Option<T> {
    None
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardPlace {
    pub lat: f64,
    pub lng: f64,
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Action<T = Say> {
    Postback { label: T, value: String },
    Link { label: T, url: String },
}

/// How much it matters that a message goes out when not all can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Urgency {
    /// Newsletters, reminders.
    Low,
    /// The answer to what a resident asked.
    #[default]
    Normal,
    /// Life and limb: emergency guidance, evacuation.
    Urgent,
}

/// Everything that one turn says, in words, ready for a channel to render.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub parts: Vec<Part<String>>,
    pub lang: crate::Lang,
    pub urgency: Urgency,
}

impl<T> Part<T> {
    /// Chooses the words: applies `f` to every text of the part.
    pub fn map<U>(self, f: &mut impl FnMut(T) -> U) -> Part<U> {
        match self {
            Part::Text { text } => Part::Text { text: f(text) },
            Part::Choices { text, choices } => Part::Choices {
                text: f(text),
                choices: choices.into_iter().map(|c| Choice { label: f(c.label), value: c.value }).collect(),
            },
            Part::Cards { text, cards } => {
                Part::Cards { text: f(text), cards: cards.into_iter().map(|card| card.map(f)).collect() }
            }
            Part::Place { text, address, lat, lng, url } => {
                Part::Place { text: f(text), address: f(address), lat, lng, url }
            }
            Part::Date { text, mode, min, max } => Part::Date { text: f(text), mode, min, max },
            Part::Image { text, url } => Part::Image { text: f(text), url },
            Part::Link { text, label, url } => Part::Link { text: f(text), label: f(label), url },
            Part::Handoff { text, desk, phone, hours, extension } => Part::Handoff { text: f(text), desk, phone, hours, extension },
        }
    }
}

impl<T> Card<T> {
    fn map<U>(self, f: &mut impl FnMut(T) -> U) -> Card<U> {
        Card {
            title: f(self.title),
            subtitle: self.subtitle.map(&mut *f),
            lines: self.lines.into_iter().map(&mut *f).collect(),
            place: self.place,
            actions: self
                .actions
                .into_iter()
                .map(|action| match action {
                    Action::Postback { label, value } => Action::Postback { label: f(label), value },
                    Action::Link { label, url } => Action::Link { label: f(label), url },
                })
                .collect(),
        }
    }
}

impl Part<Say> {
    pub fn text(say: Say) -> Self {
        Part::Text { text: say }
    }

    pub fn place(title: Say, address: impl Into<String>, point: Point) -> Self {
        Part::Place {
            text: title,
            address: Say::plain(address),
            lat: point.lat,
            lng: point.lng,
            url: point.route_url(),
        }
    }
}

impl Choice<Say> {
    pub fn new(label: Say, value: impl Into<String>) -> Self {
        Self { label, value: value.into() }
    }
}


