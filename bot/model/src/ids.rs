use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, sync::atomic::{AtomicU64, Ordering}};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id!(
    /// One thread of talk with one account on one channel.
    ConversationId
);
uuid_id!(
    /// The human behind one or more channel accounts.
    ContactId
);
uuid_id!(
    /// Something that arrived: a message, a tap, a result of an outer system.
    EventId
);
uuid_id!(
    /// Something that goes out.
    MessageId
);
uuid_id!(
    /// What a resident owes.
    BillId
);
uuid_id!(
    /// Money that goes back.
    RefundId
);

/// A city. Immutable; it leads every key in the database. 2 to 31 of `a-z`, `0-9`, `-`, starting with a letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CityId(String);

#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no city id: use 2 to 31 of a-z, 0-9 and -, starting with a letter (for example `aoba`)")]
pub struct BadCityId(String);

impl CityId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CityId {
    type Err = BadCityId;

    fn from_str(text: &str) -> Result<Self, BadCityId> {
        let fine = (2..=31).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fine { Ok(Self(text.to_owned())) } else { Err(BadCityId(text.chars().take(40).collect())) }
    }
}

impl TryFrom<String> for CityId {
    type Error = BadCityId;

    fn try_from(text: String) -> Result<Self, BadCityId> {
        text.parse()
    }
}

impl From<CityId> for String {
    fn from(id: CityId) -> String {
        id.0
    }
}

impl fmt::Display for CityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where new ids come from (UUIDv7 in the server), so that a test can have the same ones twice.
pub trait Ids: Send + Sync {
    fn uuid(&self) -> Uuid;
}

/// 00000000-0000-7000-8000-000000000001 and on.
#[derive(Default)]
pub struct SequentialIds(AtomicU64);

impl Ids for SequentialIds {
    fn uuid(&self) -> Uuid {
        let n = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        Uuid::from_u128(0x7000_8000_0000_0000_0000 | u128::from(n))
    }
}
