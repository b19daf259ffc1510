//! Webhook events into the model. Read tolerantly, one by one: an unknown kind or a missing field must not cost the
//! other events of the call.

use chrono::{DateTime, TimeDelta, Utc};
use model::{Channel, CityId, Content, Inbound, Media, Point, Private, ReplyToken};
use serde_json::Value;

/// LINE lets a reply token be used for a minute; five seconds are left for the way.
const REPLY_TOKEN_LIFE: TimeDelta = TimeDelta::seconds(55);
/// Longer texts than LINE itself allows are cut.
const LONGEST: usize = 5_000;

/// `None` for what is no message to the counter: groups, standby mode, kinds without meaning here, broken events.
pub fn read(city: &CityId, event: &Value, now: DateTime<Utc>) -> Option<Inbound> {
    let text = |path: &str| event.pointer(path).and_then(Value::as_str);
    // In standby another module of the same account is talking to the resident.
    if text("/mode") == Some("standby") {
        return None;
    }
    if text("/source/type").is_some_and(|kind| kind != "user") {
        return None;
    }
    let account = text("/source/userId")?.to_owned();
    let content = content(event, text("/type")?)?;
    let platform_id = text("/webhookEventId").map(str::to_owned).or_else(|| text("/message/id").map(|id| format!("message:{id}")))?;
    let reply_token = text("/replyToken")
        .filter(|token| !token.is_empty())
        .map(|token| ReplyToken { token: token.to_owned(), expires_at: now + REPLY_TOKEN_LIFE });
    Some(Inbound { city: city.clone(), channel: Channel::Line, account: Private(account), platform_id, at: now, content, reply_token })
}

fn content(event: &Value, kind: &str) -> Option<Content> {
    Some(match kind {
        "message" => message(event.get("message")?)?,
        "postback" => postback(event.get("postback")?)?,
        "follow" => Content::Follow,
        "unfollow" => Content::Unfollow,
        // Accepted and ignored, but for what a resident said: account links, beacons, videos watched ...
        _ => return None,
    })
}

fn message(message: &Value) -> Option<Content> {
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let id = || text("id").unwrap_or_default().to_owned();
    Some(match text("type")? {
        "text" => Content::Text { text: text("text")?.chars().take(LONGEST).collect() },
        "sticker" => Content::Sticker {
            keywords: message
                .get("keywords")
                .and_then(Value::as_array)
                .map(|words| words.iter().filter_map(Value::as_str).map(str::to_owned).collect())
                .unwrap_or_default(),
        },
        "location" => {
            let number = |name: &str| message.get(name).and_then(Value::as_f64);
            match Point::new(number("latitude")?, number("longitude")?) {
                Some(point) => Content::Location {
                    point,
                    title: text("title").map(str::to_owned),
                    address: text("address").map(str::to_owned),
                },
                None => Content::Unknown { kind: "location".to_owned() },
            }
        }
        "image" => Content::Media { media: Media::Image, id: id() },
        "video" => Content::Media { media: Media::Video, id: id() },
        "audio" => Content::Media { media: Media::Audio, id: id() },
        "file" => Content::Media { media: Media::File, id: id() },
        other => Content::Unknown { kind: other.chars().take(40).collect() },
    })
}

fn postback(postback: &Value) -> Option<Content> {
    let data = postback.get("data").and_then(Value::as_str)?;
    let picked = ["datetime", "date", "time"].iter().find_map(|name| postback.pointer(&format!("/params/{name}")).and_then(Value::as_str));
    Some(match picked {
        // An answer from the date picker is read like one that was typed.
        Some(picked) => Content::Text { text: picked.to_owned() },
        None => Content::Postback { value: data.to_owned(), label: None },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read_json(event: Value) -> Option<Inbound> {
        read(&"aoba".parse().expect("an id"), &event, DateTime::UNIX_EPOCH)
    }

    fn event(kind: &str, rest: Value) -> Value {
        let mut event = json!({ "type": kind, "webhookEventId": "01H", "source": { "type": "user", "userId": "U1" }, "replyToken": "t" });
        event.as_object_mut().expect("an object").extend(rest.as_object().expect("an object").clone());
        event
    }

    #[test]
    fn messages_of_every_kind() {
        let content = |message: Value| read_json(event("message", json!({ "message": message }))).map(|inbound| inbound.content);
        assert_eq!(content(json!({ "type": "text", "id": "1", "text": "やあ" })), Some(Content::Text { text: "やあ".into() }));
        assert_eq!(content(json!({ "type": "image", "id": "7" })), Some(Content::Media { media: Media::Image, id: "7".into() }));
        assert_eq!(content(json!({ "type": "hologram", "id": "7" })), Some(Content::Unknown { kind: "hologram".into() }));
        assert!(matches!(content(json!({ "type": "location", "latitude": 34.6, "longitude": 135.6 })), Some(Content::Location { .. })));
    }

    #[test]
    fn broken_and_foreign_events_are_left_out() {
        assert!(read_json(json!({})).is_none());
        assert!(read_json(json!({ "type": "message" })).is_none());
        assert!(read_json(event("message", json!({ "message": { "type": "text" } }))).is_none());
        assert!(read_json(event("message", json!({ "message": { "type": "text", "text": "x" }, "source": { "type": "group", "groupId": "C" } }))).is_none());
        assert!(read_json(event("beacon", json!({}))).is_none());
        assert!(read_json(event("message", json!({ "message": { "type": "text", "text": "x" }, "mode": "standby" }))).is_none());
    }

    #[test]
    fn a_picked_date_is_words() {
        let picked = event("postback", json!({ "postback": { "data": "date", "params": { "date": "2026-12-01" } } }));
        assert_eq!(read_json(picked).map(|i| i.content), Some(Content::Text { text: "2026-12-01".into() }));
    }
}
