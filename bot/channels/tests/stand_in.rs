//! The stand-in of LINE over real sockets: what a bot, and whoever plays the resident, see of it.

mod stand_in_harness;

use model::ManualClock;
use serde_json::{Value, json};
use stand_in_harness::{ALICE, BOB, Harness, SECRET, text};
use std::time::Duration;

#[tokio::test]
async fn webhooks_are_signed_and_of_the_right_shape() {
    let h = Harness::start().await;
    let told = h.post("/_stand_in/users/{alice}/send", text("ごみの日は?")).await;
    assert_eq!((told.status, &told.body["status"]), (200, &json!(200)));

    let received = h.bot.received();
    assert_eq!(received.len(), 1);
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = base64_decode(&received[0].signature);
    aws_lc_rs::hmac::verify(&key, &received[0].body, &signature).expect("the signature fits the body");

    let body: Value = serde_json::from_slice(&received[0].body).unwrap();
    assert_eq!(body["destination"], channels::line::stand_in::BOT_USER_ID);
    let event = &body["events"][0];
    assert_eq!(event["type"], "message");
    assert_eq!(event["mode"], "active");
    assert_eq!(event["source"], json!({ "type": "user", "userId": ALICE }));
    assert_eq!(event["deliveryContext"], json!({ "isRedelivery": false }));
    assert_eq!(event["message"]["text"], "ごみの日は?");
    assert!(event["message"]["id"].is_string() && event["message"]["quoteToken"].is_string());
    assert!(event["timestamp"].is_i64());
    assert_eq!(event["webhookEventId"].as_str().unwrap().len(), 26);
    assert_eq!(event["webhookEventId"], told.body["webhookEventId"]);
    assert_eq!(event["replyToken"], told.body["replyToken"]);
}

#[tokio::test]
async fn a_reply_token_is_good_once() {
    let h = Harness::start().await;
    let token = h.token().await;
    let first = h.api("reply", json!({ "replyToken": token, "messages": [text("はい")] })).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.body["sentMessages"].as_array().unwrap().len(), 1);
    assert!(first.header("x-line-request-id").is_some());
    for token in [token.as_str(), "never given"] {
        let again = h.api("reply", json!({ "replyToken": token, "messages": [text("はい")] })).await;
        assert_eq!((again.status, again.body), (400, json!({ "message": "Invalid reply token" })));
    }
    assert_eq!(h.vias(ALICE).await, ["user", "reply"]);
}

#[tokio::test]
async fn a_reply_token_ages_and_a_redelivery_renews_it() {
    let clock = ManualClock::at(chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let h = Harness::with_clock(clock).await;
    let late = h.token().await;
    h.clock.advance(chrono::TimeDelta::seconds(60));
    assert_eq!(h.api("reply", json!({ "replyToken": late, "messages": [text("a")] })).await.status, 400);

    let told = h.post("/_stand_in/users/{alice}/send", text("b")).await.body;
    h.clock.advance(chrono::TimeDelta::seconds(90));
    h.post(&format!("/_stand_in/redeliver/{}", told["webhookEventId"].as_str().unwrap()), json!({})).await;
    h.clock.advance(chrono::TimeDelta::seconds(59));
    let reply = json!({ "replyToken": told["replyToken"], "messages": [text("b")] });
    assert_eq!(h.api("reply", reply).await.status, 200);
}

#[tokio::test]
async fn a_refused_reply_does_not_use_its_token() {
    let h = Harness::start().await;
    let token = h.token().await;
    let refused = h.api("reply", json!({ "replyToken": token, "messages": [text("")] })).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body["message"], "The request body has 1 error(s)");
    assert_eq!(refused.body["details"], json!([{ "message": "May not be empty", "property": "messages[0].text" }]));
    assert_eq!(h.api("reply", json!({ "replyToken": token, "messages": [text("a")] })).await.status, 200);
}

