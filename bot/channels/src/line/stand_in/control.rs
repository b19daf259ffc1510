//! The side of whoever plays the resident, or the platform's bad day. JSON in, JSON out; no token.
//!
//! | call under `/_stand_in` | what it does |
//! |---|---|
//! | `POST /users/{userId}/send` | a message object of LINE's webhook (`{"type":"text","text":…}`) goes to the bot |
//! | `POST /users/{userId}/photo` | the raw bytes of a picture, with their content type: kept, and an image event sent |
//! | `POST /users/{userId}/postback` | `{"data", "displayText"?, "params"?}` |
//! | `POST /users/{userId}/follow`, `/unfollow` | the resident adds (unblocks) or blocks the account |
//! | `PUT /users/{userId}/profile` | `{"displayName", "language"?, "statusMessage"?}` |
//! | `GET /users/{userId}/messages?after=N&wait_ms=T&typing=K` | the talk after entry N; see [`super::timeline`] |
//! | `GET /content/{messageId}` | a picture that was sent |
//! | `POST /webhook` | an array of events as given, signed and sent as one body |
//! | `POST /redeliver/{webhookEventId}` | the same event again, `isRedelivery` true |
//! | `GET`, `DELETE /requests` | what the bot called |
//! | `POST`, `GET`, `DELETE /faults` | see [`super::fault::Fault`] |
//! | `POST /quota` | `{"limit": n or null, "used": n}` |
//!
//! What goes to the bot is answered with `{"status", "webhookEventId", "replyToken"}`, where `status` is the
//! bot's own; 0, with an `error`, if it gave none.

use super::control_user as user;
use super::fault::Fault;
use super::quota::Quota;
use super::refusal::Refusal;
use super::webhook::Delivered;
use super::{StandIn, lock, reads};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

/// The platform's limit for a picture.
const PICTURE_LIMIT: usize = 10 * 1024 * 1024;

pub fn router() -> Router<StandIn> {
    Router::new()
        .route("/_stand_in/users/{user_id}/send", post(user::send))
        .route("/_stand_in/users/{user_id}/photo", post(user::photo))
        .route("/_stand_in/users/{user_id}/postback", post(user::postback))
        .route("/_stand_in/users/{user_id}/follow", post(user::follow))
        .route("/_stand_in/users/{user_id}/unfollow", post(user::unfollow))
        .route("/_stand_in/users/{user_id}/profile", put(user::profile))
        .route("/_stand_in/users/{user_id}/messages", get(user::messages))
        .route("/_stand_in/content/{message_id}", get(reads::content))
        .route("/_stand_in/webhook", post(webhook))
        .route("/_stand_in/redeliver/{event_id}", post(redeliver))
        .route("/_stand_in/requests", get(requests).delete(forget_requests))
        .route("/_stand_in/faults", post(add_fault).get(faults).delete(forget_faults))
        .route("/_stand_in/quota", post(set_quota))
        .layer(DefaultBodyLimit::max(PICTURE_LIMIT))
}

/// Tokens and users in the events are taken as real, so that they can be answered.
async fn webhook(State(stand_in): State<StandIn>, Json(events): Json<Vec<Value>>) -> Json<Value> {
    let now = stand_in.now_ms();
    for event in &events {
        if let (Some(token), Some(user)) = (event["replyToken"].as_str(), event["source"]["userId"].as_str()) {
            stand_in.0.tokens.open(token.to_owned(), user, now);
            stand_in.0.users.get_or_new(user);
        }
    }
    Json(told(stand_in.0.webhook.deliver(events).await, &Value::Null))
}

async fn redeliver(State(stand_in): State<StandIn>, Path(event_id): Path<String>) -> Result<Json<Value>, Refusal> {
    let event = stand_in.0.webhook.again(&event_id).ok_or_else(Refusal::not_found)?;
    if let Some(token) = event["replyToken"].as_str() {
        stand_in.0.tokens.renew(token, stand_in.now_ms());
    }
    let delivered = stand_in.0.webhook.deliver(vec![event.clone()]).await;
    Ok(Json(told(delivered, &event)))
}

/// How a delivery went, for who asked for it.
pub fn told(delivered: Delivered, event: &Value) -> Value {
    let mut told = json!({ "status": delivered.status });
    for name in ["webhookEventId", "replyToken"] {
        if let Some(value) = event.get(name) {
            told[name] = value.clone();
        }
    }
    if let Some(id) = event.pointer("/message/id") {
        told["messageId"] = id.clone();
    }
    if let Some(error) = delivered.error {
        told["error"] = error.into();
    }
    told
}

async fn requests(State(stand_in): State<StandIn>) -> Json<Vec<Value>> {
    Json(stand_in.0.requests.all())
}

async fn forget_requests(State(stand_in): State<StandIn>) -> StatusCode {
    stand_in.0.requests.clear();
    StatusCode::NO_CONTENT
}

async fn add_fault(State(stand_in): State<StandIn>, Json(fault): Json<Fault>) -> StatusCode {
    stand_in.0.faults.add(fault);
    StatusCode::NO_CONTENT
}

/// Those that no request has met yet.
async fn faults(State(stand_in): State<StandIn>) -> Json<Vec<Fault>> {
    Json(stand_in.0.faults.all())
}

async fn forget_faults(State(stand_in): State<StandIn>) -> StatusCode {
    stand_in.0.faults.clear();
    StatusCode::NO_CONTENT
}

async fn set_quota(State(stand_in): State<StandIn>, Json(quota): Json<Quota>) -> StatusCode {
    *lock(&stand_in.0.quota) = quota;
    StatusCode::NO_CONTENT
}
