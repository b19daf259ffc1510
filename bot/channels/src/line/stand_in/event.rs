use super::StandIn;
use serde_json::{Value, json};

/// What a message event says besides what the sender gave. `None` for a type that users cannot send.
pub fn message_content(stand_in: &StandIn, given: &Value) -> Option<Value> {
    let ids = &stand_in.0.ids;
    let mut message = given.clone();
    let content = message.as_object_mut()?;
    let defaults = match content.get("type")?.as_str()? {
        "text" => json!({ "text": "", "quoteToken": ids.token() }),
        "sticker" => json!({
            "packageId": "446",
            "stickerId": "1988",
            "stickerResourceType": "STATIC",
            "quoteToken": ids.token(),
        }),
        "image" => json!({ "contentProvider": { "type": "line" }, "quoteToken": ids.token() }),
        "video" => json!({ "contentProvider": { "type": "line" }, "duration": 1_000, "quoteToken": ids.token() }),
        "audio" => json!({ "contentProvider": { "type": "line" }, "duration": 1_000 }),
        "file" => json!({ "fileName": "file.pdf", "fileSize": 1_000 }),
        "location" => json!({ "latitude": 35.6895, "longitude": 139.6917 }),
        _ => return None,
    };
    content.entry("id").or_insert_with(|| ids.message().into());
    if let Value::Object(defaults) = defaults {
        for (name, value) in defaults {
            content.entry(name).or_insert(value);
        }
    }
    Some(message)
}

/// An event of `user`, with everything that all kinds share. `specific` holds the rest, `type` included.
/// Events that can be answered get a fresh reply token.
pub fn event(stand_in: &StandIn, user: &str, specific: Value) -> Value {
    let now = stand_in.now_ms();
    let mut event = json!({
        "mode": "active",
        "timestamp": now,
        "source": { "type": "user", "userId": user },
        "webhookEventId": stand_in.0.ids.webhook_event(now),
        "deliveryContext": { "isRedelivery": false },
    });
    if specific["type"] != "unfollow" {
        event["replyToken"] = stand_in.0.ids.token().into();
    }
    if let (Some(event), Value::Object(specific)) = (event.as_object_mut(), specific) {
        event.extend(specific);
    }
    event
}
