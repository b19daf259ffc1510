use super::check::{Check, Count};
use super::node::Node;
use super::uri;

/// Where a tap is possible. Labels and kinds differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    QuickReply,
    Template,
    /// The column of an image carousel: the label is optional and short.
    ImageCarousel,
    FlexButton,
    /// A Flex box, text, image or bubble that can be tapped: the label is not shown.
    FlexArea,
}

const KINDS: &[&str] = &["postback", "message", "uri", "datetimepicker", "clipboard"];
const QUICK_REPLY_KINDS: &[&str] =
    &["postback", "message", "uri", "datetimepicker", "clipboard", "camera", "cameraRoll", "location"];

pub fn action(check: &mut Check, action: &Node, place: Place) {
    if !action.value().is_object() {
        return check.fail(action, "must be specified");
    }
    let kind = action.field("type");
    if !check.one_of(&kind, if place == Place::QuickReply { QUICK_REPLY_KINDS } else { KINDS }) {
        return;
    }
    label(check, &action.field("label"), place);
    match kind.text().unwrap_or_default() {
        "postback" => postback(check, action),
        "message" => check.text(&action.field("text"), 300, Count::Grapheme),
        "uri" => uri::opened(check, &action.field("uri")),
        "datetimepicker" => date_time(check, action),
        "clipboard" => check.text(&action.field("clipboardText"), 1_000, Count::Grapheme),
        _ => {}
    }
}

fn label(check: &mut Check, label: &Node, place: Place) {
    match place {
        Place::QuickReply | Place::Template => check.text(label, 20, Count::Grapheme),
        Place::ImageCarousel => check.optional_text(label, 12, Count::Grapheme),
        Place::FlexButton => check.text(label, 40, Count::Grapheme),
        Place::FlexArea => check.optional_text(label, 40, Count::Grapheme),
    }
}

fn postback(check: &mut Check, action: &Node) {
    check.text(&action.field("data"), 300, Count::Utf16);
    let (display, text) = (action.field("displayText"), action.field("text"));
    check.optional_text(&display, 300, Count::Grapheme);
    check.optional_text(&text, 300, Count::Grapheme);
    if display.present() && text.present() {
        check.fail(&text, "displayText and text cannot both be used");
    }
    let option = action.field("inputOption");
    check.optional_one_of(&option, &["closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"]);
    let fill = action.field("fillInText");
    check.optional_text(&fill, 300, Count::Grapheme);
    if fill.present() && option.text() != Some("openKeyboard") {
        check.fail(&fill, "only with inputOption openKeyboard");
    }
}

fn date_time(check: &mut Check, action: &Node) {
    check.text(&action.field("data"), 300, Count::Utf16);
    let mode = action.field("mode");
    if !check.one_of(&mode, &["date", "time", "datetime"]) {
        return;
    }
    let mode = mode.text().unwrap_or_default();
    for name in ["initial", "min", "max"] {
        let bound = action.field(name);
        if bound.present() && !bound.text().is_some_and(|text| is_moment(text, mode)) {
            check.fail(&bound, "invalid date or time format");
        }
    }
    let (min, max) = (action.field("min"), action.field("max"));
    if let (Some(from), Some(to)) = (min.text(), max.text())
        && from.replace('t', "T") >= to.replace('t', "T")
    {
        check.fail(&max, "must be after min");
    }
}

/// `2026-11-03`, `10:00`, or both with a `t` or `T` between them.
fn is_moment(text: &str, mode: &str) -> bool {
    let shape = |text: &str, pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(b, p)| if p == b'0' { b.is_ascii_digit() } else { b == p })
    };
    let date = |text: &str| shape(text, "0000-00-00") && text[5..7] <= *"12" && text[8..] <= *"31";
    let time = |text: &str| shape(text, "00:00") && text[..2] <= *"23" && text[3..] <= *"59";
    match mode {
        "date" => date(text),
        "time" => time(text),
        _ => text.split_once(['t', 'T']).is_some_and(|(day, hour)| date(day) && time(hour)),
    }
}
