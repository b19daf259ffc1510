//! The least of a LINE platform: takes replies and notes when each came.

use axum::{Json, Router, extract::State, routing::{get, post}};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};
use tokio::{net::TcpListener, sync::Notify};

#[derive(Clone)]
pub struct Platform {
    address: SocketAddr,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    arrived: Mutex<HashMap<String, Instant>>,
    news: Notify,
}

impl Platform {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let platform = Self { address: listener.local_addr()?, inner: Arc::default() };
        let app = Router::new()
            .route("/v2/bot/message/reply", post(reply))
            .route("/v2/bot/message/push", post(|| async { Json(json!({ "sentMessages": [] })) }))
            .route("/v2/bot/message/quota", get(|| async { Json(json!({ "type": "none" })) }))
            .route("/v2/bot/message/quota/consumption", get(|| async { Json(json!({ "totalUsage": 0 })) }))
            .with_state(platform.clone());
        tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        Ok(platform)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many replies have come.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Waits until `count` replies have come.
    pub async fn wait(&self, count: usize) {
        loop {
            let news = self.inner.news.notified();
            if self.count() >= count {
                return;
            }
            let _ = tokio::time::timeout(std::time::Duration::from_millis(50), news).await;
        }
    }

    pub fn arrival(&self, token: &str) -> Option<Instant> {
        self.lock().get(token).copied()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Instant>> {
        self.inner.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn reply(State(platform): State<Platform>, Json(body): Json<Value>) -> Json<Value> {
    if let Some(token) = body["replyToken"].as_str() {
        platform.lock().insert(token.to_owned(), Instant::now());
        platform.inner.news.notify_waiters();
    }
    Json(json!({ "sentMessages": [{ "id": "1", "quoteToken": "q" }] }))
}
