use super::{Web, session};
use crate::http::refuse;
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Channel, Content, Inbound, Media, Point, Private};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// `{"id", "text"}`, `{"id", "postback", "label"}`, `{"id", "location": {"lat", "lng"}}` or `{"id", "file"}` with the id that the upload
/// was answered with.
#[derive(Deserialize)]
struct Message {
    id: Uuid,
    text: Option<String>,
    postback: Option<String>,
    label: Option<String>,
    location: Option<Location>,
    file: Option<Uuid>,
}

#[derive(Deserialize)]
struct Location {
    lat: f64,
    lng: f64,
}

/// Longer texts are refused, in characters.
const LONGEST: usize = 5_000;

/// Answers 202 once the message is stored. The same id again is the same message.
pub(super) async fn receive(State(web): State<Web>, Path(city): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let session = match session::find(&web, &city, &headers).await {
        Ok(session) => session,
        Err(refusal) => return refusal,
    };
    let message: Message = match serde_json::from_slice(&body) {
        Ok(message) => message,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, &format!("not understood: {error}")),
    };
    let id = message.id;
    let content = match content(message) {
        Ok(content) => content,
        Err(problem) => return refuse(StatusCode::BAD_REQUEST, problem),
    };
    let now = web.clock.now();
    if !web.limit.allow(&session.account, now) {
        let mut refusal = refuse(StatusCode::TOO_MANY_REQUESTS, "too many messages; wait a moment");
        refusal.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        return refusal;
    }
    let inbound = Inbound {
        city: session.city.clone(),
        channel: Channel::Web,
        platform_id: session::platform_id(&session.account, id),
        account: Private(session.account),
        at: now,
        content,
        reply_token: None,
    };
    match web.arrivals.store(session.city, vec![inbound]).await {
        Ok(_) => {
            web.hub.ring(session.conversation);
            (StatusCode::ACCEPTED, Json(json!({ "id": id }))).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a web message could not be stored");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "not stored; send it again")
        }
    }
}

fn content(message: Message) -> Result<Content, &'static str> {
    match message {
        Message { text: Some(text), .. } if text.chars().count() > LONGEST => Err("the text is longer than 5,000 characters"),
        Message { text: Some(text), .. } if text.trim().is_empty() => Err("the text is empty"),
        Message { text: Some(text), .. } => Ok(Content::Text { text }),
        Message { postback: Some(value), label, .. } if value.len() <= 600 => {
            Ok(Content::Postback { value, label: label.map(|label| label.chars().take(300).collect()) })
        }
        Message { location: Some(Location { lat, lng }), .. } => Point::new(lat, lng)
            .map(|point| Content::Location { point, title: None, address: None })
            .ok_or("the location is not on the globe"),
        Message { file: Some(file), .. } => Ok(Content::Media { media: Media::Image, id: file.to_string() }),
        _ => Err("there is neither text nor postback nor location nor file"),
    }
}
