use crate::Bot;
use anyhow::{Context, ensure};
use futures_util::StreamExt;
use http_body_util::{BodyDataStream, BodyExt};
use hyper::{Method, body::Incoming};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// A chat on the city's web page, as its widget holds it.
pub struct WebChat<'a> {
    bot: &'a Bot,
    token: String,
    stream: BodyDataStream<Incoming>,
    /// What has come and was not read yet.
    text: String,
}

impl<'a> WebChat<'a> {
    pub async fn open(bot: &'a Bot) -> anyhow::Result<Self> {
        let opened = bot.http.post("/chat/aoba/session", &json!({})).await?.json();
        let token = format!("Bearer {}", opened["token"].as_str().context("a token")?);
        let response = bot.http.open(Method::GET, "/chat/aoba/events", &[("authorization", &token)], "".into()).await?;
        Ok(Self { bot, token, stream: response.into_body().into_data_stream(), text: String::new() })
    }

    /// Sends a message; its id is made here, as every client makes its own.
    #[expect(clippy::disallowed_methods, reason = "a client makes its own ids")]
    pub async fn send(&self, mut message: Value) -> anyhow::Result<()> {
        message["id"] = json!(Uuid::new_v4().to_string());
        let sent = self.bot.http.send(Method::POST, "/chat/aoba/messages", &[("authorization", &self.token)], message.to_string().into()).await?;
        ensure!(sent.status == 202, "{} {}", sent.status, sent.text());
        Ok(())
    }

    /// Uploads a photo, which a message can then name.
    pub async fn upload(&self, bytes: &[u8]) -> anyhow::Result<crate::Answer> {
        self.bot.http.send(Method::POST, "/chat/aoba/files", &[("authorization", &self.token), ("content-type", "image/jpeg")], bytes.to_vec().into()).await
    }

    /// The next answer of the counter, as it comes.
    pub async fn answer(&mut self) -> anyhow::Result<String> {
        tokio::time::timeout(Duration::from_secs(30), async {
            loop {
                while let Some((event, rest)) = self.text.split_once("\n\n") {
                    let found = event.contains("\"from\":\"bot\"").then(|| event.to_owned());
                    self.text = rest.to_owned();
                    if let Some(found) = found {
                        return Ok(found);
                    }
                }
                let chunk = self.stream.next().await.context("the stream ended")??;
                self.text.push_str(&String::from_utf8_lossy(&chunk));
            }
        })
        .await?
    }
}
