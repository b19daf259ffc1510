use serde_json::Value;
use std::fmt;

static ABSENT: Value = Value::Null;

/// A value inside the request, which knows its place. The place is put into words only when something is wrong.
pub struct Node<'a> {
    value: &'a Value,
    parent: Option<&'a Node<'a>>,
    step: Step<'a>,
}

enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

impl<'a> Node<'a> {
    pub fn root(name: &'a str, value: &'a Value) -> Self {
        Self { value, parent: None, step: Step::Field(name) }
    }

    /// Null where there is none.
    pub fn field<'b>(&'b self, name: &'b str) -> Node<'b> {
        Node { value: self.value.get(name).unwrap_or(&ABSENT), parent: Some(self), step: Step::Field(name) }
    }

    /// Nothing, for what is no array.
    pub fn items<'b>(&'b self) -> impl Iterator<Item = Node<'b>> {
        let items = self.value.as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().enumerate().map(|(n, value)| Node { value, parent: Some(self), step: Step::Item(n) })
    }

    pub fn value(&self) -> &Value {
        self.value
    }

    pub fn text(&self) -> Option<&str> {
        self.value.as_str()
    }

    pub fn present(&self) -> bool {
        !self.value.is_null()
    }

    pub fn len(&self) -> usize {
        self.value.as_array().map_or(0, Vec::len)
    }
}

/// `messages[0].contents.body`
impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.parent, &self.step) {
            (None, Step::Field(name)) => f.write_str(name),
            (Some(parent), Step::Field(name)) => write!(f, "{parent}.{name}"),
            (None, Step::Item(n)) => write!(f, "[{n}]"),
            (Some(parent), Step::Item(n)) => write!(f, "{parent}[{n}]"),
        }
    }
}
