use crate::Answer;
use model::{EntityKind, Expecting, Value};
use std::{borrow::Cow, collections::BTreeMap};

/// A form as data: what must be known before a service can act. Coded services and procedures written by a
/// city's staff are described in the same way.
#[derive(Clone, Debug)]
pub struct Form {
    pub id: Cow<'static, str>,
    /// Raised when the meaning of stored answers changes.
    pub version: u32,
    /// The intents that begin it.
    pub intents: Vec<Cow<'static, str>>,
    pub kind: FormKind,
    pub fields: Vec<Field>,
    /// Place in the menu, lowest first; `None` keeps it out.
    pub menu: Option<u8>,
    /// Whether it is offered when a resident sends nothing but a location.
    pub from_location: bool,
    /// Where a task turns out to need nothing done: each a set of answers that must all be given. Then there is nothing to
    /// confirm, and the service only says so.
    pub ends: Vec<Vec<When>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    /// Gives information. Can be asked in the middle of anything.
    Answer,
    /// Changes something; everything is read back and confirmed before it is done.
    Task,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: Cow<'static, str>,
    pub kind: FieldKind,
    pub required: bool,
    /// What of an understanding answers it, best first.
    pub reads: Vec<Reads>,
    /// Kept for later requests of the same resident (the area they live in), in the encrypted state.
    pub remember: bool,
    /// Asked, but a resident may leave it out.
    pub skippable: bool,
    /// Asked only where other answers make it matter: all of these must hold.
    pub when: Vec<When>,
}

/// The answer that makes a field matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    pub field: Cow<'static, str>,
    /// Any of these values.
    pub is: Vec<Cow<'static, str>>,
}

impl When {
    /// Whether the answers given so far make the field matter. Of an answer with several values one is enough.
    pub fn holds(&self, answers: &BTreeMap<String, Answer>) -> bool {
        let given = answers.get(self.field.as_ref());
        given.is_some_and(|answer| answer.value.split(SEVERAL).any(|value| self.is.iter().any(|wanted| wanted == value)))
    }
}

/// Between the values of a [`FieldKind::MultiChoice`] in one answer.
pub const SEVERAL: char = ',';

#[derive(Clone, Debug)]
pub enum FieldKind {
    /// Free words, up to so many characters.
    Text { max: usize },
    /// One of a few fixed options.
    Choice { options: Vec<OptionSpec> },
    /// Something that the service knows by name (an item, an area, a place). The service finds it.
    Lookup,
    /// As `Lookup`, and a location sent from the phone answers it as well.
    Place,
    /// The resident's words as a query. Never asked for if the form began with words.
    Query,
    Date,
    /// A time of the day, or from when to when.
    Time,
    Phone,
    Email,
    Number { min: u32, max: u32 },
    /// Several of a few fixed options.
    MultiChoice { options: Vec<OptionSpec> },
    /// How a name is read, in kana.
    KanaName,
    Birthday,
    /// Where someone lives, in words.
    Address,
    Photo,
    /// Goes on only with a yes.
    Consent,
}

#[derive(Clone, Debug)]
pub struct OptionSpec {
    pub value: Cow<'static, str>,
    /// Other ways to say it, folded.
    pub said: Vec<Cow<'static, str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    Entity(EntityKind),
    Slot(SlotKind),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotKind {
    Date,
    Time,
    Phone,
    Email,
    Birthday,
    Quantity,
    Headcount,
}

impl OptionSpec {
    pub fn new(value: &'static str, said: &[&'static str]) -> Self {
        Self { value: value.into(), said: said.iter().map(|word| (*word).into()).collect() }
    }
}

