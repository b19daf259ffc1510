use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

/// An error answer in the platform's shape (`ErrorResponse` of its OpenAPI description).
#[derive(Debug)]
pub struct Refusal {
    pub status: StatusCode,
    pub body: Body,
    /// For 409: the request that was accepted under the same key.
    pub accepted_request_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    pub message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_messages: Option<Value>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    pub message: String,
    pub property: String,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let body = Body { message: message.into(), details: Vec::new(), sent_messages: None };
        Self { status, body, accepted_request_id: None }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub fn details(details: Vec<Detail>) -> Self {
        let mut refusal = Self::bad_request(format!("The request body has {} error(s)", details.len()));
        refusal.body.details = details;
        refusal
    }

    pub fn property(name: &str) -> Self {
        Self::bad_request(format!("The property, '{name}', in the request body is invalid (line: -, column: -)"))
    }

    pub fn json(error: &serde_json::Error) -> Self {
        Self::bad_request(format!(
            "The request body could not be parsed as JSON (line: {}, column: {})",
            error.line(),
            error.column()
        ))
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(id) = self.accepted_request_id.and_then(|id| id.parse().ok()) {
            response.headers_mut().insert("x-line-accepted-request-id", id);
        }
        response
    }
}
