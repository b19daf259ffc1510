//! LINE, with a stand-in of the platform.

use aws_lc_rs::hmac;
use e2e::{Bot, Folder, Line, base64, words};
use serde_json::{Value, json};
use std::time::Duration;

struct Counter {
    line: Line,
    bot: Bot,
    _folder: Folder,
}

const MINUTE: Duration = Duration::from_secs(60);

async fn counter(token_life: Duration) -> anyhow::Result<Counter> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let bot = Bot::serve(&folder.0, &[("BOT_LINE__API_URL", &line.url()), ("BOT_QUEUE__BACK_OFF_MS", "50"), ("BOT_QUEUE__POLL_MS", "50")]).await?;
    line.connect(&bot, token_life)?;
    Ok(Counter { line, bot, _folder: folder })
}

fn event(id: &str, user: &str, token: &str, message: Value) -> Value {
    json!({ "type": "message", "mode": "active", "timestamp": 1_700_000_000_000_i64, "webhookEventId": id, "deliveryContext": { "isRedelivery": false },
            "source": { "type": "user", "userId": user }, "replyToken": token, "message": message })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_message_is_answered_once_by_reply() -> anyhow::Result<()> {
    let counter = counter(MINUTE).await?;
    let line = &counter.line;
    let user = "U00000000000000000000000000000001";
    line.control(&format!("users/{user}/follow"), &json!({})).await?;
    line.say(user, "こんにちは").await?;
    line.send(user, &json!({ "type": "sticker", "packageId": "1", "stickerId": "2", "keywords": ["Thanks"] })).await?;
    line.send(user, &json!({ "type": "location", "title": "ここ", "address": "あおば市", "latitude": 34.65, "longitude": 135.6 })).await?;
    line.control(&format!("users/{user}/postback"), &json!({ "data": "do:shelter.search?place=34.650000,135.600000" })).await?;
    line.send(user, &json!({ "type": "audio", "duration": 1000 })).await?;
    let got = line.received(user, 6).await?;
    assert!(got.iter().all(|entry| entry["via"] == "reply"), "{got:?}");
    assert!(words(&got[0]).contains("自動応答"), "who answers");
    assert!(words(&got[2]).contains("どういたしまして"));
    assert!(words(&got[3]).contains("何をお探しですか"));
    assert!(words(&got[4]).contains("carousel") && words(&got[4]).contains("歩いて約"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn several_events_unknown_kinds_and_redelivery() -> anyhow::Result<()> {
    let counter = counter(MINUTE).await?;
    let line = &counter.line;
    let (a, b) = ("U0000000000000000000000000000000a", "U0000000000000000000000000000000b");
    let events = json!([
        event("E1", a, "t1", json!({ "type": "text", "id": "1", "text": "こんにちは" })),
        event("E2", b, "t2", json!({ "type": "text", "id": "2", "text": "メニュー" })),
        { "type": "telepathy", "webhookEventId": "E3", "source": { "type": "user", "userId": a } },
        { "type": "message" },
        "not even an object",
        event("E4", a, "t4", json!({ "type": "hologram", "id": "9" })),
        event("E5", a, "t5", json!({ "type": "text", "id": "5", "text": "ありがとう" })),
    ]);
    let sent = line.control("webhook", &events).await?;
    assert_eq!(sent["status"], 200, "{sent}");
    assert_eq!(line.received(a, 2).await?.len(), 2);
    line.received(b, 1).await?;
    // The platform sends all of it again: nothing happens. A later message shows that it has been looked at.
    assert_eq!(line.control("webhook", &events).await?["status"], 200);
    line.say(a, "メニュー").await?;
    assert_eq!(line.received(a, 3).await?.len(), 3);
    assert_eq!(line.received_now(b).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_lines_is_refused() -> anyhow::Result<()> {
    let counter = counter(MINUTE).await?;
    let bot = &counter.bot;
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"demo-secret");
    let call = async |city: &str, body: Vec<u8>, signature: Option<String>| {
        let path = format!("/line/{city}/webhook");
        let signature = signature.unwrap_or_default();
        let headers = [("x-line-signature", signature.as_str())];
        let headers: &[(&str, &str)] = if signature.is_empty() { &[] } else { &headers };
        bot.http.send(hyper::Method::POST, &path, headers, body.into()).await.map(|answer| (answer.status, answer.text()))
    };
    let sign = |body: &[u8]| Some(base64(hmac::sign(&key, body).as_ref()));
    let body = br#"{"events":[]}"#.to_vec();
    assert_eq!(call("aoba", body.clone(), sign(&body)).await?.0, 200);
    assert_eq!(call("aoba", body.clone(), None).await?.0, 401);
    let (status, said) = call("aoba", body.clone(), sign(b"other")).await?;
    assert!(status == 401 && said.contains("signature"), "{said}");
    assert_eq!(call("aoba", body.clone(), Some("%%%".into())).await?.0, 401);
    for bad in [&b"not json"[..], b"[]", br#"{"events":7}"#, b"\xff\xfe"] {
        assert_eq!(call("aoba", bad.to_vec(), sign(bad)).await?.0, 400, "{bad:?}");
    }
    assert_eq!(call("nowhere", body.clone(), sign(&body)).await?.0, 404);
    assert_eq!(call("NOT-A-CITY", body.clone(), sign(&body)).await?.0, 404);
    let huge = vec![b' '; 2 << 20];
    assert_eq!(call("aoba", huge.clone(), sign(&huge)).await?.0, 413);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_reply_token_becomes_a_push() -> anyhow::Result<()> {
    let counter = counter(Duration::ZERO).await?;
    let line = &counter.line;
    let user = "U00000000000000000000000000000002";
    line.say(user, "こんにちは").await?;
    let got = line.received(user, 1).await?;
    assert_eq!(got[0]["via"], "push");
    let pushed = line.requests().await?.into_iter().find(|r| r["path"].as_str().is_some_and(|p| p.ends_with("push"))).expect("a push");
    assert!(pushed.to_string().to_lowercase().contains("x-line-retry-key"), "{pushed}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_moments_of_the_platform_cost_no_answer_and_double_none() -> anyhow::Result<()> {
    let counter = counter(MINUTE).await?;
    let line = &counter.line;
    for (n, fault) in [
        json!({ "path": "reply", "status": 429, "times": 2 }),
        json!({ "path": "reply", "status": 500, "times": 2 }),
        // Accepted, but no answer comes: the same token is tried again, and its refusal counts as delivered.
        json!({ "path": "reply", "accept_then_drop": true }),
    ]
    .into_iter()
    .enumerate()
    {
        let user = format!("U000000000000000000000000000001{n:02}");
        line.control("faults", &fault).await?;
        line.say(&user, "こんにちは").await?;
        line.received(&user, 1).await?;
        line.say(&user, "メニュー").await?;
        let got = line.received(&user, 2).await?;
        assert_eq!(got.len(), 2, "{fault}: {got:?}");
        assert!(words(&got[0]).contains("こんにちは") && words(&got[1]).contains("何をお手伝い"), "{got:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_refusal_is_not_tried_again_and_later_messages_go_on() -> anyhow::Result<()> {
    let counter = counter(MINUTE).await?;
    let line = &counter.line;
    let user = "U00000000000000000000000000000003";
    line.control("faults", &json!({ "path": "reply", "status": 403, "times": 1 })).await?;
    line.say(user, "こんにちは").await?;
    line.say(user, "メニュー").await?;
    let got = line.received(user, 1).await?;
    assert!(words(&got[0]).contains("何をお手伝い"), "{got:?}");
    let refused = line.requests().await?.iter().filter(|r| r["status"] == 403).count();
    assert_eq!(refused, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_blocks_us_gets_nothing_until_they_come_back() -> anyhow::Result<()> {
    let counter = counter(MINUTE).await?;
    let line = &counter.line;
    let user = "U00000000000000000000000000000004";
    line.say(user, "こんにちは").await?;
    line.received(user, 1).await?;
    line.control(&format!("users/{user}/unfollow"), &json!({})).await?;
    line.control(&format!("users/{user}/follow"), &json!({})).await?;
    let got = line.received(user, 2).await?;
    assert!(words(&got[1]).contains("何をお手伝い"), "{got:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_allowance_is_kept_for_what_is_urgent() -> anyhow::Result<()> {
    // Tokens that are dead on arrival: everything must be pushed.
    let counter = counter(Duration::ZERO).await?;
    let line = &counter.line;
    line.control("quota", &json!({ "limit": 100, "used": 99 })).await?;
    let (calm, burning) = ("U00000000000000000000000000000005", "U00000000000000000000000000000006");
    line.say(calm, "こんにちは").await?;
    line.say(burning, "火事です、家が燃えています").await?;
    let got = line.received(burning, 1).await?;
    assert!(words(&got[0]).contains("119"), "{got:?}");
    assert!(line.received_now(calm).await?.is_empty(), "held back");
    Ok(())
}
