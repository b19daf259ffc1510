//! Any system of locks that speaks a plain protocol over HTTP, or has a small adapter that does:
//!
//! ```text
//! PUT    <url>/doors/<door>/passes/<key>   {"from": RFC 3339, "until": RFC 3339}   → 200 {"code": "482913"}
//! DELETE <url>/doors/<door>/passes/<key>                                          → 204, or 404
//! ```
//! with `Authorization: Bearer <token>`.

use super::{LockProvider, NewPass};
use crate::{Failure, Http};
use futures_util::future::BoxFuture;
use hyper::Method;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

const SYSTEM: &str = "the lock system";
/// A code is digits, and signs of a keypad.
const LONGEST: usize = 20;

pub struct HttpLocks {
    http: Http,
    url: String,
    token: String,
}

impl HttpLocks {
    pub fn new(url: &str, token: &str, timeout: Duration) -> std::io::Result<Self> {
        Ok(Self { http: Http::new(timeout)?, url: url.trim_end_matches('/').to_owned(), token: format!("Bearer {token}") })
    }

    fn address(&self, door: &str, key: Uuid) -> String {
        let door: String = url::form_urlencoded::byte_serialize(door.as_bytes()).collect();
        format!("{}/doors/{}/passes/{key}", self.url, door.replace('+', "%20"))
    }

    fn headers(&self) -> [(&str, &str); 2] {
        [("authorization", &self.token), ("content-type", "application/json")]
    }
}

impl LockProvider for HttpLocks {
    fn issue<'a>(&'a self, pass: &'a NewPass) -> BoxFuture<'a, Result<String, Failure>> {
        Box::pin(async move {
            let body = json!({ "from": pass.from.to_rfc3339(), "until": pass.until.to_rfc3339() }).to_string();
            let answer = self.http.send(SYSTEM, Method::PUT, &self.address(&pass.door, pass.key), &self.headers(), body).await?;
            if !answer.fine() {
                return Err(answer.refusal(SYSTEM, ""));
            }
            let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
            let sound = (4..=LONGEST).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'#' | b'*'));
            if sound { Ok(code) } else { Err(Failure::unknown(SYSTEM, "the answer holds no code")) }
        })
    }

    fn revoke<'a>(&'a self, door: &'a str, key: Uuid) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let answer = self.http.send(SYSTEM, Method::DELETE, &self.address(door, key), &self.headers(), "").await?;
            if answer.fine() || answer.status == 404 { Ok(()) } else { Err(answer.refusal(SYSTEM, "")) }
        })
    }
}
