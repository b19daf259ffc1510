use chrono::{DateTime, Utc};
use model::{Clock, Ids};
use uuid::Uuid;

/// The wall clock: the only place that reads it.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// UUIDv7: ordered by time, random enough.
pub struct TimeIds;

impl Ids for TimeIds {
    #[expect(clippy::disallowed_methods, reason = "this is the source of ids that everything else is given")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }
}
