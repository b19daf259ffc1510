//! A provider of short messages for trying out and for tests: it keeps what it is given.

use super::{SmsProvider, international};
use crate::Failure;
use axum::{
    Form, Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// More messages than this are not kept; the oldest goes first.
const MOST: usize = 100;

/// A message that was handed over; `to` as the world dials it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub key: String,
    pub to: String,
    pub text: String,
}

/// The messages, the newest last. Also a provider by itself.
#[derive(Clone, Default)]
pub struct Kiosk(Arc<Mutex<Vec<Kept>>>);

impl Kiosk {
    pub fn all(&self) -> Vec<Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, kept: Kept) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.iter().any(|before| before.key == kept.key) {
            return;
        }
        let over = (all.len() + 1).saturating_sub(MOST);
        all.drain(..over);
        all.push(kept);
    }
}

impl SmsProvider for Kiosk {
    fn send<'a>(&'a self, key: Uuid, to: &'a str, text: &'a str) -> BoxFuture<'a, Result<(), Failure>> {
        self.keep(Kept { key: key.to_string(), to: international(to), text: text.to_owned() });
        Box::pin(async { Ok(()) })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sent {
    to: String,
    from: String,
    body: String,
}

#[derive(Clone)]
struct Shared {
    kiosk: Kiosk,
    authorization: String,
}

/// The carrier's side of the protocol, for one account.
pub fn router(kiosk: Kiosk, account: &super::Account) -> Router {
    let authorization = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", account.id, account.token)));
    Router::new().route("/2010-04-01/Accounts/{account}/Messages.json", post(send)).with_state(Shared { kiosk, authorization })
}

async fn send(State(shared): State<Shared>, Path(_account): Path<String>, headers: HeaderMap, Form(sent): Form<Sent>) -> (StatusCode, Json<Value>) {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    if header("authorization") != shared.authorization {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "code": 20003, "message": "Authenticate" })));
    }
    if !sent.to.starts_with("+8170") && !sent.to.starts_with("+8180") && !sent.to.starts_with("+8190") {
        return (StatusCode::BAD_REQUEST, Json(json!({ "code": 21614, "message": "'To' number is not a valid mobile number" })));
    }
    if sent.body.is_empty() || sent.from.is_empty() {
        return (StatusCode::BAD_REQUEST, Json(json!({ "code": 21602, "message": "Message body is required" })));
    }
    shared.kiosk.keep(Kept { key: header("i-twilio-idempotency-token"), to: sent.to, text: sent.body });
    (StatusCode::CREATED, Json(json!({ "sid": "SM0", "status": "queued" })))
}
