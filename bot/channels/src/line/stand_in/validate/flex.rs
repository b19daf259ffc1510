use super::action::{Place, action};
use super::check::Check;
use super::flex_part::{color, component};
use super::node::Node;

/// Bytes of JSON that one bubble, and a whole carousel, may take.
const BUBBLE_BYTES: usize = 30 * 1024;
const CAROUSEL_BYTES: usize = 50 * 1024;

/// `contents` of a Flex message.
pub fn container(check: &mut Check, container: &Node) {
    let kind = container.field("type");
    if !check.one_of(&kind, &["bubble", "carousel"]) {
        return;
    }
    if kind.text() == Some("bubble") {
        return bubble(check, container);
    }
    check.known(container, &[&["type", "contents"]]);
    let bubbles = container.field("contents");
    if !check.size(&bubbles, 1, 12) {
        return;
    }
    if bytes(container) > CAROUSEL_BYTES {
        check.fail(container, "the carousel must be within 50 KB");
    }
    for one in bubbles.items() {
        if check.one_of(&one.field("type"), &["bubble"]) {
            bubble(check, &one);
        }
    }
}

fn bubble(check: &mut Check, bubble: &Node) {
    check.known(bubble, &[&["type", "size", "direction", "header", "hero", "body", "footer", "styles", "action"]]);
    check.optional_one_of(&bubble.field("size"), &["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"]);
    check.optional_one_of(&bubble.field("direction"), &["ltr", "rtl"]);
    if bytes(bubble) > BUBBLE_BYTES {
        check.fail(bubble, "the bubble must be within 30 KB");
    }
    let mut empty = true;
    for name in ["header", "body", "footer"] {
        let block = bubble.field(name);
        if block.present() {
            empty = false;
            if check.one_of(&block.field("type"), &["box"]) {
                component(check, &block, None);
            }
        }
    }
    let hero = bubble.field("hero");
    if hero.present() {
        empty = false;
        if check.one_of(&hero.field("type"), &["box", "image", "video"]) {
            component(check, &hero, None);
        }
    }
    if empty {
        check.fail(bubble, "At least one block must be specified");
    }
    let tapped = bubble.field("action");
    if tapped.present() {
        action(check, &tapped, Place::FlexArea);
    }
    styles(check, &bubble.field("styles"));
}

fn styles(check: &mut Check, styles: &Node) {
    check.known(styles, &[&["header", "hero", "body", "footer"]]);
    for name in ["header", "hero", "body", "footer"] {
        let style = styles.field(name);
        check.known(&style, &[&["backgroundColor", "separator", "separatorColor"]]);
        color(check, &style.field("backgroundColor"));
        color(check, &style.field("separatorColor"));
    }
}

fn bytes(node: &Node) -> usize {
    node.value().to_string().len()
}
