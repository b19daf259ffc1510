use super::lock;
use serde::Serialize;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Older entries are forgotten; a person reading the demo never gets there.
const ROOM: usize = 2_000;

/// One user's talk with the bot, both directions, in order.
#[derive(Default)]
pub struct Timeline {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    last: u64,
    entries: VecDeque<Entry>,
    typing: Typing,
}

/// The loading animation. `n` counts how often it was asked for.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Typing {
    pub n: u64,
    /// Milliseconds since 1970; in the past once a message has arrived.
    pub until: i64,
}

/// How an entry came into the talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    Reply,
    Push,
    Multicast,
    /// The resident did it.
    User,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// 1, 2, 3 … for each user.
    pub n: u64,
    pub via: Via,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_event_id: Option<String>,
    pub messages: Vec<Value>,
    /// Milliseconds since 1970.
    pub at: i64,
}

#[derive(Debug, Serialize)]
pub struct Page {
    /// The newest number of all, for the next `after`.
    pub last: u64,
    pub typing: Typing,
    pub entries: Vec<Entry>,
}

impl Timeline {
    /// `entry.n` is given here.
    pub fn add(&self, mut entry: Entry) {
        let mut state = lock(&self.state);
        state.last += 1;
        entry.n = state.last;
        if entry.via != Via::User {
            state.typing.until = 0;
        }
        if state.entries.len() == ROOM {
            state.entries.pop_front();
        }
        state.entries.push_back(entry);
        drop(state);
        self.changed.notify_waiters();
    }

    pub fn show_typing(&self, until: i64) {
        let mut state = lock(&self.state);
        state.typing = Typing { n: state.typing.n + 1, until };
        drop(state);
        self.changed.notify_waiters();
    }

    /// Everything after number `after`.
    pub fn page(&self, after: u64) -> Page {
        let state = lock(&self.state);
        let entries = state.entries.iter().skip_while(|entry| entry.n <= after).cloned().collect();
        Page { last: state.last, typing: state.typing, entries }
    }

    /// As [`Self::page`], but while that is empty waits up to `wait` for an entry, or (for who says which
    /// animation they have seen) for the next loading animation.
    pub async fn page_when_new(&self, after: u64, typing_seen: Option<u64>, wait: Duration) -> Page {
        let deadline = Instant::now() + wait;
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Listen first and look second, so that nothing arrives in between unseen.
            changed.as_mut().enable();
            let page = self.page(after);
            // Who asks for more than there ever was remembers an earlier stand-in: tell at once.
            let stale = after > page.last;
            if stale || !page.entries.is_empty() || typing_seen.is_some_and(|n| n != page.typing.n) {
                return page;
            }
            if tokio::time::timeout_at(deadline, changed).await.is_err() {
                return self.page(after);
            }
        }
    }
}
