//! A telephone in the browser, for trying the counter out: the page is its own carrier.

use crate::{Stream, signature};
use aws_lc_rs::rand;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use model::CityId;
use serde_json::json;

/// Whoever asks may call: only for a counter that is there to be tried out.
pub fn browser_routes(stream: Stream) -> Router {
    Router::new().route("/demo/tel/{city}", post(call)).with_state(stream)
}

/// What opens the stream of a new call.
async fn call(State(stream): State<Stream>, Path(city): Path<String>) -> Response {
    let Some(token) = city.parse::<CityId>().ok().and_then(|city| stream.tokens.of(&city)) else { return StatusCode::NOT_FOUND.into_response() };
    let mut random = [0_u8; 16];
    if stream.board.full() || rand::fill(&mut random).is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let call = format!("browser-{:032x}", u128::from_be_bytes(random));
    let pass = signature::pass(&token, &call);
    Json(json!({ "call": call, "pass": pass })).into_response()
}
