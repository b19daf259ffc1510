use std::collections::{HashMap, VecDeque};

/// The newest `room` values by key: a map that forgets its oldest, so that a long demo does not fill the memory.
pub struct Recent<V> {
    room: usize,
    next: u64,
    values: HashMap<String, (u64, V)>,
    /// In order of insertion. May name keys that were taken or replaced since; their number tells.
    order: VecDeque<(u64, String)>,
}

impl<V> Recent<V> {
    pub fn new(room: usize) -> Self {
        Self { room, next: 0, values: HashMap::new(), order: VecDeque::new() }
    }

    pub fn insert(&mut self, key: String, value: V) {
        self.next += 1;
        self.order.push_back((self.next, key.clone()));
        self.values.insert(key, (self.next, value));
        while self.order.len() > self.room {
            let Some((n, oldest)) = self.order.pop_front() else { break };
            if self.values.get(&oldest).is_some_and(|(current, _)| *current == n) {
                self.values.remove(&oldest);
            }
        }
    }

    pub fn get(&self, key: &str) -> Option<&V> {
        self.values.get(key).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.values.get_mut(key).map(|(_, value)| value)
    }

    pub fn take(&mut self, key: &str) -> Option<V> {
        self.values.remove(key).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_the_oldest_and_never_a_newer_value_of_the_same_key() {
        let mut recent = Recent::new(3);
        recent.insert("a".into(), 1);
        recent.insert("b".into(), 2);
        recent.insert("a".into(), 3);
        recent.insert("c".into(), 4);
        assert_eq!(recent.get("a"), Some(&3));
        recent.insert("d".into(), 5);
        assert_eq!((recent.get("b"), recent.get("a")), (None, Some(&3)));
        assert_eq!((recent.take("d"), recent.take("d")), (Some(5), None));
    }
}