#[tokio::test]
async fn without_the_access_token_nothing_works() {
    let h = Harness::start().await;
    let refused = h.call("POST", "/v2/bot/message/push", &[], json!({ "to": ALICE, "messages": [text("a")] })).await;
    assert_eq!(refused.status, 401);
    let wrong = [("authorization", "Bearer something")];
    assert_eq!(h.call("GET", "/v2/bot/info", &wrong, Value::Null).await.status, 401);
    assert!(h.vias(ALICE).await.is_empty());
}

#[tokio::test]
async fn a_retry_key_is_executed_once() {
    let h = Harness::start().await;
    let key = "123e4567-e89b-12d3-a456-426614174000";
    let push = json!({ "to": ALICE, "messages": [text("お知らせ")] });
    let first = h.push_with_key(key, push.clone()).await;
    let second = h.push_with_key(key, push.clone()).await;
    assert_eq!((first.status, second.status), (200, 409));
    assert_eq!(second.header("x-line-accepted-request-id"), first.header("x-line-request-id"));
    assert_ne!(second.header("x-line-request-id"), first.header("x-line-request-id"));
    assert_eq!(second.body["sentMessages"], first.body["sentMessages"]);
    assert_eq!(h.vias(ALICE).await, ["push"]);
    assert_eq!(h.push_with_key("not-a-uuid", push.clone()).await.status, 400);
    assert_eq!(h.push_with_key("123e4567-e89b-12d3-a456-426614174001", push).await.status, 200);
}

#[tokio::test]
async fn a_reply_takes_no_retry_key() {
    let h = Harness::start().await;
    let reply = json!({ "replyToken": h.token().await, "messages": [text("a")] });
    assert_eq!(
        h.api_with("reply", &[("x-line-retry-key", "123e4567-e89b-12d3-a456-426614174000")], reply).await.status,
        400
    );
}

#[tokio::test]
async fn the_quota_counts_people_reached_and_ends() {
    let h = Harness::start().await;
    assert_eq!(h.get_api("quota").await.body, json!({ "type": "none" }));
    h.post("/_stand_in/quota", json!({ "limit": 3, "used": 1 })).await;
    assert_eq!(h.get_api("quota").await.body, json!({ "type": "limited", "value": 3 }));

    let multicast = json!({ "to": [ALICE, BOB], "messages": [text("a"), text("b")] });
    assert_eq!(h.api("multicast", multicast.clone()).await.status, 200);
    assert_eq!(h.get_api("quota/consumption").await.body, json!({ "totalUsage": 3 }));
    let over = h.api("push", json!({ "to": ALICE, "messages": [text("c")] })).await;
    assert_eq!((over.status, over.body), (429, json!({ "message": "You have reached your monthly limit." })));
    // Replies are free.
    let reply = json!({ "replyToken": h.token().await, "messages": [text("d")] });
    assert_eq!(h.api("reply", reply).await.status, 200);
    assert_eq!(h.vias(BOB).await, ["multicast"]);
}

#[tokio::test]
async fn who_blocked_the_account_gets_nothing() {
    let h = Harness::start().await;
    h.post("/_stand_in/users/{alice}/unfollow", json!({})).await;
    h.post("/_stand_in/quota", json!({ "limit": 10, "used": 0 })).await;
    assert_eq!(h.api("push", json!({ "to": ALICE, "messages": [text("a")] })).await.status, 200);
    assert_eq!(h.vias(ALICE).await, ["user"]);
    assert_eq!(h.get_api("quota/consumption").await.body, json!({ "totalUsage": 0 }));
    assert_eq!(h.call_api("GET", &format!("/v2/bot/profile/{ALICE}"), &[], Value::Null).await.status, 404);
    assert_eq!(h.post("/_stand_in/users/{alice}/send", text("a")).await.status, 409);

    h.post("/_stand_in/users/{alice}/follow", json!({})).await;
    let events = h.bot.events();
    assert_eq!(events[0]["type"], "unfollow");
    assert!(events[0].get("replyToken").is_none());
    assert_eq!(events[1]["follow"], json!({ "isUnblocked": true }));
    let profile = h.call_api("GET", &format!("/v2/bot/profile/{ALICE}"), &[], Value::Null).await;
    assert_eq!((profile.status, &profile.body["userId"]), (200, &json!(ALICE)));
}

