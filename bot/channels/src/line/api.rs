use super::Credentials;
use futures_util::future::BoxFuture;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use line_bot_sdk_rust::line_messaging_api::{
    apis::{Error, MessagingApiApi, MessagingApiApiClient, configuration::Configuration},
    models::{Message, PushMessageRequest, ReplyMessageRequest},
};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// The few calls of LINE's Messaging API that the counter makes. The stand-in of `line::stand_in` serves the same
/// calls over HTTP, so that this one client is what runs in tests, too.
pub trait LineApi: Send + Sync {
    /// Free; the token works once.
    fn reply<'a>(&'a self, credentials: &'a Credentials, token: &'a str, messages: Vec<Message>) -> BoxFuture<'a, Result<(), ApiFailure>>;

    /// Counts against the monthly allowance. The same retry key again is harmless.
    fn push<'a>(&'a self, credentials: &'a Credentials, to: &'a str, messages: Vec<Message>, retry_key: Uuid) -> BoxFuture<'a, Result<(), ApiFailure>>;

    /// The monthly allowance (`None`: no limit) and how much of it is used.
    fn quota<'a>(&'a self, credentials: &'a Credentials) -> BoxFuture<'a, Result<(Option<i64>, i64), ApiFailure>>;
}

/// Why a call did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiFailure {
    /// The platform answered: no.
    #[error("LINE answered {status}: {body}")]
    Refused { status: u16, body: String },
    /// No answer came; whether it was done is not known.
    #[error("no answer from LINE: {0}")]
    Unknown(String),
}

/// LINE's API through the SDK.
pub struct SdkApi {
    data_url: String,
    client: Client<HttpsConnector<HttpConnector>, String>,
    base_url: String,
    timeout: Duration,
}

impl SdkApi {
    /// `base_url` is `https://api.line.me`, `data_url` `https://api-data.line.me`, but for tests and the demo.
    pub fn new(base_url: &str, data_url: &str, timeout: Duration) -> std::io::Result<Self> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().wrap_connector(http);
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).pool_max_idle_per_host(64).build(connector),
            data_url: data_url.trim_end_matches('/').to_owned(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            timeout,
        })
    }

    fn client(&self, credentials: &Credentials) -> MessagingApiApiClient<HttpsConnector<HttpConnector>> {
        let mut configuration = Configuration::with_client(self.client.clone());
        configuration.base_path.clone_from(&self.base_url);
        configuration.oauth_access_token = Some(credentials.access_token.clone());
        configuration.timeout = Some(self.timeout);
        configuration.user_agent = Some(concat!("madoguchi/", env!("CARGO_PKG_VERSION")).to_owned());
        MessagingApiApiClient::new(Arc::new(configuration))
    }
}

/// What somebody sent as a photo or a file.
#[derive(Clone, Debug)]
pub struct Sent {
    pub content_type: String,
    pub bytes: Bytes,
}

/// The largest photo or file that is fetched, in bytes.
const LARGEST: usize = 20 << 20;

impl SdkApi {
    /// Fetches what came with a message. The SDK's call for it reads into memory whatever comes; this one stops.
    pub async fn content(&self, credentials: &Credentials, message: &str) -> Result<Sent, ApiFailure> {
        let unknown = |error: String| ApiFailure::Unknown(error);
        if message.is_empty() || !message.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(unknown(format!("`{message}` is no id of a message")));
        }
        let request = hyper::Request::get(format!("{}/v2/bot/message/{message}/content", self.data_url))
            .header("authorization", format!("Bearer {}", credentials.access_token))
            .body(String::new())
            .map_err(|error| unknown(error.to_string()))?;
        let fetched = tokio::time::timeout(self.timeout, async {
            let answer = self.client.request(request).await.map_err(|error| unknown(error.to_string()))?;
            let status = answer.status().as_u16();
            let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or("application/octet-stream").to_owned();
            let bytes = Limited::new(answer.into_body(), LARGEST).collect().await.map_err(|error| unknown(error.to_string()))?.to_bytes();
            match status {
                200 => Ok(Sent { content_type, bytes }),
                // 202: LINE is still preparing it.
                status => Err(ApiFailure::Refused { status, body: String::from_utf8_lossy(&bytes).chars().take(200).collect() }),
            }
        });
        fetched.await.map_err(|_| unknown("no answer in time".to_owned()))?
    }
}

impl LineApi for SdkApi {
    fn reply<'a>(&'a self, credentials: &'a Credentials, token: &'a str, messages: Vec<Message>) -> BoxFuture<'a, Result<(), ApiFailure>> {
        Box::pin(async move {
            let request = ReplyMessageRequest::new(token.to_owned(), messages);
            accepted(self.client(credentials).reply_message(request).await).await
        })
    }

    fn push<'a>(&'a self, credentials: &'a Credentials, to: &'a str, messages: Vec<Message>, retry_key: Uuid) -> BoxFuture<'a, Result<(), ApiFailure>> {
        Box::pin(async move {
            let request = PushMessageRequest::new(to.to_owned(), messages);
            accepted(self.client(credentials).push_message(request, Some(&retry_key.to_string())).await).await
        })
    }

    fn quota<'a>(&'a self, credentials: &'a Credentials) -> BoxFuture<'a, Result<(Option<i64>, i64), ApiFailure>> {
        Box::pin(async move {
            let client = self.client(credentials);
            let quota = match client.get_message_quota().await {
                Ok(quota) => quota,
                Err(error) => return Err(failure(error).await),
            };
            let used = match client.get_message_quota_consumption().await {
                Ok(used) => used,
                Err(error) => return Err(failure(error).await),
            };
            Ok((quota.value, used.total_usage))
        })
    }
}

/// A 2xx is a success even if its body is not what the SDK expects: the message has gone out.
async fn accepted<T>(result: Result<T, Error>) -> Result<(), ApiFailure> {
    match result {
        Ok(_) | Err(Error::Serde(_)) => Ok(()),
        Err(error) => Err(failure(error).await),
    }
}

async fn failure(error: Error) -> ApiFailure {
    match error {
        Error::Api(api) => {
            let status = api.code.as_u16();
            let body = match api.body.collect().await {
                Ok(body) => String::from_utf8_lossy(&body.to_bytes()).chars().take(500).collect(),
                Err(error) => format!("(unreadable: {error})"),
            };
            ApiFailure::Refused { status, body }
        }
        other => ApiFailure::Unknown(format!("{other:?}").chars().take(300).collect()),
    }
}
