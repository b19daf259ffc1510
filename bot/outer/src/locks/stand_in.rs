//! A system of locks that speaks HTTP, for tests.

use super::{BuiltInLocks, LockProvider, NewPass};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::put,
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

#[derive(Clone)]
struct Shared {
    locks: Arc<BuiltInLocks>,
    token: String,
}

#[derive(Deserialize)]
struct Times {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

pub fn router(locks: Arc<BuiltInLocks>, token: &str) -> Router {
    Router::new().route("/doors/{door}/passes/{key}", put(issue).delete(revoke)).with_state(Shared { locks, token: format!("Bearer {token}") })
}

fn allowed(shared: &Shared, headers: &HeaderMap) -> Result<(), StatusCode> {
    let given = headers.get("authorization").and_then(|value| value.to_str().ok());
    if given == Some(shared.token.as_str()) { Ok(()) } else { Err(StatusCode::UNAUTHORIZED) }
}

async fn issue(State(shared): State<Shared>, Path((door, key)): Path<(String, Uuid)>, headers: HeaderMap, Json(times): Json<Times>) -> Result<Json<Value>, StatusCode> {
    allowed(&shared, &headers)?;
    if times.until <= times.from {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let code = shared.locks.issue(&NewPass { key, door, from: times.from, until: times.until }).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(json!({ "code": code })))
}

async fn revoke(State(shared): State<Shared>, Path((door, key)): Path<(String, Uuid)>, headers: HeaderMap) -> Result<StatusCode, StatusCode> {
    allowed(&shared, &headers)?;
    shared.locks.revoke(&door, key).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(StatusCode::NO_CONTENT)
}