#[tokio::test]
async fn a_redelivery_is_the_same_event() {
    let h = Harness::start().await;
    h.bot.answer_with(500);
    let told = h.post("/_stand_in/users/{alice}/send", text("a")).await.body;
    assert_eq!(told["status"], 500);
    h.bot.answer_with(200);
    let path = format!("/_stand_in/redeliver/{}", told["webhookEventId"].as_str().unwrap());
    let again = h.post(&path, json!({})).await.body;
    assert_eq!((&again["status"], &again["webhookEventId"]), (&json!(200), &told["webhookEventId"]));

    let mut events = h.bot.events();
    assert_eq!(events[1]["deliveryContext"], json!({ "isRedelivery": true }));
    events[1]["deliveryContext"] = json!({ "isRedelivery": false });
    assert_eq!(events[0], events[1]);
    assert_eq!(h.post("/_stand_in/redeliver/unknown", json!({})).await.status, 404);
}

#[tokio::test]
async fn events_as_given() {
    let h = Harness::start().await;
    let event = |n: u32| {
        json!({ "type": "postback", "mode": "active", "timestamp": 1, "webhookEventId": format!("E{n}"),
        "source": { "type": "user", "userId": ALICE }, "replyToken": format!("T{n}"),
        "deliveryContext": { "isRedelivery": false }, "postback": { "data": "menu" } })
    };
    let events = json!([event(1), event(2)]);
    assert_eq!(h.post("/_stand_in/webhook", events.clone()).await.body["status"], 200);
    assert_eq!((h.bot.received().len(), json!(h.bot.events())), (1, events));
    assert_eq!(h.api("reply", json!({ "replyToken": "T2", "messages": [text("a")] })).await.status, 200);
    // An empty body of events is how the platform tries a webhook out.
    assert_eq!(h.post("/_stand_in/webhook", json!([])).await.body["status"], 200);
}

#[tokio::test]
async fn faults_are_met_as_often_as_asked() {
    let h = Harness::start().await;
    let push = || h.api("push", json!({ "to": ALICE, "messages": [text("a")] }));
    h.post("/_stand_in/faults", json!({ "path": "push", "status": 429, "times": 2, "retry_after": 7 })).await;
    h.post("/_stand_in/faults", json!({ "path": "push", "status": 500 })).await;
    for _ in 0..2 {
        let refused = push().await;
        assert_eq!((refused.status, refused.header("retry-after").as_deref()), (429, Some("7")));
    }
    assert_eq!(h.api("multicast", json!({ "to": [BOB], "messages": [text("a")] })).await.status, 200);
    assert_eq!((push().await.status, push().await.status), (500, 200));
    assert_eq!(h.vias(ALICE).await, ["push"]);
}

#[tokio::test]
async fn accepted_but_the_answer_is_lost() {
    let h = Harness::start().await;
    let key = "123e4567-e89b-12d3-a456-426614174000";
    let push = json!({ "to": ALICE, "messages": [text("避難指示")] });
    h.post("/_stand_in/faults", json!({ "path": "push", "accept_then_drop": true })).await;
    assert_eq!(h.push_with_key(key, push.clone()).await.status, 0);
    assert_eq!(h.vias(ALICE).await, ["push"]);
    assert_eq!(h.push_with_key(key, push).await.status, 409);
    assert_eq!(h.vias(ALICE).await, ["push"]);

    let log = h.get("/_stand_in/requests").await.body;
    assert_eq!((&log[0]["path"], &log[0]["dropped"]), (&json!("/v2/bot/message/push"), &json!(true)));
    assert_eq!((&log[0]["headers"]["x-line-retry-key"], &log[1]["status"]), (&json!(key), &json!(409)));
    assert!(log[0]["headers"].get("authorization").is_none());
    assert_eq!(log[0]["body"]["messages"][0]["text"], "避難指示");
    assert_eq!(h.call("DELETE", "/_stand_in/requests", &[], Value::Null).await.status, 204);
    assert_eq!(h.get("/_stand_in/requests").await.body, json!([]));
}

