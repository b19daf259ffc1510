use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Something to be said, before it has become words in a language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Say {
    /// A text of ours, by key; its wording lives in one file per language.
    Key { key: Cow<'static, str>, args: Vec<(Cow<'static, str>, Arg)> },
    /// Words of the city or of the resident: names, addresses, answers of the FAQ. Shown as they are.
    Plain(String),
    /// Several of these, one after the other, with line breaks between.
    Lines(Vec<Say>),
}

/// A value that is put into a text; each language writes it its own way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Arg {
    Str(String),
    Int(i64),
    Date(NaiveDate),
    /// A day with its year: a date of birth.
    Day(NaiveDate),
    At(DateTime<Utc>),
    /// Minutes of a day, 0..=1440.
    Clock(u16),
    Say(Box<Say>),
}

impl Say {
    pub const fn key(key: &'static str) -> Self {
        Say::Key { key: Cow::Borrowed(key), args: Vec::new() }
    }

    pub fn dynamic(key: impl Into<Cow<'static, str>>) -> Self {
        Say::Key { key: key.into(), args: Vec::new() }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Say::Plain(text.into())
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        if let Say::Key { args, .. } = &mut self {
            args.push((Cow::Borrowed(name), value.into()));
        }
        self
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Arg::Str(value.to_owned())
    }
}
impl From<String> for Arg {
    fn from(value: String) -> Self {
        Arg::Str(value)
    }
}
impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Arg::Int(value)
    }
}
impl From<NaiveDate> for Arg {
    fn from(value: NaiveDate) -> Self {
        Arg::Date(value)
    }
}
impl From<DateTime<Utc>> for Arg {
    fn from(value: DateTime<Utc>) -> Self {
        Arg::At(value)
    }
}
impl From<Say> for Arg {
    fn from(value: Say) -> Self {
        Arg::Say(Box::new(value))
    }
}
