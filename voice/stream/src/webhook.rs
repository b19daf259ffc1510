//! `POST /phone/{city}/voice`: somebody calls; the answer says where the sound goes.

use crate::{Stream, signature};
use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use model::CityId;
use std::collections::BTreeMap;

pub(crate) async fn voice(State(stream): State<Stream>, Path(city): Path<String>, headers: HeaderMap, Form(fields): Form<BTreeMap<String, String>>) -> Response {
    let Ok(city) = city.parse::<CityId>() else { return StatusCode::NOT_FOUND.into_response() };
    let Some(token) = stream.tokens.of(&city) else { return StatusCode::NOT_FOUND.into_response() };
    let url = format!("{}/phone/{city}/voice", stream.base);
    let signature = headers.get("x-twilio-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !signature::verify(&token, &url, &fields, signature) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Some(call) = fields.get("CallSid") else { return StatusCode::BAD_REQUEST.into_response() };
    let answer = if stream.board.full() {
        r#"<Response><Reject reason="busy"/></Response>"#.to_owned()
    } else {
        // The carrier opens a WebSocket where its webhook is.
        let media = format!("{}/phone/{city}/media", stream.base.replacen("http", "ws", 1));
        format!(r#"<Response><Connect><Stream url="{media}"><Parameter name="pass" value="{}"/></Stream></Connect></Response>"#, signature::pass(&token, call))
    };
    ([(CONTENT_TYPE, "text/xml")], format!(r#"<?xml version="1.0" encoding="UTF-8"?>{answer}"#)).into_response()
}
