//! What was read: values with their place and precision.

use crate::clock::Clock;
use chrono::NaiveDate;
use serde_json::{Map, Value as Json};

/// Where a value stands, in bytes of the folded text ([`Slots::text`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// How exactly the value was said. A search may use any of these; a booking wants `Exact`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// As said.
    Exact,
    /// 「5時ごろ」: the value is the middle of something.
    Approximate,
    /// 「夕方」: narrows a search, books nothing.
    PartOfDay,
    /// 「12月上旬」「来週中」「週末」: some day in there.
    Range,
}

/// A normalised value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// A calendar day.
    Date(NaiveDate),
    /// First and last day, both included.
    DateRange(NaiveDate, NaiveDate),
    /// A clock time.
    Time(Clock),
    /// Start and end; the end may be 24:00.
    TimeRange(Clock, Clock),
    /// A length in minutes with no clock time beside it.
    DurationMinutes(u32),
    /// People who will come.
    Headcount(u32),
    /// Digits only.
    Phone(String),
    /// `NNN-NNNN`.
    PostalCode(String),
    /// A date of birth.
    Birthday(NaiveDate),
    /// Whole yen.
    AmountYen(u64),
    /// `L-digits`, or digits alone.
    ReceiptNo(String),
    /// Ten or thirteen digits, no hyphens; a final `X` in upper case.
    Isbn(String),
    /// Lower case.
    Email(String),
    /// Completed years of a child.
    ChildAge(u32),
    /// Items or copies asked for.
    Quantity(u32),
    /// 1-based answer to a numbered list.
    Choice(u32),
}

/// The name of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of `Value`")]
pub enum Kind {
    Date,
    DateRange,
    Time,
    TimeRange,
    DurationMinutes,
    Headcount,
    Phone,
    PostalCode,
    Birthday,
    AmountYen,
    ReceiptNo,
    Isbn,
    Email,
    ChildAge,
    Quantity,
    Choice,
}

impl Kind {
    /// The key in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Date => "date",
            Kind::DateRange => "date_range",
            Kind::Time => "time",
            Kind::TimeRange => "time_range",
            Kind::DurationMinutes => "duration_minutes",
            Kind::Headcount => "headcount",
            Kind::Phone => "phone",
            Kind::PostalCode => "postal_code",
            Kind::Birthday => "birthday",
            Kind::AmountYen => "amount_yen",
            Kind::ReceiptNo => "receipt_no",
            Kind::Isbn => "isbn",
            Kind::Email => "email",
            Kind::ChildAge => "child_age",
            Kind::Quantity => "quantity",
            Kind::Choice => "choice",
        }
    }
}

impl Value {
    /// Which slot this value fills.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Value::Date(_) => Kind::Date,
            Value::DateRange(..) => Kind::DateRange,
            Value::Time(_) => Kind::Time,
            Value::TimeRange(..) => Kind::TimeRange,
            Value::DurationMinutes(_) => Kind::DurationMinutes,
            Value::Headcount(_) => Kind::Headcount,
            Value::Phone(_) => Kind::Phone,
            Value::PostalCode(_) => Kind::PostalCode,
            Value::Birthday(_) => Kind::Birthday,
            Value::AmountYen(_) => Kind::AmountYen,
            Value::ReceiptNo(_) => Kind::ReceiptNo,
            Value::Isbn(_) => Kind::Isbn,
            Value::Email(_) => Kind::Email,
            Value::ChildAge(_) => Kind::ChildAge,
            Value::Quantity(_) => Kind::Quantity,
            Value::Choice(_) => Kind::Choice,
        }
    }

    /// The value as the understanding component hands it on.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Value::Date(day) | Value::Birthday(day) => Json::from(day.to_string()),
            Value::DateRange(first, last) => Json::from(format!("{first}/{last}")),
            Value::Time(clock) => Json::from(clock.to_string()),
            Value::TimeRange(start, end) => Json::from(format!("{start}-{end}")),
            Value::AmountYen(yen) => Json::from(*yen),
            Value::DurationMinutes(n) | Value::Headcount(n) | Value::ChildAge(n) | Value::Quantity(n) | Value::Choice(n) => Json::from(*n),
            Value::Phone(text) | Value::PostalCode(text) | Value::ReceiptNo(text) | Value::Isbn(text) | Value::Email(text) => Json::from(text.as_str()),
        }
    }
}

/// A value, where it was read and how exact it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The value.
    pub value: Value,
    /// Its place in the folded text.
    pub span: Span,
    /// How exactly it was said.
    pub precision: Precision,
}

/// At most one slot of each kind, and the folded text that their spans point into.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slots {
    text: String,
    slots: Vec<Slot>,
}

impl Slots {
    /// Keeps the last of each kind: later versions correct earlier ones.
    pub(crate) fn new(text: String, found: Vec<Slot>) -> Slots {
        let mut slots: Vec<Slot> = Vec::with_capacity(found.len());
        for slot in found {
            match slots.iter_mut().find(|s| s.value.kind() == slot.value.kind()) {
                Some(old) => *old = slot,
                None => slots.push(slot),
            }
        }
        slots.sort_by_key(|s| s.value.kind());
        Slots { text, slots }
    }

    /// The folded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The slot of a kind, if it was said.
    #[must_use]
    pub fn get(&self, kind: Kind) -> Option<&Slot> {
        self.slots.iter().find(|s| s.value.kind() == kind)
    }

    /// All slots, in the order of [`Kind`].
    pub fn iter(&self) -> std::slice::Iter<'_, Slot> {
        self.slots.iter()
    }

    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// An object that holds only the slots that were said.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let pairs = self.slots.iter().map(|s| (s.value.kind().name().to_owned(), s.value.to_json()));
        Json::Object(pairs.collect::<Map<_, _>>())
    }
}

impl<'a> IntoIterator for &'a Slots {
    type Item = &'a Slot;
    type IntoIter = std::slice::Iter<'a, Slot>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
