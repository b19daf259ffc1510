use crate::Answer;
use chrono::NaiveDate;
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
    /// Answered even beside the answer to an emergency: the nearest AED.
    pub in_emergency: bool,
    /// Begun by nothing but so many digits.
    pub by_digits: Option<usize>,
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
    /// What it is called, in every language, folded: residents name it when they correct it.
    pub called: Vec<String>,
    /// What it is about: read from 「…のことで」 in the words that begin the form.
    pub topic: bool,
    /// There is a text of its own, `help-<name>`, for those who ask what the question means.
    pub help: bool,
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
    /// One of what the service offers in the light of the answers before it (free slots, one's own bookings); it also finds by
    /// name. An optional one is never asked: the service works it out (a price).
    Offer,
    /// As `Lookup`, and a location sent from the phone answers it as well.
    Place,
    /// The resident's words as a query. Never asked for if the form began with words.
    Query,
    Date { period: Period },
    /// A time of the day, or from when to when.
    Time,
    /// One of a few stretches of the day, in minutes from midnight.
    TimeSlot { slots: Vec<(u16, u16)> },
    Phone,
    Email,
    Number { min: u32, max: u32 },
    /// So many digits, zeros in front included: the number of an account.
    Digits { min: usize, max: usize },
    /// Several of a few fixed options.
    MultiChoice { options: Vec<OptionSpec> },
    /// How a name is read, in kana.
    KanaName,
    Birthday,
    /// Where someone lives, in words; a postal code alone is completed by what follows.
    Address,
    /// A point on the map, sent from the phone, or told in words.
    Location,
    Photo,
    /// A document of any kind; a picture of it will do.
    File,
    /// The full name of whoever answers, in place of a signature.
    Signature,
    /// Goes on only with a yes.
    Consent,
}

/// Which days a date may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    #[default]
    Any,
    /// Today or before.
    Past,
    /// Today or later.
    Future,
}

impl Period {
    pub fn has(self, day: NaiveDate, today: NaiveDate) -> bool {
        match self {
            Period::Any => true,
            Period::Past => day <= today,
            Period::Future => day >= today,
        }
    }
}

#[derive(Clone, Debug)]
pub struct OptionSpec {
    pub value: Cow<'static, str>,
    /// Other ways to say it, folded.
    pub said: Vec<Cow<'static, str>>,
    /// Meant only where none of the others is named beside it: 「いつでも」 in 「午前中やったらいつでも」.
    pub otherwise: bool,
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
    ChildAge,
}

impl FieldKind {
    /// Whether answers to it tell of a person: words of their own, numbers, addresses, births, pictures.
    pub fn is_personal(&self) -> bool {
        match self {
            FieldKind::Text { .. }
            | FieldKind::Phone
            | FieldKind::Email
            | FieldKind::Digits { .. }
            | FieldKind::KanaName
            | FieldKind::Birthday
            | FieldKind::Address
            | FieldKind::Location
            | FieldKind::Photo
            | FieldKind::File
            | FieldKind::Signature => true,
            FieldKind::Choice { .. }
            | FieldKind::Lookup
            | FieldKind::Offer
            | FieldKind::Place
            | FieldKind::Query
            | FieldKind::Date { .. }
            | FieldKind::Time
            | FieldKind::TimeSlot { .. }
            | FieldKind::Number { .. }
            | FieldKind::MultiChoice { .. }
            | FieldKind::Consent => false,
        }
    }
}

