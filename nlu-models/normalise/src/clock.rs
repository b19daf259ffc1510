//! A time of day that may be 24:00.

use std::fmt;

/// Minutes since midnight, 0 to 1440. 24:00 exists because bookings and 今夜 end there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Clock(u16);

impl Clock {
    /// The last minute of a day: 24:00.
    pub const MIDNIGHT_END: Clock = Clock(1440);

    /// A clock time, or `None` when it is not on a clock (25:00, 10:75, 24:01).
    #[must_use]
    pub fn new(hour: u32, minute: u32) -> Option<Clock> {
        if hour > 24 || minute > 59 {
            return None;
        }
        Clock::from_minutes(hour * 60 + minute)
    }

    /// From minutes since midnight; `None` past 24:00.
    #[must_use]
    pub fn from_minutes(minutes: u32) -> Option<Clock> {
        u16::try_from(minutes).ok().filter(|m| *m <= 1440).map(Clock)
    }

    /// Minutes since midnight.
    #[must_use]
    pub fn minutes(self) -> u32 {
        u32::from(self.0)
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}
