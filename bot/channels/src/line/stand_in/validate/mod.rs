//! Refuses what the platform refuses, so that a message which passes here would be delivered by LINE.
//!
//! Limits are those of the Messaging API reference; the wording of `details` follows the platform where it is
//! known and says the same in our words elsewhere.

mod action;
mod check;
mod flex;
mod flex_part;
mod node;
mod template;
mod uri;

use super::refusal::Refusal;
use check::{Check, Count};
use node::Node;
use serde_json::Value;

const TYPES: &[&str] =
    &["text", "textV2", "sticker", "image", "video", "audio", "location", "imagemap", "template", "flex", "coupon"];

/// `messages` of a reply, push or multicast: one to five message objects.
pub fn messages(messages: &Value) -> Result<(), Refusal> {
    let root = Node::root("messages", messages);
    let mut check = Check::default();
    if check.size(&root, 1, 5) {
        for one in root.items() {
            message(&mut check, &one);
        }
    }
    check.finish()
}

fn message(check: &mut Check, message: &Node) {
    let kind = message.field("type");
    if !check.one_of(&kind, TYPES) {
        return;
    }
    match kind.text().unwrap_or_default() {
        "text" | "textV2" => check.text(&message.field("text"), 5_000, Count::Utf16),
        "sticker" => {
            check.text(&message.field("packageId"), 20, Count::Utf16);
            check.text(&message.field("stickerId"), 20, Count::Utf16);
        }
        "image" | "video" => {
            uri::resource(check, &message.field("originalContentUrl"));
            uri::resource(check, &message.field("previewImageUrl"));
        }
        "audio" => {
            uri::resource(check, &message.field("originalContentUrl"));
            check.number(&message.field("duration"), 0.0, f64::MAX);
        }
        "location" => {
            check.text(&message.field("title"), 100, Count::Utf16);
            check.text(&message.field("address"), 100, Count::Utf16);
            check.number(&message.field("latitude"), -90.0, 90.0);
            check.number(&message.field("longitude"), -180.0, 180.0);
        }
        "flex" => {
            alt_text(check, message);
            flex::container(check, &message.field("contents"));
        }
        "template" => {
            alt_text(check, message);
            template::template(check, &message.field("template"));
        }
        "imagemap" => alt_text(check, message),
        _ => {}
    }
    let quick_reply = message.field("quickReply");
    if quick_reply.present() {
        quick_replies(check, &quick_reply.field("items"));
    }
    let sender = message.field("sender");
    check.optional_text(&sender.field("name"), 20, Count::Utf16);
}

/// 400 characters until 2025, 1,500 since.
fn alt_text(check: &mut Check, message: &Node) {
    check.text(&message.field("altText"), 1_500, Count::Utf16);
}

fn quick_replies(check: &mut Check, items: &Node) {
    if !check.size(items, 1, 13) {
        return;
    }
    for item in items.items() {
        check.one_of(&item.field("type"), &["action"]);
        let icon = item.field("imageUrl");
        if icon.present() {
            uri::resource(check, &icon);
        }
        action::action(check, &item.field("action"), action::Place::QuickReply);
    }
}

#[cfg(test)]
mod tests;
