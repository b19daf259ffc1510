use super::{lock, recent::Recent};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Mutex;

/// The month's push messages. Counted per person reached; replies are free.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Quota {
    /// `None`: no limit.
    #[serde(default)]
    pub limit: Option<u64>,
    #[serde(default)]
    pub used: u64,
}

impl Quota {
    /// Counts `people`, unless the month has no room for all of them.
    pub fn spend(&mut self, people: u64) -> bool {
        let after = self.used.saturating_add(people);
        let fits = people == 0 || self.limit.is_none_or(|limit| after <= limit);
        if fits {
            self.used = after;
        }
        fits
    }
}

/// What was accepted under which `X-Line-Retry-Key`. The platform remembers keys for a day.
pub struct Accepted(pub Mutex<Recent<AcceptedRequest>>);

#[derive(Clone)]
pub struct AcceptedRequest {
    pub request_id: String,
    pub sent_messages: Option<Value>,
}

impl Default for Accepted {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(100_000)))
    }
}

impl Accepted {
    /// Runs `accept` unless `key` was accepted before. One lock around both, so of two requests at the same
    /// moment only one is executed.
    pub fn once<E>(
        &self,
        key: Option<&str>,
        accept: impl FnOnce() -> Result<AcceptedRequest, E>,
    ) -> Result<Result<AcceptedRequest, E>, AcceptedRequest> {
        let Some(key) = key else { return Ok(accept()) };
        let mut keys = lock(&self.0);
        if let Some(before) = keys.get(key) {
            return Err(before.clone());
        }
        let outcome = accept();
        if let Ok(request) = &outcome {
            keys.insert(key.to_owned(), request.clone());
        }
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_or_nothing() {
        let mut quota = Quota { limit: Some(3), used: 1 };
        assert!(!quota.spend(3));
        assert_eq!(quota.used, 1);
        assert!(quota.spend(2));
        assert!(!quota.spend(1));
        assert!(quota.spend(0));
        assert!(Quota { limit: None, used: 9 }.spend(1_000));
    }
}
