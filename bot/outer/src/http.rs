//! One HTTP client for everything outside: TLS by rustls, a time limit on every call, a limit on what is read.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use std::time::Duration;

/// More than this is read of no answer (bytes).
const LARGEST: usize = 4 << 20;
/// Characters of an answer that an error shows.
const SHOWN: usize = 300;

#[derive(Clone)]
pub struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Bytes,
}

/// Why a call brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The other side answered: no.
    #[error("{system} answered {status}: {text}")]
    Refused { system: &'static str, status: u16, code: String, text: String },
    /// No answer came, or none that can be read; whether it was done is not known.
    #[error("no answer from {system}: {text}")]
    Unknown { system: &'static str, text: String },
}

impl Failure {
    pub fn unknown(system: &'static str, text: impl ToString) -> Self {
        Failure::Unknown { system, text: text.to_string().chars().take(SHOWN).collect() }
    }

    /// Whether the same again can go well: nobody answered, too much at once, or the other side is broken.
    pub fn may_pass(&self) -> bool {
        match self {
            Failure::Unknown { .. } => true,
            Failure::Refused { status, .. } => *status == 429 || *status == 409 || *status >= 500,
        }
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn fine(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// This answer as a refusal; `code` is the other side's own word for why.
    pub fn refusal(&self, system: &'static str, code: &str) -> Failure {
        let text = String::from_utf8_lossy(&self.body).chars().take(SHOWN).collect();
        Failure::Refused { system, status: self.status, code: code.to_owned(), text }
    }
}

impl Http {
    pub fn new(timeout: Duration) -> std::io::Result<Self> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(timeout));
        let connector = HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().wrap_connector(http);
        // A connection that the other side has closed meanwhile would make an outcome unknown: none is kept for long.
        let client = Client::builder(TokioExecutor::new()).pool_idle_timeout(Duration::from_secs(5)).build(connector);
        Ok(Self { client, timeout })
    }

    /// Sends a request; an answer of any status is an answer.
    pub async fn send(&self, system: &'static str, method: Method, url: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Result<Answer, Failure> {
        let mut request = Request::builder().method(method).uri(url).header("user-agent", concat!("madoguchi/", env!("CARGO_PKG_VERSION")));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).map_err(|error| Failure::unknown(system, error))?;
        let call = async {
            let response = self.client.request(request).await.map_err(|error| Failure::unknown(system, chain(&error)))?;
            let status = response.status().as_u16();
            let body = Limited::new(response.into_body(), LARGEST).collect().await.map_err(|error| Failure::unknown(system, error))?.to_bytes();
            Ok(Answer { status, body })
        };
        tokio::time::timeout(self.timeout, call).await.unwrap_or_else(|_| Err(Failure::unknown(system, "it took too long")))
    }
}

/// An error with what is behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
