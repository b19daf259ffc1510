//! Photos from the widget: kept at once, sealed, and shown to staff when the message that names them has come.

use super::{Web, session};
use crate::http::refuse;
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use serde_json::json;

/// The largest photo, in bytes. The widget makes them smaller before that.
pub(super) const LARGEST: usize = 8 << 20;

/// Photos that a session may bring within a day: more is no report of anything.
const A_DAY: i64 = 30;

/// What the bytes are, whatever the client calls them.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Answers 201 with the id that a message can name.
pub(super) async fn receive(State(web): State<Web>, Path(city): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let session = match session::find(&web, &city, &headers).await {
        Ok(session) => session,
        Err(refusal) => return refusal,
    };
    let Some(content_type) = kind(&body) else { return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "this is no photo: send JPEG, PNG, WebP or GIF") };
    let now = web.clock.now();
    let wait = |seconds: &'static str| {
        let mut refusal = refuse(StatusCode::TOO_MANY_REQUESTS, "too many photos; wait, or describe it in words");
        refusal.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        refusal
    };
    if !web.limit.allow(&session.account, now) {
        return wait("5");
    }
    let kept = async {
        let mut tx = web.db.city(&session.city).await?;
        if store::received_since(&mut tx, &session.city, session.conversation, now - TimeDelta::days(1)).await? >= A_DAY {
            return Ok(None);
        }
        let id = store::put_upload(&web.db, &mut tx, &session.city, session.conversation, content_type, &body, now).await?;
        tx.commit().await?;
        Ok::<_, store::StoreError>(Some(id))
    };
    match kept.await {
        Ok(None) => wait("3600"),
        Ok(Some(id)) => (StatusCode::CREATED, Json(json!({ "file": id }))).into_response(),
        Err(error) => {
            tracing::error!(%error, "a photo could not be kept");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "not stored; send it again")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn a_photo_is_known_by_its_bytes() {
        assert_eq!(kind(b"\xFF\xD8\xFF\xE0rest"), Some("image/jpeg"));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        for other in [&b"<svg onload=alert(1)>"[..], b"%PDF-1.7", b"RIFF\0\0\0\0WAVEfmt ", b"", b"\xFF\xD8"] {
            assert_eq!(kind(other), None, "{other:?}");
        }
    }
}
