use super::recent::Recent;
use super::{BOT_USER_ID, StandInSettings, base64, lock};
use aws_lc_rs::hmac;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;

/// The platform waits about as long before it calls a delivery failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many events can still be asked for again.
const ROOM: usize = 10_000;

/// The way to the bot.
pub struct Webhook {
    url: String,
    key: hmac::Key,
    client: Client<HttpConnector, Full<Bytes>>,
    sent: Mutex<Recent<Value>>,
}

/// How a delivery went.
pub struct Delivered {
    /// The bot's status, or 0 if there was no answer.
    pub status: u16,
    pub error: Option<String>,
}

impl Webhook {
    pub fn new(settings: &StandInSettings) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            url: settings.webhook_url.clone(),
            key: hmac::Key::new(hmac::HMAC_SHA256, settings.channel_secret.as_bytes()),
            client: Client::builder(TokioExecutor::new()).build(connector),
            sent: Mutex::new(Recent::new(ROOM)),
        }
    }

    /// Signs and posts these events as one body, and remembers them for a redelivery.
    pub async fn deliver(&self, events: Vec<Value>) -> Delivered {
        for event in &events {
            if let Some(id) = event["webhookEventId"].as_str() {
                lock(&self.sent).insert(id.to_owned(), event.clone());
            }
        }
        let body = json!({ "destination": BOT_USER_ID, "events": events }).to_string();
        match tokio::time::timeout(PATIENCE, self.post(body)).await {
            Ok(Ok(status)) => Delivered { status, error: None },
            Ok(Err(error)) => Delivered { status: 0, error: Some(error) },
            Err(_) => Delivered { status: 0, error: Some("request_timeout".to_owned()) },
        }
    }

    /// The event as it was sent, marked as a redelivery.
    pub fn again(&self, event_id: &str) -> Option<Value> {
        let mut event = lock(&self.sent).get(event_id).cloned()?;
        event["deliveryContext"] = json!({ "isRedelivery": true });
        Some(event)
    }

    async fn post(&self, body: String) -> Result<u16, String> {
        let signature = base64::encode(hmac::sign(&self.key, body.as_bytes()).as_ref());
        let request = Request::post(&self.url)
            .header("content-type", "application/json; charset=utf-8")
            .header("user-agent", "LineBotWebhook/2.0")
            .header("x-line-signature", signature)
            .body(Full::from(body))
            .map_err(|error| error.to_string())?;
        let response = self.client.request(request).await.map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        // Read to the end, or the connection cannot be used again.
        let _ = http_body_util::BodyExt::collect(response.into_body()).await;
        Ok(status)
    }
}
