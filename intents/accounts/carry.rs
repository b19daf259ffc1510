//! What goes along when a conversation goes on elsewhere.

use dialogue::{Asking, Catalogue, FieldKind, Stage, State};
use model::Channel;

/// What an account that is joined by a code gets: the running forms and what is remembered. Whoever holds the other device is not
/// shown where somebody lives or how to reach them: such answers go along veiled, or are asked for again.
pub fn carried(from: &State, catalogue: &Catalogue) -> State {
    let reaches = |kind: &FieldKind| matches!(kind, FieldKind::Address | FieldKind::Place | FieldKind::Location | FieldKind::Phone | FieldKind::Email | FieldKind::Birthday);
    let mut stack = from.stack.clone();
    for frame in &mut stack {
        let Some(form) = catalogue.form(&frame.form) else { continue };
        for field in form.fields.iter().filter(|field| reaches(&field.kind)) {
            if let Some(answer) = frame.answers.get(field.name.as_ref()).filter(|answer| !answer.value.is_empty()) {
                frame.veiled.insert(field.name.to_string(), answer.value.clone());
            }
        }
        unsay(&mut frame.stage, &|name| form.find(name).is_some_and(|field| reaches(&field.kind)));
    }
    let open = |name: &str| !catalogue.forms().flat_map(|form| &form.fields).any(|field| field.name == name && reaches(&field.kind));
    let remembered = from.remembered.iter().filter(|(name, _)| open(name)).map(|(name, answer)| (name.clone(), answer.clone())).collect();
    State { stack, remembered, chosen_lang: from.chosen_lang, ..State::default() }
}

/// Choices made of what was said before are made again from the answer.
fn unsay(stage: &mut Stage, reaches: &dyn Fn(&str) -> bool) {
    match stage {
        Stage::Asking(asking) if reaches(&asking.field) => *asking = Asking { field: std::mem::take(&mut asking.field), ..Asking::default() },
        Stage::Interrupting { unclear } if unclear.as_ref().is_some_and(|asking| reaches(&asking.field)) => *unclear = None,
        Stage::Paused { was } => unsay(was, reaches),
        _ => {}
    }
}

/// What stays where the conversation was.
pub fn left(from: &State, to: Channel) -> State {
    State { stack: Vec::new(), last: None, said: Vec::new(), keys: Vec::new(), more: None, joined: Some(to), ..from.clone() }
}
