use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How many messages one session may send: a person types no faster.
#[derive(Default)]
pub(super) struct Limit(Mutex<HashMap<String, (DateTime<Utc>, u32)>>);

const WINDOW: TimeDelta = TimeDelta::seconds(10);
const MESSAGES: u32 = 40;
/// Sessions remembered before those of past windows are forgotten.
const REMEMBERED: usize = 10_000;

impl Limit {
    /// Counts a message; `false`: too many just now.
    pub fn allow(&self, account: &str, now: DateTime<Utc>) -> bool {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= REMEMBERED {
            windows.retain(|_, (since, _)| now - *since < WINDOW);
        }
        let (since, count) = windows.entry(account.to_owned()).or_insert((now, 0));
        if now - *since >= WINDOW {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= MESSAGES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_held_back_and_forgotten() {
        let (limit, start) = (Limit::default(), DateTime::UNIX_EPOCH);
        assert!((0..MESSAGES).all(|_| limit.allow("a", start)));
        assert!(!limit.allow("a", start));
        assert!(limit.allow("b", start));
        assert!(limit.allow("a", start + WINDOW));
    }
}
