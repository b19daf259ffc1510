//! A reply in LINE's messages. Built as JSON after LINE's reference and read into the SDK's types, so that whatever
//! the platform would not know fails in our tests and not at the resident's phone.

use super::flex;
use line_bot_sdk_rust::line_messaging_api::models::Message;
use model::{Choice, DateMode, Part, Reply};
use serde_json::{Value, json};

/// LINE's limits: messages a call, quick replies a message, and lengths in UTF-16 units.
const MESSAGES: usize = 5;
const QUICK_REPLIES: usize = 13;
const TEXT: usize = 5_000;
pub(super) const LABEL: usize = 20;
pub(super) const DATA: usize = 300;
pub(super) const ALT_TEXT: usize = 400;

/// The messages of a reply, at most five. Choices of the last part become quick replies; choices before it stay in view
/// as buttons.
pub fn render(reply: &Reply) -> Result<Vec<Message>, serde_json::Error> {
    messages(reply).into_iter().map(serde_json::from_value).collect()
}

/// As rich as it fits: an answer of more than five messages says as text what could be a bubble of its own.
fn messages(reply: &Reply) -> Vec<Value> {
    let rich = joined(bubbles(&reply.parts));
    if rich.len() <= MESSAGES {
        return rich;
    }
    let last = reply.parts.len().saturating_sub(1);
    let parts: Vec<Part<String>> = reply.parts.iter().enumerate().map(|(n, part)| if n == last { part.clone() } else { told(part) }).collect();
    cut_to_five(joined(bubbles(&parts)))
}

/// A part in words alone.
fn told(part: &Part<String>) -> Part<String> {
    let lines = match part {
        Part::Choices { text, choices } => std::iter::once(text.clone()).chain(choices.iter().map(|choice| format!("・{}", choice.label))).collect(),
        Part::Place { text, address, url, .. } => vec![text.clone(), address.clone(), url.clone()],
        Part::Link { text, url, .. } => vec![text.clone(), url.clone()],
        Part::Handoff { text, phone, .. } => vec![text.clone(), phone.clone().unwrap_or_default()],
        Part::Text { .. } | Part::Cards { .. } | Part::Date { .. } | Part::Image { .. } => return part.clone(),
    };
    Part::Text { text: lines.into_iter().filter(|line: &String| !line.trim().is_empty()).collect::<Vec<_>>().join("\n") }
}

fn bubbles(parts: &[Part<String>]) -> Vec<Value> {
    let last = parts.len().saturating_sub(1);
    let mut messages: Vec<Value> = Vec::new();
    for (n, part) in parts.iter().enumerate() {
        match part {
            Part::Text { text } => push_text(&mut messages, text),
            Part::Choices { text, choices } if n == last && choices.iter().all(|c| fits(&c.label, LABEL)) => {
                push_text(&mut messages, text);
                let items: Vec<Value> = choices.iter().take(QUICK_REPLIES).map(quick_reply).collect();
                if let Some(message) = messages.last_mut().filter(|_| !items.is_empty()) {
                    message["quickReply"] = json!({ "items": items });
                }
            }
            Part::Choices { text, choices } => messages.push(flex::choices(text, choices)),
            Part::Cards { text, cards } => {
                push_text(&mut messages, text);
                messages.extend(flex::carousel(text, cards));
            }
            Part::Place { text, address, lat, lng, .. } => messages.push(json!({
                "type": "location", "title": cut(text, 100), "address": cut(non_empty(address, text), 100), "latitude": lat, "longitude": lng,
            })),
            Part::Date { text, mode, min, max } => messages.push(flex::date(text, date_picker(*mode, min, max))),
            Part::Image { text, url } => match url.starts_with("https://") {
                true => messages.push(json!({ "type": "image", "originalContentUrl": url, "previewImageUrl": url })),
                false => push_text(&mut messages, text),
            },
            Part::Link { text, label, url } => messages.push(flex::link(text, label, url)),
            Part::Handoff { text, desk, phone, hours, .. } => messages.push(flex::handoff(text, desk, phone.as_deref(), hours.as_deref())),
        }
    }
    messages
}

/// Neighbouring texts as one, where there would be more than five messages.
fn joined(messages: Vec<Value>) -> Vec<Value> {
    if messages.len() <= MESSAGES {
        return messages;
    }
    let mut joined: Vec<Value> = Vec::new();
    for message in messages {
        let plain = |m: &Value| m["type"] == "text" && m.get("quickReply").is_none();
        if let Some(before) = joined.last_mut().filter(|before| plain(before) && message["type"] == "text") {
            let text = format!("{}\n{}", before["text"].as_str().unwrap_or_default(), message["text"].as_str().unwrap_or_default());
            if fits(&text, TEXT) {
                let mut message = message;
                message["text"] = json!(text);
                *before = message;
                continue;
            }
        }
        joined.push(message);
    }
    joined
}

/// What is still too much is cut; the last message, which asks, stays.
fn cut_to_five(mut messages: Vec<Value>) -> Vec<Value> {
    if messages.len() > MESSAGES {
        let last = messages.pop();
        messages.truncate(MESSAGES - 1);
        messages.extend(last);
    }
    messages
}

fn push_text(messages: &mut Vec<Value>, text: &str) {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let head = prefix(rest, TEXT);
        messages.push(json!({ "type": "text", "text": head }));
        rest = &rest[head.len()..];
    }
}

