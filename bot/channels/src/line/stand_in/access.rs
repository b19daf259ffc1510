use axum::http::{HeaderMap, header};

pub const BAD_TOKEN: &str = "Authentication failed due to the following reason: invalid token. \
                             Confirm that the access token in the authorization header is valid.";

/// Whether the request carries the channel's access token.
pub fn may_call(headers: &HeaderMap, access_token: &str) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|token| token == access_token)
}
