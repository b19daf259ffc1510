//! Flex messages: cards, long choices, links, the way to a person. Large text, strong contrast, few colours.

use super::render::{ALT_TEXT, DATA, LABEL, cut, non_empty, postback};
use model::{Action, Card, Choice};
use serde_json::{Value, json};

/// Bubbles of a carousel, and lines of a card that stay readable.
const BUBBLES: usize = 12;
const LINES: usize = 10;
const INK: &str = "#1F2933";
const SOFT: &str = "#52606D";
const ACCENT: &str = "#0B5CAD";

fn flex(alt: &str, contents: Value) -> Value {
    json!({ "type": "flex", "altText": cut(non_empty(alt, "ご案内"), ALT_TEXT), "contents": contents })
}

fn text(words: &str, size: &str, color: &str) -> Value {
    json!({ "type": "text", "text": non_empty(words, "―"), "size": size, "color": color, "wrap": true })
}

fn bold(words: &str, size: &str) -> Value {
    let mut text = text(words, size, INK);
    text["weight"] = json!("bold");
    text
}

fn vertical(contents: Vec<Value>) -> Value {
    json!({ "type": "box", "layout": "vertical", "spacing": "sm", "contents": contents })
}

fn button(action: Value, primary: bool) -> Value {
    let mut button = json!({ "type": "button", "action": action, "height": "sm", "style": if primary { "primary" } else { "secondary" } });
    if primary {
        button["color"] = json!(ACCENT);
    }
    button
}

fn uri(label: &str, url: &str) -> Value {
    json!({ "type": "uri", "label": cut(label, LABEL), "uri": url })
}

/// A link that LINE takes: https or tel, and not too long.
fn sound(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("tel:")) && url.len() <= 1_000 && url.is_ascii()
}

pub fn carousel(alt: &str, cards: &[Card<String>]) -> Option<Value> {
    let bubbles: Vec<Value> = cards.iter().take(BUBBLES).map(bubble).collect();
    match bubbles.len() {
        0 => None,
        1 => bubbles.into_iter().next().map(|bubble| flex(alt, bubble)),
        _ => Some(flex(alt, json!({ "type": "carousel", "contents": bubbles }))),
    }
}

fn bubble(card: &Card<String>) -> Value {
    let mut body = vec![bold(&cut(&card.title, 200), "lg")];
    body.extend(card.subtitle.as_ref().map(|subtitle| text(&cut(subtitle, 200), "sm", SOFT)));
    body.extend(card.lines.iter().take(LINES).map(|line| text(&cut(line, 500), "md", INK)));
    body.extend(card.place.as_ref().filter(|place| !place.address.is_empty()).map(|place| text(&cut(&place.address, 200), "sm", SOFT)));
    let mut bubble = json!({ "type": "bubble", "body": vertical(body) });
    let buttons: Vec<Value> = card.actions.iter().take(3).enumerate().filter_map(|(n, action)| action_button(action, n == 0)).collect();
    if !buttons.is_empty() {
        bubble["footer"] = vertical(buttons);
    }
    bubble
}

fn action_button(action: &Action<String>, primary: bool) -> Option<Value> {
    match action {
        Action::Link { label, url } => sound(url).then(|| button(uri(label, url), primary)),
        Action::Postback { label, value } => Some(button(postback(&Choice { label: label.clone(), value: value.clone() }), primary)),
    }
}

/// Choices whose labels are too long for quick replies, or that are not the last part: one below the other, in full.
pub fn choices(question: &str, choices: &[Choice<String>]) -> Value {
    let mut body = vec![bold(question, "md")];
    body.extend(choices.iter().filter(|choice| choice.value != "location").take(13).map(|choice| {
        json!({
            "type": "box", "layout": "vertical", "paddingAll": "12px", "cornerRadius": "8px", "borderWidth": "1px", "borderColor": ACCENT,
            "contents": [text(&cut(&choice.label, DATA), "md", ACCENT)],
            "action": postback(choice),
        })
    }));
    flex(question, json!({ "type": "bubble", "body": vertical(body) }))
}

pub fn date(question: &str, picker: Value) -> Value {
    flex(question, json!({ "type": "bubble", "body": vertical(vec![text(question, "md", INK)]), "footer": vertical(vec![button(picker, true)]) }))
}

pub fn link(words: &str, label: &str, url: &str) -> Value {
    let mut bubble = json!({ "type": "bubble", "body": vertical(vec![text(non_empty(words, label), "md", INK)]) });
    if sound(url) {
        bubble["footer"] = vertical(vec![button(uri(label, url), true)]);
    }
    flex(non_empty(words, label), bubble)
}

pub fn handoff(words: &str, desk: &str, phone: Option<&str>, hours: Option<&str>) -> Value {
    let mut body = vec![bold(non_empty(desk, "職員"), "lg"), text(words, "md", INK)];
    body.extend(hours.filter(|hours| !hours.is_empty()).map(|hours| text(hours, "sm", SOFT)));
    let mut bubble = json!({ "type": "bubble", "body": vertical(body) });
    if let Some(phone) = phone.filter(|phone| !phone.is_empty()) {
        let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        bubble["footer"] = vertical(vec![button(uri(&format!("☎ {phone}"), &format!("tel:{digits}")), true)]);
    }
    flex(words, bubble)
}
