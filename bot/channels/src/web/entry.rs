//! A message of the conversation as the widget gets it.

use model::Content;
use serde_json::{Value, json};
use store::{Entry, Said};

/// `None` for what is not shown, such as the opening of the session.
pub(super) fn json(entry: &Entry) -> Option<Value> {
    match &entry.said {
        Said::Counter { message, reply } => Some(json!({
            "seq": entry.seq, "from": "bot", "id": message, "at": entry.at.to_rfc3339(), "lang": reply.lang, "parts": reply.parts,
        })),
        Said::Resident { platform_id, content } => {
            let id = platform_id.split_once(':').map_or(platform_id.as_str(), |(_, id)| id);
            let text = shown(content)?;
            Some(json!({ "seq": entry.seq, "from": "resident", "id": id, "at": entry.at.to_rfc3339(), "text": text }))
        }
    }
}

fn shown(content: &Content) -> Option<String> {
    match content {
        Content::Text { text } => Some(text.clone()),
        Content::Postback { value, label } => Some(label.clone().unwrap_or_else(|| value.clone())),
        Content::Location { point, .. } => Some(format!("📍 {:.5}, {:.5}", point.lat, point.lng)),
        _ => None,
    }
}

/// Whether an answer to this is on its way.
pub(super) fn awaits_answer(entry: &Entry) -> bool {
    matches!(&entry.said, Said::Resident { content, .. } if !content.is_from_within())
}
