use super::{LineCredentials, event};
use crate::{Arrivals, http::refuse};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use line_bot_sdk_rust::parser::signature::validate_signature;
use model::{CityId, Clock};
use serde_json::Value;
use std::sync::Arc;

/// What the webhook needs.
#[derive(Clone)]
pub struct Webhook {
    pub credentials: Arc<dyn LineCredentials>,
    pub arrivals: Arrivals,
    pub clock: Arc<dyn Clock>,
}

/// LINE's largest calls are far below this (bytes).
const LARGEST_BODY: usize = 1 << 20;

pub fn routes(webhook: Webhook) -> Router {
    Router::new().route("/line/{city}/webhook", post(receive)).layer(DefaultBodyLimit::max(LARGEST_BODY)).with_state(webhook)
}

/// Answers 200 once every event of the call is stored; 401 on a bad signature; 400 on a body that is no webhook; 503
/// when it could not be stored (LINE sends it again).
async fn receive(State(webhook): State<Webhook>, Path(city): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(city) = city.parse::<CityId>() else { return refuse(StatusCode::NOT_FOUND, "no such city") };
    let credentials = match webhook.credentials.of(&city) {
        Ok(Some(credentials)) => credentials,
        Ok(None) => return refuse(StatusCode::NOT_FOUND, "this city has no LINE channel; set [line] in its city.toml"),
        Err(_) => return refuse(StatusCode::NOT_FOUND, "no such city"),
    };
    let Some(signature) = headers.get("x-line-signature").and_then(|value| value.to_str().ok()) else {
        return refuse(StatusCode::UNAUTHORIZED, "the header x-line-signature is missing");
    };
    // The signature is over the bytes; a body that is no text cannot be LINE's.
    let Ok(text) = std::str::from_utf8(&body) else { return refuse(StatusCode::BAD_REQUEST, "the body is no UTF-8 text") };
    if !validate_signature(&credentials.channel_secret, signature, text) {
        return refuse(StatusCode::UNAUTHORIZED, "the signature does not fit the body; check the channel secret");
    }
    let Ok(call) = serde_json::from_str::<Value>(text) else { return refuse(StatusCode::BAD_REQUEST, "the body is no JSON") };
    let Some(events) = call.get("events").and_then(Value::as_array) else {
        return refuse(StatusCode::BAD_REQUEST, "the body has no list of events");
    };
    let now = webhook.clock.now();
    let read: Vec<_> = events.iter().filter_map(|event| event::read(&city, event, now)).collect();
    if read.len() < events.len() {
        tracing::debug!(%city, left_out = events.len() - read.len(), "events without a message for the counter");
    }
    match webhook.arrivals.store(city, read).await {
        Ok(_) => StatusCode::OK.into_response(),
        Err(error) => {
            tracing::error!(%error, "a webhook could not be stored");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "not stored; send it again")
        }
    }
}
