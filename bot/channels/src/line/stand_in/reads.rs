//! The calls that ask or show, without sending anything.

use super::refusal::{Detail, Refusal};
use super::user::is_user_id;
use super::{BOT_USER_ID, StandIn, lock};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

pub async fn quota(State(stand_in): State<StandIn>) -> Json<Value> {
    Json(match lock(&stand_in.0.quota).limit {
        Some(limit) => json!({ "type": "limited", "value": limit }),
        None => json!({ "type": "none" }),
    })
}

pub async fn consumption(State(stand_in): State<StandIn>) -> Json<Value> {
    Json(json!({ "totalUsage": lock(&stand_in.0.quota).used }))
}

pub async fn content(
    State(stand_in): State<StandIn>,
    Path(message_id): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let picture = stand_in.0.pictures.get(&message_id).ok_or_else(Refusal::not_found)?;
    Ok(([(header::CONTENT_TYPE, picture.content_type)], picture.bytes))
}

/// Not found for who never wrote, and for who blocked the account.
pub async fn profile(State(stand_in): State<StandIn>, Path(user_id): Path<String>) -> Result<Json<Value>, Refusal> {
    let user = stand_in.0.users.get(&user_id).filter(|user| !user.blocked.load(Ordering::Relaxed));
    let profile = lock(&user.ok_or_else(Refusal::not_found)?.profile).clone();
    let mut shown = serde_json::to_value(profile).map_err(|_| Refusal::not_found())?;
    shown["userId"] = user_id.into();
    Ok(Json(shown))
}

pub async fn loading(State(stand_in): State<StandIn>, body: Bytes) -> Result<(StatusCode, Json<Value>), Refusal> {
    let body: Value = serde_json::from_slice(&body).map_err(|error| Refusal::json(&error))?;
    let user = body["chatId"].as_str().filter(|id| is_user_id(id)).ok_or_else(|| Refusal::property("chatId"))?;
    let seconds = match &body["loadingSeconds"] {
        Value::Null => 20,
        asked => asked.as_i64().filter(|n| (5..=60).contains(n) && n % 5 == 0).ok_or_else(|| {
            Refusal::details(vec![Detail {
                message: "must be a multiple of 5 between 5 and 60".to_owned(),
                property: "loadingSeconds".to_owned(),
            }])
        })?,
    };
    stand_in.0.users.get_or_new(user).timeline.show_typing(stand_in.now_ms() + seconds * 1_000);
    Ok((StatusCode::ACCEPTED, Json(json!({}))))
}

pub async fn info() -> Json<Value> {
    Json(json!({
        "userId": BOT_USER_ID,
        "basicId": "@000aoba",
        "displayName": "あおば市 (お試し)",
        "chatMode": "bot",
        "markAsReadMode": "auto",
    }))
}
