//! A caller who was to be put through to a desk.

use super::{CALLBACK, CALLED};
use crate::Context;
use model::{Choice, Part, Postback, Say};

/// Back at the counter: why, and what is possible now. Nothing where they talk.
pub(super) fn not_put_through(context: &Context<'_>, event: &str, desk: &str) -> Vec<Part> {
    let why = match event {
        "busy" => "people-busy",
        "no_answer" => "people-no-answer",
        "failed" => "people-not-connected",
        "given_up" => "people-given-up",
        _ => return Vec::new(),
    };
    tracing::info!(city = %context.city.id, conversation = %context.conversation, event, desk, "a caller was not put through");
    let text = Say::Lines(vec![Say::key(why).with("desk", desk), Say::key("people-what-now")]);
    let mut choices = vec![Choice::new(Say::key("people-callback-title"), Postback::begin(CALLBACK).given("topic", CALLED))];
    if event != "failed" {
        choices.push(Choice::new(Say::key("people-again"), "human"));
    }
    choices.push(Choice::new(Say::key("menu-label"), "menu"));
    vec![Part::Choices { text, choices }]
}
