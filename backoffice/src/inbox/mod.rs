//! The list of conversations, over all channels and desks that a person may see.

mod find;
mod memory;
mod query;
mod view;

pub use memory::Memory;
pub use query::desks;
pub use view::{fragment, items, page};

use serde::Deserialize;

/// What of the list is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Which drawer: open, mine, machine, later, all.
    #[serde(rename = "box")]
    pub drawer: Drawer,
    pub desk: String,
    pub channel: String,
    pub q: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Drawer {
    /// A person is wanted or answers.
    #[default]
    Open,
    Mine,
    Machine,
    Later,
    All,
}

impl Drawer {
    pub const ALL: [(Drawer, &'static str, &'static str); 5] =
        [(Drawer::Open, "open", "対応が必要"), (Drawer::Mine, "mine", "自分の担当"), (Drawer::Later, "later", "あとで"), (Drawer::Machine, "machine", "自動応答"), (Drawer::All, "all", "すべて")];

    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(drawer, _, _)| *drawer == self).map_or("open", |(_, name, _)| name)
    }
}

impl Wanted {
    /// As the address of a page has it.
    pub fn to_query(&self) -> String {
        let escaped = |text: &str| text.bytes().map(|b| if b.is_ascii_alphanumeric() || b == b'-' || b == b'_' { char::from(b).to_string() } else { format!("%{b:02X}") }).collect::<String>();
        let mut query = format!("box={}", self.drawer.as_str());
        for (name, value) in [("desk", &self.desk), ("channel", &self.channel), ("q", &self.q)] {
            if !value.is_empty() {
                query.push_str(&format!("&{name}={}", escaped(value)));
            }
        }
        query
    }
}
