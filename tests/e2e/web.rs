//! The web channel's protocol; the widget itself is tested in a real browser (tests/browser).

use e2e::{Bot, Folder};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use hyper::Method;
use serde_json::{Value, json};
use uuid::Uuid;

async fn session(bot: &Bot) -> anyhow::Result<String> {
    let answer = bot.http.post("/chat/aoba/session", &json!({})).await?;
    assert_eq!(answer.status, 201, "{}", answer.text());
    Ok(format!("Bearer {}", answer.json()["token"].as_str().unwrap_or_default()))
}

/// Reads the stream until `enough` of the messages says so.
async fn messages(bot: &Bot, token: &str, after: i64, enough: impl Fn(&[Value]) -> bool) -> anyhow::Result<Vec<Value>> {
    let last = after.to_string();
    let response = bot.http.open(Method::GET, "/chat/aoba/events", &[("authorization", token), ("last-event-id", &last)], "".into()).await?;
    assert_eq!(response.status(), 200);
    let mut stream = response.into_body().into_data_stream();
    let (mut text, mut found) = (String::new(), Vec::new());
    let reading = async {
        while !enough(&found) {
            let chunk = stream.next().await.ok_or_else(|| anyhow::anyhow!("the stream ended"))??;
            text.push_str(&String::from_utf8_lossy(&chunk));
            while let Some((event, rest)) = text.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                if let Some(message) = data.filter(|_| event.contains("event: message")).and_then(|d| serde_json::from_str(d).ok()) {
                    found.push(message);
                }
                text = rest.to_owned();
            }
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), reading).await??;
    Ok(found)
}

fn bot_messages(all: &[Value]) -> usize {
    all.iter().filter(|m| m["from"] == "bot").count()
}

#[expect(clippy::disallowed_methods, reason = "a client makes its own ids")]
fn id() -> String {
    Uuid::new_v4().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_twice_is_one_message_and_nothing_is_lost_on_reconnect() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let token = session(&bot).await?;
    let greeted = messages(&bot, &token, 0, |all| bot_messages(all) == 1).await?;
    assert!(greeted[0]["parts"].to_string().contains("自動応答"), "{greeted:?}");
    let message = json!({ "id": id(), "text": "メニュー" });
    for _ in 0..3 {
        let answer = bot.http.send(Method::POST, "/chat/aoba/messages", &[("authorization", &token)], message.to_string().into()).await?;
        assert_eq!(answer.status, 202, "{}", answer.text());
    }
    let all = messages(&bot, &token, 0, |all| bot_messages(all) == 2).await?;
    assert_eq!(all.iter().filter(|m| m["from"] == "resident").count(), 1);
    // From the middle on: only what came after.
    let after = all[1]["seq"].as_i64().unwrap_or(0);
    let rest = messages(&bot, &token, after, |all| !all.is_empty()).await?;
    assert_eq!(rest[0]["seq"], all[2]["seq"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_broken_messages_are_refused_with_the_reason() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let token = session(&bot).await?;
    let post = async |token: &str, body: String| {
        bot.http.send(Method::POST, "/chat/aoba/messages", &[("authorization", token)], body.into()).await.map(|answer| answer.status)
    };
    assert_eq!(post("Bearer nobody", json!({ "id": id(), "text": "x" }).to_string()).await?, 401);
    assert_eq!(post("", json!({ "id": id(), "text": "x" }).to_string()).await?, 401);
    for bad in [
        "not json".to_owned(),
        json!({ "text": "x" }).to_string(),
        json!({ "id": id() }).to_string(),
        json!({ "id": "7", "text": "x" }).to_string(),
        json!({ "id": id(), "text": " " }).to_string(),
        json!({ "id": id(), "location": { "lat": 1000, "lng": 0 } }).to_string(),
    ] {
        assert_eq!(post(&token, bad.clone()).await?, 400, "{bad}");
    }
    assert_eq!(post(&token, " ".repeat(100_000)).await?, 413);
    assert_eq!(bot.http.post("/chat/nowhere/session", &json!({})).await?.status, 404);
    assert_eq!(bot.http.get("/chat/nowhere").await?.status, 404);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_probes_and_figures() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    for (path, words) in [
        ("/widget.js", "madoguchi-chat"),
        ("/chat/aoba", "あおば市"),
        ("/demo", "<html"),
        ("/health/live", "alive"),
        ("/health/ready", "true"),
        ("/metrics", "madoguchi_turns_waiting 0"),
    ] {
        let answer = bot.http.get(path).await?;
        assert!(answer.status == 200 && answer.text().contains(words), "{path}: {} {}", answer.status, answer.text());
    }
    Ok(())
}
