//! The same conversation on the terminal, on LINE and in the web chat: every answer holds the same words.

use e2e::{Bot, Folder, Line, json_lines, root, run, words};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use hyper::Method;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

fn conversation() -> anyhow::Result<Vec<Value>> {
    Ok(serde_json::from_str(&std::fs::read_to_string(root().join("fixtures/conversations/first.json"))?)?)
}

fn check(turn: &Value, answer: &str, channel: &str) {
    for expected in turn["expect"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(answer.contains(expected), "{channel}: {turn}\ncame {answer}");
    }
}

#[test]
fn on_the_terminal() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    run(&folder.0, &["city", "add", "fixtures/cities/aoba"], "")?;
    let turns = conversation()?;
    let input: Vec<Value> = turns.iter().map(|t| if t["say"].is_string() { json!({ "text": t["say"] }) } else { json!({ "postback": t["tap"] }) }).collect();
    for (turn, answer) in turns.iter().zip(json_lines(&folder.0, &["chat", "--city", "aoba", "--jsonl"], &input)?) {
        check(turn, &answer["replies"].to_string(), "terminal");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn on_line() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let bot = Bot::serve(&folder.0, &[("BOT_LINE__API_URL", &line.url())]).await?;
    line.connect(&bot, Duration::from_secs(60))?;
    let user = "U000000000000000000000000000000ff";
    for (n, turn) in conversation()?.iter().enumerate() {
        match turn["say"].as_str() {
            Some(text) => line.say(user, text).await?,
            None => line.control(&format!("users/{user}/postback"), &json!({ "data": turn["tap"] })).await?,
        };
        let got = line.received(user, n + 1).await?;
        check(turn, &words(&got[n]), "LINE");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "a client makes its own ids")]
async fn in_the_web_chat() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let opened = bot.http.post("/chat/aoba/session", &json!({})).await?.json();
    let token = format!("Bearer {}", opened["token"].as_str().unwrap_or_default());
    let response = bot.http.open(Method::GET, "/chat/aoba/events", &[("authorization", &token)], "".into()).await?;
    let mut stream = response.into_body().into_data_stream();
    let mut text = String::new();
    // The greeting comes first.
    let mut answers = 0;
    let turns = conversation()?;
    for (n, turn) in std::iter::once(&json!({ "expect": ["自動応答"] })).chain(&turns).enumerate() {
        if n > 0 {
            let id = Uuid::new_v4().to_string();
            let message = if turn["say"].is_string() { json!({ "id": id, "text": turn["say"] }) } else { json!({ "id": id, "postback": turn["tap"], "label": "選択" }) };
            let sent = bot.http.send(Method::POST, "/chat/aoba/messages", &[("authorization", &token)], message.to_string().into()).await?;
            assert_eq!(sent.status, 202, "{}", sent.text());
        }
        let answer = tokio::time::timeout(Duration::from_secs(30), async {
            loop {
                while let Some((event, rest)) = text.split_once("\n\n") {
                    let found = event.contains("\"from\":\"bot\"").then(|| event.to_owned());
                    text = rest.to_owned();
                    if let Some(found) = found {
                        return anyhow::Ok(found);
                    }
                }
                let chunk = stream.next().await.ok_or_else(|| anyhow::anyhow!("the stream ended"))??;
                text.push_str(&String::from_utf8_lossy(&chunk));
            }
        })
        .await??;
        answers += 1;
        check(turn, &answer, "web");
    }
    assert_eq!(answers, turns.len() + 1);
    Ok(())
}
