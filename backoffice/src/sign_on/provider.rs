//! The identity provider, over HTTP: what it says of itself, its keys, and the exchange of a code.

use crate::{error::Refusal, rules::SignOn};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jsonwebtoken::jwk::JwkSet;
use serde::{Deserialize, de::DeserializeOwned};
use std::time::Duration;

/// Bytes of an answer.
const LARGEST: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(8);

/// Calls to other houses.
pub struct Outside(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// What a provider says of itself (OpenID Connect Discovery).
#[derive(Deserialize)]
pub struct Discovery {
    pub issuer: String,
    pub authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Exchanged {
    id_token: String,
}

impl Outside {
    pub fn new() -> std::io::Result<Self> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        let connector = HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().wrap_connector(http);
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    pub async fn discover(&self, sign_on: &SignOn) -> Result<Discovery, Refusal> {
        let address = format!("{}/.well-known/openid-configuration", sign_on.issuer.trim_end_matches('/'));
        let found: Discovery = self.fetch(Request::get(secure(&address)?).body(Full::default())).await?;
        // Somebody else's description would send our secret to somebody else.
        if found.issuer != sign_on.issuer {
            return Err(Refusal::SignOn(format!("the provider calls itself {} and not {}", found.issuer, sign_on.issuer)));
        }
        for address in [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri] {
            secure(address)?;
        }
        Ok(found)
    }

    pub async fn keys(&self, provider: &Discovery) -> Result<JwkSet, Refusal> {
        self.fetch(Request::get(&provider.jwks_uri).body(Full::default())).await
    }

    /// The ID token for a code.
    pub async fn exchange(&self, provider: &Discovery, sign_on: &SignOn, code: &str, verifier: &str, back: &str) -> Result<String, Refusal> {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", back), ("code_verifier", verifier)];
        // RFC 6749, 2.3.1: both halves are form-encoded first.
        let credentials = STANDARD.encode(format!("{}:{}", escaped(&sign_on.client_id), escaped(&sign_on.client_secret)));
        let request = Request::post(&provider.token_endpoint)
            .header(header::AUTHORIZATION, format!("Basic {credentials}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(query(&fields)));
        Ok(self.fetch::<Exchanged>(request).await?.id_token)
    }

    async fn fetch<T: DeserializeOwned>(&self, request: Result<Request<Full<Bytes>>, hyper::http::Error>) -> Result<T, Refusal> {
        let mut request = request.map_err(|error| Refusal::SignOn(error.to_string()))?;
        request.headers_mut().insert(header::ACCEPT, header::HeaderValue::from_static("application/json"));
        let place = request.uri().to_string();
        let failed = |problem: String| Refusal::SignOn(format!("{place}: {problem}"));
        let answer = tokio::time::timeout(PATIENCE, async {
            let answer = self.0.request(request).await.map_err(|error| failed(error.to_string()))?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), LARGEST).collect().await.map_err(|error| failed(error.to_string()))?.to_bytes();
            if status.is_success() { Ok(body) } else { Err(failed(format!("{status}: {}", String::from_utf8_lossy(&body).chars().take(200).collect::<String>()))) }
        });
        let body = answer.await.map_err(|_| failed("no answer in time".to_owned()))??;
        serde_json::from_slice(&body).map_err(|error| failed(error.to_string()))
    }
}

/// TLS, but for a provider on this very machine.
fn secure(address: &str) -> Result<&str, Refusal> {
    let here = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    if address.starts_with("https://") || here.iter().any(|one| address.starts_with(one)) { Ok(address) } else { Err(Refusal::SignOn(format!("{address} is not secured by TLS"))) }
}

pub fn query(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
}

fn escaped(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