impl Form {
    pub fn answer(id: &'static str, intents: &[&'static str]) -> Self {
        Self {
            id: id.into(),
            version: 1,
            intents: intents.iter().map(|i| (*i).into()).collect(),
            kind: FormKind::Answer,
            fields: Vec::new(),
            menu: None,
            from_location: false,
            ends: Vec::new(),
        }
    }

    pub fn task(id: &'static str, intents: &[&'static str]) -> Self {
        Self { kind: FormKind::Task, ..Self::answer(id, intents) }
    }

    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    #[must_use]
    pub fn menu(mut self, place: u8) -> Self {
        self.menu = Some(place);
        self
    }

    #[must_use]
    pub fn from_location(mut self) -> Self {
        self.from_location = true;
        self
    }

    /// Whether it has come to an end that changes nothing.
    pub fn is_at_end(&self, answers: &BTreeMap<String, Answer>) -> bool {
        self.ends.iter().any(|end| end.iter().all(|when| when.holds(answers)))
    }

    /// The next field that must be asked.
    pub fn missing(&self, answers: &BTreeMap<String, Answer>) -> Option<&Field> {
        self.fields.iter().find(|field| field.required && field.matters(answers) && !answers.contains_key(field.name.as_ref()))
    }

    pub fn find(&self, field: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == field)
    }

    /// The text key of one of the form's texts: `shelter-search-title`.
    pub fn text(&self, what: &str) -> String {
        format!("{}-{what}", self.id.replace(['.', '_'], "-"))
    }
}

impl Field {
    pub fn new(name: impl Into<Cow<'static, str>>, kind: FieldKind) -> Self {
        Self { name: name.into(), kind, required: true, reads: Vec::new(), remember: false, skippable: false, when: Vec::new() }
    }

    /// Whether the answers given so far make it matter.
    pub fn matters(&self, answers: &BTreeMap<String, Answer>) -> bool {
        self.when.iter().all(|when| when.holds(answers))
    }

    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    #[must_use]
    pub fn skippable(mut self) -> Self {
        self.skippable = true;
        self
    }

    #[must_use]
    pub fn remember(mut self) -> Self {
        self.remember = true;
        self
    }

    #[must_use]
    pub fn entity(mut self, kind: EntityKind) -> Self {
        self.reads.push(Reads::Entity(kind));
        self
    }

    #[must_use]
    pub fn slot(mut self, kind: SlotKind) -> Self {
        self.reads.push(Reads::Slot(kind));
        self
    }

    /// What understanding is told to expect while this field is being asked.
    pub fn expecting(&self) -> Expecting {
        let (kind, options) = match &self.kind {
            FieldKind::Text { .. } | FieldKind::Query | FieldKind::Address | FieldKind::Email => ("text", Vec::new()),
            FieldKind::Choice { options } | FieldKind::MultiChoice { options } => {
                ("choice", options.iter().filter_map(|o| o.said.first()).map(ToString::to_string).collect())
            }
            FieldKind::KanaName => ("name", Vec::new()),
            FieldKind::Birthday => ("date", Vec::new()),
            FieldKind::Time => ("time", Vec::new()),
            FieldKind::Photo => ("photo", Vec::new()),
            FieldKind::Consent => ("yes_no", Vec::new()),
            FieldKind::Lookup => ("name", Vec::new()),
            FieldKind::Place => ("place", Vec::new()),
            FieldKind::Date => ("date", Vec::new()),
            FieldKind::Phone => ("phone", Vec::new()),
            FieldKind::Number { .. } => ("number", Vec::new()),
        };
        Expecting { kind: kind.to_owned(), options }
    }
}

impl SlotKind {
    pub fn matches(self, value: &Value) -> Option<String> {
        match (self, value) {
            (SlotKind::Date, Value::Date(date)) => Some(date.to_string()),
            (SlotKind::Time, Value::Time(clock)) => Some(clock.to_string()),
            (SlotKind::Time, Value::TimeRange(from, to)) => Some(format!("{from}-{to}")),
            (SlotKind::Phone, Value::Phone(digits)) => Some(digits.clone()),
            (SlotKind::Email, Value::Email(address)) => Some(address.clone()),
            (SlotKind::Birthday, Value::Birthday(day)) => Some(day.to_string()),
            (SlotKind::Quantity, Value::Quantity(n)) | (SlotKind::Headcount, Value::Headcount(n)) => Some(n.to_string()),
            _ => None,
        }
    }
}
