//! Where providers of payments send their notices.

use crate::Pages;
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use intents::payments::{Refused, receive as take_in};

/// 200 once the notice is stored, also when it had come before; 401 when it is not the provider's; 503 when it could not be
/// stored (they send it again).
pub async fn receive(State(pages): State<Pages>, Path(provider): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let engine = &pages.engine;
    let header = move |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match take_in(&engine.db, &engine.cities, &pages.providers, &provider, &header, &body, engine.now()).await {
        Ok(_) => {
            pages.jobs.ring();
            (StatusCode::OK, "taken\n").into_response()
        }
        Err(refused @ Refused::NoProvider) => (StatusCode::NOT_FOUND, format!("{refused}\n")).into_response(),
        Err(refused @ (Refused::NoCity | Refused::Forged(_))) => {
            tracing::warn!(provider, %refused, "a notice was refused");
            (StatusCode::UNAUTHORIZED, format!("{refused}\n")).into_response()
        }
        Err(error) => {
            tracing::error!(provider, %error, "a notice could not be stored");
            (StatusCode::SERVICE_UNAVAILABLE, "not stored; send it again\n").into_response()
        }
    }
}
