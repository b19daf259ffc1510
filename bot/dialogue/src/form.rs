use model::{EntityKind, Expecting, Value};
use std::borrow::Cow;

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
}

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
    Phone,
    Number { min: u32, max: u32 },
}

#[derive(Clone, Debug)]
pub struct OptionSpec {
    pub value: Cow<'static, str>,
    /// Other ways to say it, folded.
    pub said: Vec<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    Entity(EntityKind),
    Slot(SlotKind),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotKind {
    Date,
    Phone,
    Quantity,
    Headcount,
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

    pub fn find(&self, field: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == field)
    }

    /// The text key of one of the form's texts: `shelter-search-title`.
    pub fn text(&self, what: &str) -> String {
        format!("{}-{what}", self.id.replace(['.', '_'], "-"))
    }
}

impl Field {
    pub fn new(name: &'static str, kind: FieldKind) -> Self {
        Self { name: name.into(), kind, required: true, reads: Vec::new(), remember: false }
    }

    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
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
            FieldKind::Text { .. } | FieldKind::Query => ("text", Vec::new()),
            FieldKind::Choice { options } => {
                ("choice", options.iter().filter_map(|o| o.said.first()).map(|s| (*s).to_owned()).collect())
            }
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
            (SlotKind::Phone, Value::Phone(digits)) => Some(digits.clone()),
            (SlotKind::Quantity, Value::Quantity(n)) | (SlotKind::Headcount, Value::Headcount(n)) => Some(n.to_string()),
            _ => None,
        }
    }
}
