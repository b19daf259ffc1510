use axum::{Json, http::StatusCode, response::{IntoResponse, Response}};

/// An error as a client sees it: what is wrong and what to do, as JSON.
pub(crate) fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(serde_json::json!({ "error": error }))).into_response()
}
