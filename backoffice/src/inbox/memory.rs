//! What open pages ask for again after each change is looked up once for all that see the same: fifty people at one desk are one
//! question to the database.

use super::query::{Alarm, Desk, Item};
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, atomic::{AtomicU64, Ordering}},
};
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

/// Time changes lists, too: what was put off comes back.
const FRESH: TimeDelta = TimeDelta::seconds(5);
/// Lists remembered; more than there are desks and drawers.
const MOST: usize = 500;

/// What of a list does not depend on who looks, but on what they may see.
pub struct Seen {
    pub items: Vec<Item>,
    pub alarms: Vec<Alarm>,
    pub waiting: i64,
    pub desks: Vec<Desk>,
    /// By member of staff: conversations that they have, and notices that they have not read.
    pub own: HashMap<Uuid, (i64, i64)>,
}

/// As it was at a count of changes.
type Kept = (u64, DateTime<Utc>, Arc<Seen>);

#[derive(Default)]
pub struct Memory {
    changes: AtomicU64,
    lists: Mutex<HashMap<String, Kept>>,
    /// Who looks up what just now: the others wait for the answer instead of asking, too.
    gates: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Memory {
    /// Something has changed: what is remembered is old.
    pub fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// How many changes there were; read before looking.
    pub fn count(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    pub fn find(&self, key: &str, now: DateTime<Utc>) -> Option<Arc<Seen>> {
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.get(key).filter(|(at, when, _)| *at == self.count() && now - *when < FRESH).map(|(_, _, seen)| seen.clone())
    }

    /// Lets one at a time look this up.
    pub async fn gate(&self, key: &str) -> OwnedMutexGuard<()> {
        let gate = {
            let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
            if gates.len() >= MOST {
                gates.clear();
            }
            gates.entry(key.to_owned()).or_default().clone()
        };
        gate.lock_owned().await
    }

    pub fn keep(&self, key: String, at: u64, now: DateTime<Utc>, seen: Arc<Seen>) {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.len() >= MOST {
            lists.clear();
        }
        lists.insert(key, (at, now, seen));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_old_after_a_change_and_after_a_while() {
        let (memory, now) = (Memory::default(), DateTime::UNIX_EPOCH);
        let seen = Arc::new(Seen { items: Vec::new(), alarms: Vec::new(), waiting: 3, desks: Vec::new(), own: HashMap::new() });
        let at = memory.count();
        memory.keep("a".to_owned(), at, now, seen.clone());
        assert_eq!(memory.find("a", now).map(|seen| seen.waiting), Some(3));
        assert!(memory.find("b", now).is_none());
        assert!(memory.find("a", now + FRESH).is_none());
        memory.changed();
        assert!(memory.find("a", now).is_none());
        // Looked up while something changed: never taken for new.
        memory.keep("a".to_owned(), at, now, seen);
        assert!(memory.find("a", now).is_none());
    }
}
