use super::lock;
use serde::{Deserialize, Serialize};
use std::sync::Mutex;
use std::time::Duration;

/// A bad moment of the platform, as asked for by `POST /_stand_in/faults`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The last word of the API's name: `reply`, `push`, `multicast`, `quota`, `consumption`, `profile`,
    /// `content`, `loading`, `info`; see [`name_of`].
    pub path: String,
    /// Refuse with this status, doing nothing. Without it the request goes on as usual (after `delay_ms`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    /// How many requests meet it.
    #[serde(default = "once")]
    pub times: u32,
    /// Seconds, for the `retry-after` header.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after: Option<u64>,
    /// Execute the request, then close the connection without an answer.
    #[serde(default)]
    pub accept_then_drop: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub delay_ms: Option<u64>,
}

fn once() -> u32 {
    1
}

impl Fault {
    pub fn delay(&self) -> Option<Duration> {
        self.delay_ms.map(Duration::from_millis)
    }

    /// What the platform says with this status.
    pub fn message(status: u16) -> &'static str {
        match status {
            429 => "The API rate limit has been exceeded. Try again later.",
            401 => super::access::BAD_TOKEN,
            403 => "Access to this API is not available for your account",
            404 => "Not found",
            500..=599 => "Internal server error",
            _ => "Fault asked for by the test",
        }
    }
}

/// Waiting faults; the oldest that fits a request meets it.
#[derive(Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub fn add(&self, fault: Fault) {
        lock(&self.0).push(fault);
    }

    pub fn all(&self) -> Vec<Fault> {
        lock(&self.0).clone()
    }

    pub fn clear(&self) {
        lock(&self.0).clear();
    }

    pub fn meet(&self, name: &str) -> Option<Fault> {
        let mut faults = lock(&self.0);
        let at = faults.iter().position(|fault| fault.path == name && fault.times > 0)?;
        let fault = faults[at].clone();
        faults[at].times -= 1;
        if faults[at].times == 0 {
            faults.remove(at);
        }
        Some(fault)
    }
}

/// The short name of an API path.
pub fn name_of(path: &str) -> &str {
    let mut words = path.trim_end_matches('/').rsplit('/');
    match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
        ("start", "loading") => "loading",
        (_, "profile") => "profile",
        (last, _) => last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (path, name) in [
            ("/v2/bot/message/reply", "reply"),
            ("/v2/bot/message/quota/consumption", "consumption"),
            ("/v2/bot/profile/U1", "profile"),
            ("/v2/bot/message/5/content", "content"),
            ("/v2/bot/chat/loading/start", "loading"),
        ] {
            assert_eq!(name_of(path), name);
        }
    }
}
