use super::Web;
use crate::http::refuse;
use aws_lc_rs::{digest, rand};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Channel, CityId, Content, ConversationId, Inbound, Private};
use serde_json::json;
use uuid::Uuid;

/// A session: whoever holds its token is its resident. The database knows only the token's hash.
pub(super) struct Session {
    pub city: CityId,
    pub account: String,
    pub conversation: ConversationId,
}

pub(super) async fn open(State(web): State<Web>, Path(city): Path<String>) -> Response {
    let Ok(city) = city.parse::<CityId>() else { return refuse(StatusCode::NOT_FOUND, "no such city") };
    let Some((name, name_en)) = (web.city_name)(&city) else { return refuse(StatusCode::NOT_FOUND, "no such city") };
    let mut bytes = [0; 24];
    if rand::fill(&mut bytes).is_err() {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "no random numbers; try again");
    }
    let token = hex(&bytes);
    // Opening a session is the first event of its conversation: it is greeted.
    let hello = Inbound {
        city: city.clone(),
        channel: Channel::Web,
        account: Private(account(&token)),
        platform_id: format!("open:{}", account(&token)),
        at: web.clock.now(),
        content: Content::Follow,
        reply_token: None,
    };
    match web.arrivals.store(city, vec![hello]).await {
        Ok(_) => (StatusCode::CREATED, Json(json!({ "token": token, "name": name, "name_en": name_en }))).into_response(),
        Err(error) => {
            tracing::error!(%error, "a session could not be opened");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "not available just now; try again")
        }
    }
}

/// The session that a request belongs to, or the refusal.
pub(super) async fn find(web: &Web, city: &str, headers: &HeaderMap) -> Result<Session, Response> {
    let city: CityId = city.parse().map_err(|_| refuse(StatusCode::NOT_FOUND, "no such city"))?;
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    let unknown = || refuse(StatusCode::UNAUTHORIZED, "this session is not known; open a new one");
    let account = account(token.ok_or_else(unknown)?);
    match store::find_conversation(&web.db, &city, Channel::Web, &account).await {
        Ok(Some(conversation)) => Ok(Session { city, account, conversation }),
        Ok(None) => Err(unknown()),
        Err(error) => {
            tracing::error!(%error, "a session could not be looked up");
            Err(refuse(StatusCode::SERVICE_UNAVAILABLE, "not available just now; try again"))
        }
    }
}

/// The id that a client gave a message, made unique over all sessions: nobody can take another's.
pub(super) fn platform_id(account: &str, id: Uuid) -> String {
    format!("{}:{id}", &account[..16])
}

fn account(token: &str) -> String {
    hex(digest::digest(&digest::SHA256, token.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
