use super::lock;
use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::Mutex;

const ROOM: usize = 5_000;

/// The newest requests that the bot made, for tests to look at.
pub struct RequestLog {
    keep: bool,
    kept: Mutex<VecDeque<Kept>>,
}

pub struct Kept {
    pub at: i64,
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub status: u16,
    /// The answer was made but not sent: the connection was closed instead.
    pub dropped: bool,
}

impl RequestLog {
    pub fn new(keep: bool) -> Self {
        Self { keep, kept: Mutex::default() }
    }

    /// Asks for the record only if it is wanted.
    pub fn keep(&self, record: impl FnOnce() -> Kept) {
        if !self.keep {
            return;
        }
        let record = record();
        let mut kept = lock(&self.kept);
        if kept.len() == ROOM {
            kept.pop_front();
        }
        kept.push_back(record);
    }

    pub fn clear(&self) {
        lock(&self.kept).clear();
    }

    pub fn all(&self) -> Vec<Value> {
        lock(&self.kept).iter().map(Kept::json).collect()
    }
}

impl Kept {
    fn json(&self) -> Value {
        let headers: Map<String, Value> = self
            .headers
            .iter()
            .filter(|(name, _)| *name != axum::http::header::AUTHORIZATION)
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into()))
            .collect();
        // What is not JSON is shown as text.
        let body = match serde_json::from_slice(&self.body) {
            Ok(body) => body,
            Err(_) if self.body.is_empty() => Value::Null,
            Err(_) => String::from_utf8_lossy(&self.body).into(),
        };
        json!({
            "at": self.at,
            "method": self.method.as_str(),
            "path": self.path,
            "headers": headers,
            "body": body,
            "status": self.status,
            "dropped": self.dropped,
        })
    }
}