impl OptionSpec {
    pub fn new(value: &'static str, said: &[&'static str]) -> Self {
        Self::of(value, said.iter().copied())
    }

    pub fn of<T: Into<Cow<'static, str>>>(value: impl Into<Cow<'static, str>>, said: impl IntoIterator<Item = T>) -> Self {
        Self { value: value.into(), said: said.into_iter().map(Into::into).collect(), otherwise: false }
    }

    #[must_use]
    pub fn otherwise(mut self) -> Self {
        self.otherwise = true;
        self
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
            in_emergency: false,
            by_digits: None,
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

    #[must_use]
    pub fn in_emergency(mut self) -> Self {
        self.in_emergency = true;
        self
    }

    #[must_use]
    pub fn by_digits(mut self, digits: usize) -> Self {
        self.by_digits = Some(digits);
        self
    }

    /// Whether it has come to an end that changes nothing.
    pub fn is_at_end(&self, answers: &BTreeMap<String, Answer>) -> bool {
        self.ends.iter().any(|end| end.iter().all(|when| when.holds(answers)))
    }

    /// Drops what other answers have made pointless. What depends on a question that is being asked again stays until it is answered.
    pub(crate) fn drop_pointless(&self, answers: &mut BTreeMap<String, Answer>) {
        loop {
            let refuted = |field: &&Field| field.when.iter().any(|when| answers.contains_key(when.field.as_ref()) && !when.holds(answers));
            let Some(pointless) = self.fields.iter().filter(refuted).find(|field| answers.contains_key(field.name.as_ref())) else { break };
            answers.remove(pointless.name.as_ref());
        }
        if self.missing(answers).is_none() {
            let kept: Vec<&str> = self.fields.iter().filter(|field| field.matters(answers)).map(|field| field.name.as_ref()).collect();
            let pointless = |name: &str| self.find(name).is_some() && !kept.contains(&name);
            answers.retain(|name, _| !pointless(name));
        }
    }

    /// The next field that must be asked.
    pub fn missing(&self, answers: &BTreeMap<String, Answer>) -> Option<&Field> {
        self.fields.iter().find(|field| field.required && field.matters(answers) && !answers.contains_key(field.name.as_ref()))
    }

    /// Learns what its fields and their options are called, from the texts: all wordings of a key.
    pub fn learn_names(&mut self, wordings: &dyn Fn(&str) -> Vec<String>) {
        let fold = |text: String| normalise::fold(&text).to_lowercase();
        let keys: Vec<_> = self.fields.iter().map(|field| self.text(&format!("name-{}", field.name))).collect();
        let prefix = self.text("");
        for (field, key) in self.fields.iter_mut().zip(keys) {
            field.called = wordings(&key).into_iter().map(fold).collect();
            let name = field.name.clone();
            if let FieldKind::Choice { options } | FieldKind::MultiChoice { options } = &mut field.kind {
                for option in options {
                    let labels = wordings(&format!("{prefix}{name}-{}", option.value)).into_iter().map(fold);
                    let more: Vec<_> = labels.filter(|label| !option.said.iter().any(|said| said == label)).map(Cow::from).collect();
                    option.said.extend(more);
                }
            }
        }
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
        Self { name: name.into(), kind, required: true, reads: Vec::new(), remember: false, skippable: false, when: Vec::new(), called: Vec::new(), topic: false, help: false }
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
    pub fn topic(mut self) -> Self {
        self.topic = true;
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
            FieldKind::Signature => ("name", Vec::new()),
            FieldKind::Choice { options } | FieldKind::MultiChoice { options } => {
                ("choice", options.iter().filter_map(|o| o.said.first()).map(ToString::to_string).collect())
            }
            FieldKind::KanaName => ("name", Vec::new()),
            FieldKind::Birthday => ("date", Vec::new()),
            FieldKind::Time | FieldKind::TimeSlot { .. } => ("time", Vec::new()),
            FieldKind::Photo | FieldKind::File => ("photo", Vec::new()),
            FieldKind::Consent => ("yes_no", Vec::new()),
            FieldKind::Lookup => ("name", Vec::new()),
            FieldKind::Offer => ("choice", Vec::new()),
            FieldKind::Place | FieldKind::Location => ("place", Vec::new()),
            FieldKind::Date { .. } => ("date", Vec::new()),
            FieldKind::Phone => ("phone", Vec::new()),
            FieldKind::Number { .. } | FieldKind::Digits { .. } => ("number", Vec::new()),
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
            (SlotKind::Quantity, Value::Quantity(n)) | (SlotKind::Headcount, Value::Headcount(n)) | (SlotKind::ChildAge, Value::ChildAge(n)) => Some(n.to_string()),
            _ => None,
        }
    }
}
