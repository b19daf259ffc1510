use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How long a city waits and keeps (`[timeouts]` in its `city.toml`).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// A form that was left alone for so many hours is reminded of, once.
    pub remind_hours: f64,
    /// After so many hours it is closed and its answers are deleted.
    pub close_hours: f64,
    /// So many days after a resident was last heard, nothing personal is kept of the conversation's state.
    pub keep_days: f64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { remind_hours: 24.0, close_hours: 72.0, keep_days: 30.0 }
    }
}

impl Timeouts {
    pub fn remind(&self) -> TimeDelta {
        hours(self.remind_hours)
    }

    pub fn close(&self) -> TimeDelta {
        hours(self.close_hours)
    }

    pub fn keep(&self) -> TimeDelta {
        hours(24.0 * self.keep_days)
    }

    /// What is wrong with them, if anything is.
    pub fn problem(&self) -> Option<String> {
        let Self { remind_hours, close_hours, keep_days } = *self;
        let rising = 0.0 <= remind_hours && remind_hours <= close_hours && close_hours <= 24.0 * keep_days && keep_days <= 3_650.0;
        (!rising).then(|| format!("[timeouts] must rise from remind_hours ({remind_hours}) over close_hours ({close_hours}) to keep_days ({keep_days}), at most 3650 days"))
    }
}

fn hours(hours: f64) -> TimeDelta {
    let time = std::time::Duration::try_from_secs_f64(hours * 3_600.0).unwrap_or_default();
    TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX)
}
