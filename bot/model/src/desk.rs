use serde::{Deserialize, Serialize};

/// A desk of the city hall: the person behind an answer, and the way to reach one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    pub id: String,
    pub name: String,
    pub phone: Option<String>,
    /// Opening hours as the city wrote them, in the grammar of [`crate::Hours`].
    pub hours: Option<String>,
    /// The telephone to which callers are put through: an extension of the city's PBX, or a SIP address.
    #[serde(default)]
    pub extension: Option<String>,
}
