use super::action::{Place, action};
use super::check::{Check, Count};
use super::node::Node;
use super::uri;

pub fn template(check: &mut Check, template: &Node) {
    let kind = template.field("type");
    if !check.one_of(&kind, &["buttons", "confirm", "carousel", "image_carousel"]) {
        return;
    }
    match kind.text().unwrap_or_default() {
        "buttons" => {
            card(check, template, 160);
            actions(check, &template.field("actions"), 1, 4);
        }
        "confirm" => {
            check.text(&template.field("text"), 240, Count::Grapheme);
            actions(check, &template.field("actions"), 2, 2);
        }
        "carousel" => columns(check, &template.field("columns")),
        _ => pictures(check, &template.field("columns")),
    }
}

/// Picture, title and text. With a picture or title only 60 characters of text fit.
fn card(check: &mut Check, card: &Node, plain_text: usize) {
    let (title, picture) = (card.field("title"), card.field("thumbnailImageUrl"));
    let max = if title.present() || picture.present() { 60 } else { plain_text };
    check.optional_text(&title, 40, Count::Grapheme);
    check.text(&card.field("text"), max, Count::Grapheme);
    if picture.present() {
        uri::resource(check, &picture);
    }
    let tapped = card.field("defaultAction");
    if tapped.present() {
        action(check, &tapped, Place::FlexArea);
    }
}

fn actions(check: &mut Check, actions: &Node, min: usize, max: usize) {
    if check.size(actions, min, max) {
        for one in actions.items() {
            action(check, &one, Place::Template);
        }
    }
}

fn columns(check: &mut Check, columns: &Node) {
    if !check.size(columns, 1, 10) {
        return;
    }
    let mut first = None;
    for column in columns.items() {
        card(check, &column, 120);
        actions(check, &column.field("actions"), 1, 3);
        let shape = (
            column.field("actions").len(),
            column.field("title").present(),
            column.field("thumbnailImageUrl").present(),
        );
        if *first.get_or_insert(shape) != shape {
            check.fail(
                &column,
                "all columns must have the same number of actions, and all or none a title and a picture",
            );
        }
    }
}

fn pictures(check: &mut Check, columns: &Node) {
    if check.size(columns, 1, 10) {
        for column in columns.items() {
            uri::resource(check, &column.field("imageUrl"));
            action(check, &column.field("action"), Place::ImageCarousel);
        }
    }
}
