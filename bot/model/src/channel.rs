use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A way for residents to reach the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    Line,
    Web,
    Phone,
}

impl Channel {
    pub const ALL: [Channel; 3] = [Channel::Line, Channel::Web, Channel::Phone];

    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Line => "line",
            Channel::Web => "web",
            Channel::Phone => "phone",
        }
    }

    /// How many choices can be offered in one go; `None`: as many as there are. Who only hears them remembers three.
    pub fn at_once(self) -> Option<usize> {
        match self {
            Channel::Phone => Some(3),
            Channel::Line | Channel::Web => None,
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Channel::ALL
            .into_iter()
            .find(|channel| channel.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no channel; use line, web or phone"))
    }
}
