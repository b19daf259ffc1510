//! The calls that send: reply, push, multicast.

use super::quota::AcceptedRequest;
use super::refusal::Refusal;
use super::timeline::{Entry, Via};
use super::user::is_user_id;
use super::{StandIn, gate, gate::RequestId, lock, reads, validate};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Json, Router, middleware};
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

pub fn router(stand_in: &StandIn) -> Router<StandIn> {
    Router::new()
        .route("/v2/bot/message/reply", post(reply))
        .route("/v2/bot/message/push", post(push))
        .route("/v2/bot/message/multicast", post(multicast))
        .route("/v2/bot/message/quota", get(reads::quota))
        .route("/v2/bot/message/quota/consumption", get(reads::consumption))
        .route("/v2/bot/message/{message_id}/content", get(reads::content))
        .route("/v2/bot/profile/{user_id}", get(reads::profile))
        .route("/v2/bot/chat/loading/start", post(reads::loading))
        .route("/v2/bot/info", get(reads::info))
        .route_layer(middleware::from_fn_with_state(stand_in.clone(), gate::gate))
}

type Answer = Result<Json<Value>, Refusal>;

async fn reply(State(stand_in): State<StandIn>, headers: HeaderMap, body: Bytes) -> Answer {
    if headers.contains_key("x-line-retry-key") {
        // Documented: refused by every API that does not support it.
        return Err(Refusal::bad_request("The retry key is not supported by this API"));
    }
    let mut body = parse(&body)?;
    let messages = take_messages(&mut body)?;
    let token = body["replyToken"].as_str().ok_or_else(|| Refusal::property("replyToken"))?;
    let now = stand_in.now_ms();
    let user = stand_in.0.tokens.redeem(token, now).ok_or_else(|| Refusal::bad_request("Invalid reply token"))?;
    let sent = stand_in.number(&messages);
    stand_in.deliver(&user, Via::Reply, Some(token.to_owned()), messages);
    Ok(Json(json!({ "sentMessages": sent })))
}

async fn push(
    State(stand_in): State<StandIn>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut body = parse(&body)?;
    let messages = take_messages(&mut body)?;
    let to = body["to"].as_str().filter(|id| is_user_id(id)).ok_or_else(|| Refusal::property("to"))?;
    let accepted = stand_in.accept(&headers, request_id, &[to], Via::Push, messages)?;
    Ok(Json(json!({ "sentMessages": accepted })))
}

async fn multicast(
    State(stand_in): State<StandIn>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut body = parse(&body)?;
    let messages = take_messages(&mut body)?;
    let to = body["to"].as_array().ok_or_else(|| Refusal::property("to"))?;
    let mut ids: Vec<&str> = to.iter().filter_map(Value::as_str).filter(|id| is_user_id(id)).collect();
    if ids.len() != to.len() || !(1..=500).contains(&ids.len()) {
        return Err(Refusal::property("to"));
    }
    ids.sort_unstable();
    ids.dedup();
    stand_in.accept(&headers, request_id, &ids, Via::Multicast, messages)?;
    Ok(Json(json!({})))
}

fn parse(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::json(&error))
}

fn take_messages(body: &mut Value) -> Result<Vec<Value>, Refusal> {
    let messages = body.get_mut("messages").map_or(Value::Null, Value::take);
    validate::messages(&messages)?;
    match messages {
        Value::Array(messages) => Ok(messages),
        _ => Err(Refusal::property("messages")),
    }
}

impl StandIn {
    /// Sends to `to`, once per retry key and within the month's quota. Gives `sentMessages`.
    fn accept(
        &self,
        headers: &HeaderMap,
        request_id: String,
        to: &[&str],
        via: Via,
        messages: Vec<Value>,
    ) -> Result<Value, Refusal> {
        let key = match headers.get("x-line-retry-key").map(|key| key.to_str()) {
            None => None,
            Some(Ok(key)) if is_uuid(key) => Some(key),
            Some(_) => return Err(Refusal::bad_request("The retry key is invalid")),
        };
        let sent = self.number(&messages);
        let outcome = self.0.accepted.once(key, || {
            let reached: Vec<_> = to.iter().filter(|id| !self.is_blocked(id)).collect();
            let people = u64::try_from(reached.len()).unwrap_or(u64::MAX);
            if !lock(&self.0.quota).spend(people) {
                return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "You have reached your monthly limit."));
            }
            for id in reached {
                self.deliver(id, via, None, messages.clone());
            }
            let sent_messages = (via == Via::Push).then(|| sent.clone());
            Ok(AcceptedRequest { request_id, sent_messages })
        });
        match outcome {
            Ok(accepted) => accepted.map(|_| sent),
            Err(before) => {
                let mut refusal = Refusal::new(StatusCode::CONFLICT, "The retry key is already accepted");
                refusal.body.sent_messages = before.sent_messages;
                refusal.accepted_request_id = Some(before.request_id);
                Err(refusal)
            }
        }
    }

    /// `sentMessages`: the platform's ids, and quote tokens for what can be quoted.
    fn number(&self, messages: &[Value]) -> Value {
        let ids = &self.0.ids;
        messages
            .iter()
            .map(|message| match message["type"].as_str() {
                Some("text" | "textV2" | "sticker" | "image" | "video" | "template") => {
                    json!({ "id": ids.message(), "quoteToken": ids.token() })
                }
                _ => json!({ "id": ids.message() }),
            })
            .collect()
    }

    fn is_blocked(&self, user: &str) -> bool {
        self.0.users.get(user).is_some_and(|user| user.blocked.load(Ordering::Relaxed))
    }

    fn deliver(&self, user: &str, via: Via, reply_token: Option<String>, messages: Vec<Value>) {
        if self.is_blocked(user) {
            return;
        }
        let entry = Entry { n: 0, via, reply_token, webhook_event_id: None, messages, at: self.now_ms() };
        self.0.users.get_or_new(user).timeline.add(entry);
    }
}

/// 8-4-4-4-12 hexadecimal digits.
fn is_uuid(key: &str) -> bool {
    key.len() == 36
        && key.bytes().enumerate().all(|(n, b)| match n {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}
