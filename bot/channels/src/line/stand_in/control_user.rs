//! What one resident does, and sees.

use super::control::told;
use super::picture::Picture;
use super::refusal::Refusal;
use super::timeline::{Entry, Page, Via};
use super::user::{Profile, User, is_user_id};
use super::{StandIn, event, lock};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Longer long-polls are cut: proxies dislike them.
const WAIT_LIMIT_MS: u64 = 30_000;

type Answer = Result<Json<Value>, Refusal>;

pub async fn send(State(stand_in): State<StandIn>, Path(id): Path<String>, Json(given): Json<Value>) -> Answer {
    let user = stand_in.writer(&id)?;
    let message = event::message_content(&stand_in, &given)
        .ok_or_else(|| Refusal::bad_request("A user can send: text, sticker, image, video, audio, file, location"))?;
    if let Some(message_id) = message["id"].as_str().filter(|_| message.get("contentProvider").is_some()) {
        stand_in.0.pictures.keep(message_id.to_owned(), Picture::pixel());
    }
    let shown = message.clone();
    Ok(stand_in.act(&id, &user, json!({ "type": "message", "message": message }), shown).await)
}

pub async fn photo(
    State(stand_in): State<StandIn>,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer {
    let user = stand_in.writer(&id)?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !matches!(content_type, "image/jpeg" | "image/png" | "image/webp" | "image/gif") {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send a picture: JPEG, PNG, WebP or GIF"));
    }
    let message = event::message_content(&stand_in, &json!({ "type": "image" })).ok_or_else(Refusal::not_found)?;
    let message_id = message["id"].as_str().unwrap_or_default().to_owned();
    stand_in.0.pictures.keep(message_id, Picture { content_type: content_type.to_owned(), bytes });
    let shown = message.clone();
    Ok(stand_in.act(&id, &user, json!({ "type": "message", "message": message }), shown).await)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tap {
    data: String,
    /// What the platform shows as if the user had typed it.
    display_text: Option<String>,
    /// The answer of a date or time picker: `{"date": "2026-11-03"}`.
    params: Option<Value>,
}

pub async fn postback(State(stand_in): State<StandIn>, Path(id): Path<String>, Json(tap): Json<Tap>) -> Answer {
    let user = stand_in.writer(&id)?;
    let mut postback = json!({ "data": tap.data });
    if let Some(params) = tap.params {
        postback["params"] = params;
    }
    let mut shown = json!({ "type": "postback", "postback": postback });
    if let Some(text) = tap.display_text {
        shown["displayText"] = text.into();
    }
    Ok(stand_in.act(&id, &user, json!({ "type": "postback", "postback": postback }), shown).await)
}

pub async fn follow(State(stand_in): State<StandIn>, Path(id): Path<String>) -> Answer {
    let user = stand_in.user(&id)?;
    let was_blocked = user.blocked.swap(false, Ordering::Relaxed);
    let follow = json!({ "type": "follow", "follow": { "isUnblocked": was_blocked } });
    Ok(stand_in.act(&id, &user, follow.clone(), follow).await)
}

pub async fn unfollow(State(stand_in): State<StandIn>, Path(id): Path<String>) -> Answer {
    let user = stand_in.user(&id)?;
    user.blocked.store(true, Ordering::Relaxed);
    let unfollow = json!({ "type": "unfollow" });
    Ok(stand_in.act(&id, &user, unfollow.clone(), unfollow).await)
}

pub async fn profile(
    State(stand_in): State<StandIn>,
    Path(id): Path<String>,
    Json(profile): Json<Profile>,
) -> Result<StatusCode, Refusal> {
    *lock(&stand_in.user(&id)?.profile) = profile;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub struct Since {
    /// The last entry that the asker has.
    #[serde(default)]
    after: u64,
    /// How long to wait for something new, in milliseconds.
    #[serde(default)]
    wait_ms: u64,
    /// The `typing.n` that the asker has seen; another one is something new as well.
    typing: Option<u64>,
}

#[derive(Serialize)]
pub struct Messages {
    blocked: bool,
    /// The stand-in's clock, to compare `at` and `typing.until` with.
    now: i64,
    #[serde(flatten)]
    page: Page,
}

pub async fn messages(
    State(stand_in): State<StandIn>,
    Path(id): Path<String>,
    Query(since): Query<Since>,
) -> Result<Json<Messages>, Refusal> {
    let user = stand_in.user(&id)?;
    let wait = Duration::from_millis(since.wait_ms.min(WAIT_LIMIT_MS));
    let page = user.timeline.page_when_new(since.after, since.typing, wait).await;
    let blocked = user.blocked.load(Ordering::Relaxed);
    Ok(Json(Messages { blocked, now: stand_in.now_ms(), page }))
}

impl StandIn {
    fn user(&self, id: &str) -> Result<Arc<User>, Refusal> {
        if !is_user_id(id) {
            return Err(Refusal::bad_request("A user id is `U` and 32 hexadecimal digits (0-9, a-f)"));
        }
        Ok(self.0.users.get_or_new(id))
    }

    /// Who blocked the account has nowhere to type, as in LINE.
    fn writer(&self, id: &str) -> Result<Arc<User>, Refusal> {
        let user = self.user(id)?;
        if user.blocked.load(Ordering::Relaxed) {
            return Err(Refusal::new(StatusCode::CONFLICT, "This user has blocked the account: POST follow first"));
        }
        Ok(user)
    }

    /// Writes the act into the user's own timeline, then tells the bot.
    async fn act(&self, id: &str, user: &User, specific: Value, shown: Value) -> Json<Value> {
        let event = event::event(self, id, specific);
        let text = |name: &str| event[name].as_str().map(str::to_owned);
        let (reply_token, webhook_event_id) = (text("replyToken"), text("webhookEventId"));
        if let Some(token) = &reply_token {
            self.0.tokens.open(token.clone(), id, self.now_ms());
        }
        user.timeline.add(Entry {
            n: 0,
            via: Via::User,
            reply_token,
            webhook_event_id,
            messages: vec![shown],
            at: event["timestamp"].as_i64().unwrap_or_default(),
        });
        let delivered = self.0.webhook.deliver(vec![event.clone()]).await;
        Json(told(delivered, &event))
    }
}
