use super::*;
use serde_json::json;

/// The properties that are found wrong, in order.
fn wrong(messages: Value) -> Vec<String> {
    match super::messages(&messages) {
        Ok(()) => Vec::new(),
        Err(refusal) => refusal.body.details.into_iter().map(|detail| detail.property).collect(),
    }
}

fn bubble(contents: Value) -> Value {
    json!([{ "type": "flex", "altText": "a", "contents":
        { "type": "bubble", "body": { "type": "box", "layout": "vertical", "contents": contents } } }])
}

fn quick_reply(action: Value) -> Value {
    json!([{ "type": "text", "text": "a", "quickReply": { "items": [{ "type": "action", "action": action }] } }])
}

#[test]
fn one_to_five_messages() {
    let text = json!({ "type": "text", "text": "a" });
    for (n, expected) in [(0, 1), (1, 0), (5, 0), (6, 1)] {
        assert_eq!(wrong(vec![text.clone(); n].into()).len(), expected, "{n}");
    }
    assert_eq!(wrong(Value::Null), ["messages"]);
    assert_eq!(wrong(json!([{ "type": "poem" }])), ["messages[0].type"]);
}

#[test]
fn texts_are_counted_in_utf16() {
    let text = |text: String| wrong(json!([{ "type": "text", "text": text }]));
    assert!(text("あ".repeat(5_000)).is_empty());
    assert_eq!(text("あ".repeat(5_001)), ["messages[0].text"]);
    assert_eq!(text("🍎".repeat(2_501)), ["messages[0].text"]);
    assert_eq!(text(String::new()), ["messages[0].text"]);
}

#[test]
fn quick_replies() {
    let item = |label: &str| json!({ "type": "action", "action": { "type": "message", "label": label, "text": "a" } });
    let with =
        |n: usize| wrong(json!([{ "type": "text", "text": "a", "quickReply": { "items": vec![item("a"); n] } }]));
    assert!(with(13).is_empty());
    assert_eq!(with(14), ["messages[0].quickReply.items"]);
    let label = |label: String| wrong(quick_reply(json!({ "type": "message", "label": label, "text": "a" })));
    assert!(label("あ".repeat(20)).is_empty());
    assert_eq!(label("あ".repeat(21)), ["messages[0].quickReply.items[0].action.label"]);
    // A family is one character here.
    assert!(label("👨‍👩‍👧".repeat(20)).is_empty());
    assert!(wrong(quick_reply(json!({ "type": "location", "label": "a" }))).is_empty());
}

#[test]
fn postback_data_of_300() {
    let data = |n: usize| wrong(quick_reply(json!({ "type": "postback", "label": "a", "data": "a".repeat(n) })));
    assert!(data(300).is_empty());
    assert_eq!(data(301), ["messages[0].quickReply.items[0].action.data"]);
    assert_eq!(data(0), ["messages[0].quickReply.items[0].action.data"]);
}

#[test]
fn uris() {
    for (uri, fine) in [
        ("https://city.example.jp/a?b=%E3%81%82#c", true),
        ("tel:042-000-0000", true),
        ("tel:", false),
        ("https://", false),
        ("https://city.example.jp/窓口", false),
        ("https://city.example.jp/a b", false),
        ("https://city.example.jp/%zz", false),
        ("javascript:alert(1)", false),
        ("city.example.jp", false),
    ] {
        let found = wrong(quick_reply(json!({ "type": "uri", "label": "a", "uri": uri })));
        assert_eq!(found.is_empty(), fine, "{uri}: {found:?}");
    }
    let image = json!([{ "type": "image", "originalContentUrl": "http://a.example/a.png", "previewImageUrl": "https://a.example/a.png" }]);
    assert_eq!(wrong(image), ["messages[0].originalContentUrl"]);
}

#[test]
fn dates() {
    let date = |mode: &str, min: &str| {
        wrong(quick_reply(json!({ "type": "datetimepicker", "label": "a", "data": "d", "mode": mode, "min": min })))
            .is_empty()
    };
    assert!(date("date", "2026-11-03") && date("time", "09:00") && date("datetime", "2026-11-03T10:00"));
    assert!(!date("date", "2026-13-03") && !date("time", "24:00") && !date("datetime", "2026-11-03"));
    assert!(!date("date", "令和八年十一月三日"));
}

#[test]
fn flex() {
    let fine = json!([
        { "type": "text", "text": "窓口", "weight": "bold", "size": "lg", "color": "#1a2b3c", "wrap": true },
        { "type": "separator", "margin": "md" },
        { "type": "box", "layout": "baseline", "contents": [{ "type": "text", "text": "a", "flex": 2 }] },
        { "type": "button", "action": { "type": "uri", "label": "地図", "uri": "https://maps.example/" } },
    ]);
    assert!(wrong(bubble(fine)).is_empty());
    let at = "messages[0].contents.body.contents[0]";
    for (part, property) in [
        (json!({ "type": "text", "text": "" }), "text"),
        (json!({ "type": "text", "text": "a", "colour": "#000000" }), "colour"),
        (json!({ "type": "text", "text": "a", "color": "red" }), "color"),
        (json!({ "type": "text", "text": "a", "size": "huge" }), "size"),
        (json!({ "type": "button" }), "action"),
        (json!({ "type": "box", "contents": [] }), "layout"),
        (json!({ "type": "image", "url": "a.png" }), "url"),
        (json!({ "type": "span", "text": "a" }), "type"),
    ] {
        assert_eq!(wrong(bubble(json!([part]))), [format!("{at}.{property}")]);
    }
}

#[test]
fn carousels_of_twelve_and_within_their_bytes() {
    let carousel = |n: usize, text: &str| {
        let bubble = json!({ "type": "bubble", "body": { "type": "box", "layout": "vertical",
            "contents": vec![json!({ "type": "text", "text": text }); 3] } });
        wrong(
            json!([{ "type": "flex", "altText": "a", "contents": { "type": "carousel", "contents": vec![bubble; n] } }]),
        )
    };
    assert!(carousel(12, "a").is_empty());
    assert_eq!(carousel(13, "a"), ["messages[0].contents.contents"]);
    assert_eq!(carousel(12, &"あ".repeat(600)), ["messages[0].contents"]);
}

#[test]
fn alt_text_is_needed() {
    let mut message = bubble(json!([{ "type": "text", "text": "a" }]));
    message[0]["altText"] = "あ".repeat(1_500).into();
    assert!(wrong(message.clone()).is_empty());
    message[0]["altText"] = "あ".repeat(1_501).into();
    assert_eq!(wrong(message.clone()), ["messages[0].altText"]);
    message[0]["altText"] = Value::Null;
    assert_eq!(wrong(message), ["messages[0].altText"]);
}

#[test]
fn templates() {
    let action = json!({ "type": "postback", "label": "はい", "data": "yes" });
    let confirm = |n: usize| {
        wrong(json!([{ "type": "template", "altText": "a", "template":
            { "type": "confirm", "text": "a", "actions": vec![action.clone(); n] } }]))
    };
    assert!(confirm(2).is_empty());
    assert_eq!(confirm(3), ["messages[0].template.actions"]);
    let buttons = json!([{ "type": "template", "altText": "a", "template":
        { "type": "buttons", "title": "t", "text": "あ".repeat(61), "actions": [action] } }]);
    assert_eq!(wrong(buttons), ["messages[0].template.text"]);
}
