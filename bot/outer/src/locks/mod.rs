//! Doors that open by a pass code for a time.

mod built_in;
mod http;
pub mod stand_in;

pub use built_in::BuiltInLocks;
pub use http::HttpLocks;

use crate::Failure;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// A pass code that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPass {
    /// Ours: the same key once more is the same pass, with its times moved.
    pub key: Uuid,
    /// Which door, by the lock system's own name.
    pub door: String,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// A system of locks. Both calls may be made again at any time.
pub trait LockProvider: Send + Sync {
    /// The code that opens the door from then till then.
    fn issue<'a>(&'a self, pass: &'a NewPass) -> BoxFuture<'a, Result<String, Failure>>;

    /// The code opens nothing any more. One that is not known is as good as revoked.
    fn revoke<'a>(&'a self, door: &'a str, key: Uuid) -> BoxFuture<'a, Result<(), Failure>>;
}
