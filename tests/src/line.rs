use crate::{Answer, Bot, Http};
use anyhow::{Context, ensure};
use channels::line::stand_in::{StandIn, StandInSettings};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

/// LINE's platform, played by this process: it goes on when the counter dies.
pub struct Line {
    pub address: SocketAddr,
    pub http: Http,
    listener: Option<TcpListener>,
}

impl Line {
    /// Takes a port; serving begins with [`Line::connect`], when the counter's address is known.
    pub async fn new() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        Ok(Self { address, http: Http::new(address), listener: Some(listener) })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends webhooks to this counter from now on.
    pub fn connect(&mut self, bot: &Bot, token_life: Duration) -> anyhow::Result<()> {
        let mut settings = StandInSettings::new("demo-secret", "demo-token", format!("http://{}/line/aoba/webhook", bot.address));
        settings.token_life = token_life;
        let router = StandIn::new(settings).router();
        let listener = self.listener.take().context("connected before")?;
        tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(())
    }

    /// A resident's message; the counter's answer to the webhook.
    pub async fn say(&self, user: &str, text: &str) -> anyhow::Result<Value> {
        self.send(user, &json!({ "type": "text", "text": text })).await
    }

    pub async fn send(&self, user: &str, message: &Value) -> anyhow::Result<Value> {
        self.control(&format!("users/{user}/send"), message).await
    }

    pub async fn control(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self.http.post(&format!("/_stand_in/{path}"), body).await?;
        ensure!(answer.status < 300, "{path}: {} {}", answer.status, answer.text());
        Ok(answer.json())
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.http.get(&format!("/_stand_in/{path}")).await
    }

    /// What a resident has received, as soon as it is at least `count` calls. After a kill, an answer that may have gone out waits until its
    /// lease and its reply token are over (a minute in these tests) before it is pushed.
    pub async fn received(&self, user: &str, count: usize) -> anyhow::Result<Vec<Value>> {
        let began = Instant::now();
        let mut after = 0;
        let mut all = Vec::new();
        while all.len() < count {
            ensure!(began.elapsed() < Duration::from_secs(120), "{user} got {} answers, not {count}: {all:?}", all.len());
            let page = self.get(&format!("users/{user}/messages?after={after}&wait_ms=1000")).await?.json();
            after = page["last"].as_u64().unwrap_or(after);
            all.extend(from_counter(&page));
        }
        Ok(all)
    }

    pub async fn received_now(&self, user: &str) -> anyhow::Result<Vec<Value>> {
        Ok(from_counter(&self.get(&format!("users/{user}/messages")).await?.json()))
    }

    /// What the counter has called, newest last: path, body, status.
    pub async fn requests(&self) -> anyhow::Result<Vec<Value>> {
        let answer = self.get("requests").await?.json();
        Ok(answer.as_array().or_else(|| answer["requests"].as_array()).cloned().unwrap_or_default())
    }
}

fn from_counter(page: &Value) -> Vec<Value> {
    let entries = page["entries"].as_array().cloned().unwrap_or_default();
    entries.into_iter().filter(|entry| entry["via"] != "user").collect()
}

/// All words of an answer, for looking for some of them.
pub fn words(entry: &Value) -> String {
    entry["messages"].to_string()
}
