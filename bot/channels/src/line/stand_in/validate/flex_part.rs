use super::action::{Place, action};
use super::check::{Check, Count};
use super::node::Node;
use super::uri;

const PLACED: &[&str] =
    &["type", "flex", "margin", "position", "offsetTop", "offsetBottom", "offsetStart", "offsetEnd"];
const BOX: &[&str] = &[
    "layout",
    "contents",
    "backgroundColor",
    "borderColor",
    "borderWidth",
    "cornerRadius",
    "width",
    "minWidth",
    "maxWidth",
    "height",
    "minHeight",
    "maxHeight",
    "spacing",
    "paddingAll",
    "paddingTop",
    "paddingBottom",
    "paddingStart",
    "paddingEnd",
    "action",
    "justifyContent",
    "alignItems",
    "background",
];
const TEXT: &[&str] = &[
    "text",
    "contents",
    "adjustMode",
    "size",
    "align",
    "gravity",
    "wrap",
    "lineSpacing",
    "maxLines",
    "weight",
    "color",
    "action",
    "style",
    "decoration",
    "scaling",
];
const SPAN: &[&str] = &["type", "text", "color", "size", "weight", "style", "decoration"];
const BUTTON: &[&str] = &["action", "height", "style", "color", "gravity", "adjustMode", "scaling"];
const IMAGE: &[&str] = &[
    "url",
    "align",
    "gravity",
    "size",
    "aspectRatio",
    "aspectMode",
    "backgroundColor",
    "action",
    "animated",
    "scaling",
];
const SIZES: &[&str] = &["xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl", "full"];
const SPACES: &[&str] = &["none", "xs", "sm", "md", "lg", "xl", "xxl"];

/// One component and everything in it. `layout` is that of the box around it.
pub fn component(check: &mut Check, part: &Node, layout: Option<&str>) {
    let kind = part.field("type");
    let allowed: &[&str] = match layout {
        Some("baseline") => &["text", "icon", "filler"],
        _ => &["box", "button", "image", "video", "text", "separator", "filler"],
    };
    if !check.one_of(&kind, allowed) {
        return;
    }
    one_size(check, &part.field("margin"), SPACES);
    match kind.text().unwrap_or_default() {
        "box" => container(check, part),
        "text" => text(check, part),
        "button" => button(check, part),
        "image" => image(check, part),
        "icon" => uri::resource(check, &part.field("url")),
        "video" => {
            uri::resource(check, &part.field("url"));
            uri::resource(check, &part.field("previewUrl"));
            component(check, &part.field("altContent"), None);
        }
        "separator" => {
            check.known(part, &[&["type", "margin", "color"]]);
            color(check, &part.field("color"));
        }
        _ => check.known(part, &[&["type", "flex"]]),
    }
}

fn container(check: &mut Check, part: &Node) {
    check.known(part, &[PLACED, BOX]);
    let layout = part.field("layout");
    check.one_of(&layout, &["horizontal", "vertical", "baseline"]);
    one_size(check, &part.field("spacing"), SPACES);
    color(check, &part.field("backgroundColor"));
    color(check, &part.field("borderColor"));
    tappable(check, part);
    let contents = part.field("contents");
    if check.size(&contents, 0, usize::MAX) {
        for one in contents.items() {
            component(check, &one, layout.text());
        }
    }
}

fn text(check: &mut Check, part: &Node) {
    check.known(part, &[PLACED, TEXT]);
    let spans = part.field("contents");
    if spans.len() == 0 {
        check.text(&part.field("text"), 2_000, Count::Utf16);
    }
    for span in spans.items() {
        check.one_of(&span.field("type"), &["span"]);
        check.known(&span, &[SPAN]);
        check.text(&span.field("text"), 2_000, Count::Utf16);
        color(check, &span.field("color"));
    }
    one_size(check, &part.field("size"), SIZES);
    check.optional_one_of(&part.field("weight"), &["regular", "bold"]);
    check.optional_one_of(&part.field("align"), &["start", "end", "center"]);
    check.optional_one_of(&part.field("gravity"), &["top", "bottom", "center"]);
    check.optional_one_of(&part.field("decoration"), &["none", "underline", "line-through"]);
    color(check, &part.field("color"));
    tappable(check, part);
}

fn button(check: &mut Check, part: &Node) {
    check.known(part, &[PLACED, BUTTON]);
    check.optional_one_of(&part.field("style"), &["primary", "secondary", "link"]);
    check.optional_one_of(&part.field("height"), &["sm", "md"]);
    color(check, &part.field("color"));
    action(check, &part.field("action"), Place::FlexButton);
}

fn image(check: &mut Check, part: &Node) {
    check.known(part, &[PLACED, IMAGE]);
    uri::resource(check, &part.field("url"));
    one_size(check, &part.field("size"), SIZES);
    check.optional_one_of(&part.field("aspectMode"), &["fit", "cover"]);
    tappable(check, part);
}

fn tappable(check: &mut Check, part: &Node) {
    let tapped = part.field("action");
    if tapped.present() {
        action(check, &tapped, Place::FlexArea);
    }
}

/// `#RRGGBB` or `#RRGGBBAA`.
pub fn color(check: &mut Check, node: &Node) {
    let fine = |text: &str| {
        text.strip_prefix('#')
            .is_some_and(|hex| matches!(hex.len(), 6 | 8) && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    if node.present() && !node.text().is_some_and(fine) {
        check.fail(node, "invalid color");
    }
}

/// A keyword, pixels (`12px`) or percent (`30%`).
fn one_size(check: &mut Check, node: &Node, keywords: &[&str]) {
    let fine = |text: &str| {
        keywords.contains(&text)
            || ["px", "%"].iter().any(|unit| text.strip_suffix(unit).is_some_and(|n| n.parse::<f32>().is_ok()))
    };
    if node.present() && !node.text().is_some_and(fine) {
        check.fail(node, "invalid size");
    }
}
