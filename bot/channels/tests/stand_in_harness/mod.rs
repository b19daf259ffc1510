use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::post;
use channels::line::stand_in::{StandIn, StandInSettings};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use model::{Clock, ManualClock};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub const SECRET: &str = "the channel's secret";
pub const ALICE: &str = "Uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const BOB: &str = "Ubbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const TOKEN: (&str, &str) = ("authorization", "Bearer the token");

pub fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// A stand-in and a bot that only listens, both on real ports.
pub struct Harness {
    base: String,
    client: Client<HttpConnector, Full<Bytes>>,
    pub bot: Bot,
    pub clock: Arc<ManualClock>,
}

impl Harness {
    pub async fn start() -> Self {
        Self::with_clock(ManualClock::at(chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap())).await
    }

    pub async fn with_clock(clock: ManualClock) -> Self {
        let clock = Arc::new(clock);
        let bot = Bot::default();
        let route = Router::new().route("/webhook", post(webhook)).with_state(bot.clone());
        let (bot_base, server) = serve(route).await;
        *bot.server.lock().unwrap() = Some(server);
        let settings = StandInSettings::new(SECRET, "the token", format!("{bot_base}/webhook"));
        let stand_in = StandIn::with_clock(settings, clock.clone() as Arc<dyn Clock>);
        let (base, _) = serve(stand_in.router()).await;
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { base, client, bot, clock }
    }

    /// A fresh reply token of Alice's.
    pub async fn token(&self) -> String {
        let told = self.post("/_stand_in/users/{alice}/send", text("こんにちは")).await.body;
        told["replyToken"].as_str().unwrap().to_owned()
    }

    /// How each entry of this user's talk came.
    pub async fn vias(&self, user: &str) -> Vec<String> {
        let page = self.get(&format!("/_stand_in/users/{user}/messages")).await.body;
        let entries = page["entries"].as_array().unwrap();
        entries.iter().map(|entry| entry["via"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn api(&self, name: &str, body: Value) -> Answer {
        self.api_with(name, &[], body).await
    }

    pub async fn api_with(&self, name: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        self.call_api("POST", &format!("/v2/bot/message/{name}"), headers, body).await
    }

    pub async fn push_with_key(&self, key: &str, body: Value) -> Answer {
        self.api_with("push", &[("x-line-retry-key", key)], body).await
    }

    pub async fn get_api(&self, name: &str) -> Answer {
        self.call_api("GET", &format!("/v2/bot/message/{name}"), &[], Value::Null).await
    }

    pub async fn call_api(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        self.call(method, path, &[&[TOKEN], headers].concat(), body).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, &[], body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], Value::Null).await
    }

    pub async fn raw(&self, method: &str, path: &str, content_type: &str, body: &'static [u8]) -> Answer {
        self.request(method, path, &[("content-type", content_type)], Bytes::from_static(body)).await
    }

    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let headers = [&[("content-type", "application/json")], headers].concat();
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        self.request(method, path, &headers, body).await
    }

    async fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Bytes) -> Answer {
        let uri = format!("{}{}", self.base, path.replace("{alice}", ALICE));
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let Ok(response) = self.client.request(request.body(Full::from(body)).unwrap()).await else {
            return Answer::default();
        };
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body, bytes }
    }
}

/// Status 0: the connection ended without an answer.
#[derive(Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
    pub bytes: Bytes,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<String> {
        Some(self.headers.get(name)?.to_str().unwrap().to_owned())
    }
}

/// Takes webhooks, and keeps them.
#[derive(Clone, Default)]
pub struct Bot {
    received: Arc<Mutex<Vec<Received>>>,
    status: Arc<Mutex<Option<u16>>>,
    server: Arc<Mutex<Option<tokio::task::JoinHandle<()>>>>,
}

#[derive(Clone)]
pub struct Received {
    pub signature: String,
    pub body: Bytes,
}

impl Bot {
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub fn events(&self) -> Vec<Value> {
        let body = |received: &Received| serde_json::from_slice::<Value>(&received.body).unwrap();
        self.received().iter().flat_map(|one| body(one)["events"].as_array().unwrap().clone()).collect()
    }

    pub fn answer_with(&self, status: u16) {
        *self.status.lock().unwrap() = Some(status);
    }

    /// Nobody listens any more.
    pub fn stop(&self) {
        if let Some(server) = self.server.lock().unwrap().take() {
            server.abort();
        }
    }
}

async fn webhook(State(bot): State<Bot>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers["x-line-signature"].to_str().unwrap().to_owned();
    bot.received.lock().unwrap().push(Received { signature, body });
    StatusCode::from_u16(bot.status.lock().unwrap().unwrap_or(200)).unwrap()
}

async fn serve(router: Router) -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (base, server)
}