fn quick_reply(choice: &Choice<String>) -> Value {
    if choice.value == "location" {
        return json!({ "type": "action", "action": { "type": "location", "label": cut(&choice.label, LABEL) } });
    }
    json!({ "type": "action", "action": postback(choice) })
}

pub(super) fn postback(choice: &Choice<String>) -> Value {
    json!({
        "type": "postback",
        "label": cut(&choice.label, LABEL),
        "data": prefix(&choice.value, DATA),
        "displayText": cut(&choice.label, DATA),
    })
}

fn date_picker(mode: DateMode, min: &Option<String>, max: &Option<String>) -> Value {
    let (name, label) = match mode {
        DateMode::Date => ("date", "日にちを選ぶ"),
        DateMode::Time => ("time", "時刻を選ぶ"),
        DateMode::Datetime => ("datetime", "日時を選ぶ"),
    };
    let mut action = json!({ "type": "datetimepicker", "label": label, "data": "picked", "mode": name });
    for (key, bound) in [("min", min), ("max", max)] {
        if let Some(bound) = bound {
            action[key] = json!(bound);
        }
    }
    action
}

pub(super) fn non_empty<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.trim().is_empty() { otherwise } else { text }
}

pub(super) fn fits(text: &str, limit: usize) -> bool {
    text.encode_utf16().count() <= limit
}

/// As much as fits, with … where something was left out.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if fits(text, limit) { text.to_owned() } else { format!("{}…", prefix(text, limit - 1)) }
}

/// The longest beginning of at most `limit` UTF-16 units.
fn prefix(text: &str, limit: usize) -> &str {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > limit {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Action, Card, Lang, Urgency};

    fn reply(parts: Vec<Part<String>>) -> Reply {
        Reply { parts, lang: Lang::Ja, urgency: Urgency::Normal }
    }

    fn choice(label: &str) -> Choice<String> {
        Choice { label: label.into(), value: "menu".into() }
    }

    #[test]
    fn short_choices_are_quick_replies_and_long_ones_stay_readable() {
        let short = messages(&reply(vec![Part::Choices { text: "どれ？".into(), choices: vec![choice("はい"), choice("いいえ")] }]));
        assert_eq!(short[0]["quickReply"]["items"][1]["action"]["label"], "いいえ");
        let long = "国民健康保険の保険料が払えないときは、どうすればよいですか";
        let long_choices = messages(&reply(vec![Part::Choices { text: "どれ？".into(), choices: vec![choice(long)] }]));
        assert_eq!(long_choices[0]["type"], "flex");
        assert!(long_choices[0].to_string().contains(long));
    }

    #[test]
    fn limits_hold_for_oversized_replies() {
        let card = Card { title: "題".repeat(90), subtitle: None, lines: vec!["行".repeat(3_000)], place: None, actions: vec![Action::Link { label: "道順".repeat(20), url: "https://x.example/".into() }] };
        let mut parts = vec![Part::Text { text: "長".repeat(12_000) }; 3];
        parts.push(Part::Cards { text: "札".into(), cards: vec![card; 20] });
        parts.push(Part::Choices { text: "次は".into(), choices: vec![choice("はい"); 30] });
        let reply = reply(parts);
        let values = messages(&reply);
        assert_eq!(values.len(), MESSAGES);
        assert_eq!(values[4]["quickReply"]["items"].as_array().map(Vec::len), Some(QUICK_REPLIES));
        assert!(values.iter().all(|v| fits(v["text"].as_str().unwrap_or_default(), TEXT)));
        render(&reply).expect("the SDK knows all of it");
    }

    #[test]
    fn two_answers_at_once_lose_nothing() {
        let link = Part::Link { text: "くわしくは".into(), label: "開く".into(), url: "https://city.example/a".into() };
        let desk = Part::Handoff { text: "担当です".into(), desk: "環境".into(), phone: Some("06-0000-2100".into()), hours: None, extension: None };
        let offers = Part::Choices { text: "ほかには".into(), choices: vec![choice("粗大ごみの申し込みについて知りたいとき")] };
        let card = Card { title: "中央図書館".into(), subtitle: None, lines: vec!["20時まで".into()], place: None, actions: Vec::new() };
        let parts = vec![
            Part::Text { text: "一つ目の答え".into() }, link, desk, offers,
            Part::Cards { text: "図書館です".into(), cards: vec![card] }, Part::Text { text: "9月1日の情報です".into() },
            Part::Choices { text: "続けますか".into(), choices: vec![choice("はい")] },
        ];
        let values = messages(&reply(parts));
        let all = serde_json::to_string(&values).expect("JSON");
        assert!(values.len() <= MESSAGES, "{} messages", values.len());
        for said in ["一つ目の答え", "https://city.example/a", "06-0000-2100", "粗大ごみの申し込み", "中央図書館", "9月1日の情報", "続けますか"] {
            assert!(all.contains(said), "{said} is lost: {all}");
        }
        assert_eq!(values.last().map(|last| last["quickReply"]["items"].as_array().map(Vec::len)), Some(Some(1)));
    }

    #[test]
    fn nothing_said_is_no_message() {
        assert!(messages(&reply(vec![Part::Text { text: "  ".into() }])).is_empty());
    }
}