#[tokio::test]
async fn a_long_poll_ends_with_the_message() {
    let h = Harness::start().await;
    let path = format!("/_stand_in/users/{ALICE}/messages?after=0&wait_ms=20000");
    let (page, pushed) = tokio::join!(h.get(&path), async {
        // The poll is under way when the message comes, or comes second: both must end it.
        tokio::task::yield_now().await;
        h.api("push", json!({ "to": ALICE, "messages": [text("a")] })).await
    });
    assert_eq!(pushed.status, 200);
    assert_eq!(page.body["entries"][0]["messages"], json!([text("a")]));
    assert_eq!((&page.body["entries"][0]["n"], &page.body["last"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn who_remembers_an_earlier_stand_in_does_not_wait() {
    let h = Harness::start().await;
    let path = format!("/_stand_in/users/{ALICE}/messages?after=7&wait_ms=20000");
    let page = tokio::time::timeout(Duration::from_secs(10), h.get(&path)).await.expect("does not wait");
    assert_eq!(page.body["last"], 0);
}

#[tokio::test]
async fn the_loading_animation_is_seen_until_a_message_comes() {
    let h = Harness::start().await;
    let start = |seconds: i64| {
        h.call_api("POST", "/v2/bot/chat/loading/start", &[], json!({ "chatId": ALICE, "loadingSeconds": seconds }))
    };
    assert_eq!((start(7).await.status, start(10).await.status), (400, 202));
    let typing = || h.get("/_stand_in/users/{alice}/messages?typing=0&wait_ms=20000");
    let page = typing().await.body;
    assert!(page["typing"]["until"].as_i64() > page["now"].as_i64());
    h.api("push", json!({ "to": ALICE, "messages": [text("a")] })).await;
    assert_eq!(typing().await.body["typing"]["until"], 0);
}

#[tokio::test]
async fn a_photo_comes_back_as_it_was_sent() {
    let h = Harness::start().await;
    let told = h.raw("POST", "/_stand_in/users/{alice}/photo", "image/jpeg", b"\xff\xd8 bytes").await;
    assert_eq!(h.bot.events()[0]["message"]["contentProvider"], json!({ "type": "line" }));
    let id = told.body["messageId"].as_str().unwrap().to_owned();
    let photo = h.call_api("GET", &format!("/v2/bot/message/{id}/content"), &[], Value::Null).await;
    assert_eq!((photo.status, photo.header("content-type").as_deref()), (200, Some("image/jpeg")));
    assert_eq!(&photo.bytes[..], b"\xff\xd8 bytes");
    assert_eq!(h.raw("POST", "/_stand_in/users/{alice}/photo", "text/html", b"<p>").await.status, 415);
    assert_eq!(h.call_api("GET", "/v2/bot/message/1/content", &[], Value::Null).await.status, 404);
}

#[tokio::test]
async fn ids_that_the_platform_does_not_know_are_refused() {
    let h = Harness::start().await;
    assert_eq!(h.post("/_stand_in/users/alice/send", text("a")).await.status, 400);
    let refused = h.api("push", json!({ "to": "alice", "messages": [text("a")] })).await;
    assert_eq!(refused.body["message"], "The property, 'to', in the request body is invalid (line: -, column: -)");
    assert_eq!(h.post("/_stand_in/users/{alice}/send", json!({ "type": "flex" })).await.status, 400);
}

#[tokio::test]
async fn a_bot_that_is_down_is_told_about() {
    let h = Harness::start().await;
    h.bot.stop();
    let told = tokio::time::timeout(
        Duration::from_secs(20),
        h.post("/_stand_in/users/{alice}/postback", json!({ "data": "menu", "displayText": "メニュー" })),
    );
    let told = told.await.expect("does not hang").body;
    assert_eq!(told["status"], 0);
    assert!(told["error"].is_string());
}

/// Enough for a signature.
fn base64_decode(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter(|b| *b != b'=').map(|b| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        _ => 63,
    });
    let bits: Vec<u8> = digits.flat_map(|digit| (0..6).rev().map(move |n| (digit >> n) & 1)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
}
