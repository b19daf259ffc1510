//! Beginning a form, asking for what is missing, confirming, doing.

use crate::{
    Answer, Asking, Field, FieldKind, Form, FormKind, Frame, Last, Need, Outcome, Stage,
    control::{cancel_choice, human_choice},
    step::Turn,
};
use model::{Choice, DateMode, Part, Postback, Say, Understanding};
use std::collections::BTreeMap;

/// How deep forms can lie on each other: more is a conversation that lost its way.
const DEPTH: usize = 4;

impl Turn<'_> {
    /// Begins a form with the words that asked for it.
    pub(crate) fn begin(&mut self, id: &str, understanding: &Understanding, text: &str, given: BTreeMap<String, String>) -> Result<(), Need> {
        let Some(form) = self.catalogue.form(id).cloned() else {
            self.text("gone");
            self.menu();
            return Ok(());
        };
        // The same form once only: asking again begins it anew.
        self.state.stack.retain(|frame| frame.form != id);
        if self.state.stack.len() >= DEPTH {
            self.state.stack.remove(0);
        }
        let anew = given.get("ask").cloned();
        let mut answers = BTreeMap::new();
        for (name, value) in given {
            if let Some(field) = form.find(&name).filter(|_| !value.is_empty()) {
                let label = self.label_of(&form, field, &value);
                answers.insert(name, Answer { value, label });
            }
        }
        self.state.stack.push(Frame {
            form: id.to_owned(),
            version: form.version,
            answers,
            opening: text.to_owned(),
            stage: Stage::Asking(Asking::default()),
        });
        let filled = if text.is_empty() { Default::default() } else { self.fill(understanding, text, None)? };
        for field in form.fields.iter().filter(|field| field.remember && anew.as_deref() != Some(field.name.as_ref())) {
            if let (Some(answer), Some(frame)) = (self.state.remembered.get(field.name.as_ref()), self.state.stack.last_mut())
                && filled.unclear.is_none() && filled.refused.is_none() {
                    frame.answers.entry(field.name.to_string()).or_insert_with(|| answer.clone());
                }
        }
        if let Some(why) = filled.refused {
            self.say.push(Part::text(why));
        }
        self.advance(filled.unclear)
    }

    /// The next question, the confirmation, or the deed.
    pub(crate) fn advance(&mut self, unclear: Option<Asking>) -> Result<(), Need> {
        let Some((form, _)) = self.running() else { return Ok(()) };
        let Some(frame) = self.state.stack.last_mut() else { return Ok(()) };
        if let Some(asking) = unclear {
            frame.stage = Stage::Asking(asking);
            return self.reprompt();
        }
        // A changed answer can make others pointless.
        for field in &form.fields {
            if !field.matters(&frame.answers) {
                frame.answers.remove(field.name.as_ref());
            }
        }
        if let Some(field) = form.missing(&frame.answers) {
            let offered = options(&form, field).into_iter().map(|(value, _)| (value.clone(), value)).collect();
            frame.stage = Stage::Asking(Asking { field: field.name.to_string(), misses: 0, offered });
            return self.reprompt();
        }
        match form.kind {
            FormKind::Task if !form.is_at_end(&frame.answers) => {
                frame.stage = Stage::Confirming { misses: 0 };
                self.reprompt()
            }
            _ => self.perform(),
        }
    }

    pub(crate) fn perform(&mut self) -> Result<(), Need> {
        let Some(frame) = self.state.stack.last() else { return Ok(()) };
        let need = Need::Perform { form: frame.form.clone(), answers: frame.answers.clone(), text: frame.opening.clone() };
        let outcome = self.facts.outcome(need)?;
        let Some(frame) = self.state.stack.pop() else { return Ok(()) };
        match outcome {
            Outcome::Done { say, alternatives } => {
                self.say.extend(say);
                self.form = Some(frame.form.clone());
                self.state.last = Some(Last { form: frame.form, alternatives });
                self.state.misses = 0;
                if self.state.stack.is_empty() { Ok(()) } else { self.resume() }
            }
            Outcome::Rejected { field, say, choices } => {
                let mut frame = frame;
                frame.answers.remove(&field);
                let offered = choices.iter().filter_map(pick_of).collect();
                frame.stage = Stage::Asking(Asking { field, misses: 0, offered });
                self.state.stack.push(frame);
                let mut choices = choices;
                choices.push(cancel_choice());
                self.say.push(Part::Choices { text: say, choices });
                Ok(())
            }
            Outcome::Nothing => {
                self.form = Some(frame.form);
                self.clarify()
            }
        }
    }

    /// Back to the form that waited.
    pub(crate) fn resume(&mut self) -> Result<(), Need> {
        if let Some(frame) = self.state.stack.last() {
            let title = self.title(&frame.form);
            self.say.push(Part::text(Say::key("resume").with("what", title)));
        }
        self.reprompt()
    }

    pub(crate) fn reprompt_or_menu(&mut self) -> Result<(), Need> {
        if self.state.stack.is_empty() {
            self.menu();
            Ok(())
        } else {
            self.reprompt()
        }
    }

    /// Asks again what is being asked. Nothing when nothing is.
    pub(crate) fn reprompt(&mut self) -> Result<(), Need> {
        let Some((form, _)) = self.running() else { return Ok(()) };
        let Some(frame) = self.state.stack.last() else { return Ok(()) };
        let part = match &frame.stage {
            Stage::Confirming { .. } => {
                let mut lines = vec![Say::dynamic(form.text("confirm"))];
                for field in &form.fields {
                    if let Some(answer) = frame.answers.get(field.name.as_ref()) {
                        lines.push(
                            Say::key("confirm-line")
                                .with("name", Say::dynamic(form.text(&format!("name-{}", field.name))))
                                .with("value", shown(&form, field, answer)),
                        );
                    }
                }
                let choices = vec![
                    Choice::new(Say::key("yes-label"), "yes"),
                    Choice::new(Say::key("edit-label"), "edit"),
                    cancel_choice(),
                ];
                Part::Choices { text: Say::Lines(lines), choices }
            }
            Stage::Editing => {
                let mut choices: Vec<_> = form
                    .fields
                    .iter()
                    .filter(|field| frame.answers.contains_key(field.name.as_ref()))
                    .map(|field| {
                        let name = Say::dynamic(form.text(&format!("name-{}", field.name)));
                        Choice::new(name, Postback::set(&form.id, "edit", field.name.as_ref()))
                    })
                    .collect();
                choices.push(cancel_choice());
                Part::Choices { text: Say::key("edit-which"), choices }
            }
            Stage::Asking(asking) => {
                let Some(field) = form.find(&asking.field) else { return Ok(()) };
                prompt(&form, field, asking)
            }
        };
        self.say.push(part);
        Ok(())
    }

    /// Shown for a value that came with a tap.
    fn label_of(&self, form: &Form, field: &Field, value: &str) -> String {
        let offered = self.state.stack.iter().filter(|frame| frame.form == form.id).filter_map(Frame::asking);
        offered
            .filter(|asking| asking.field == field.name)
            .flat_map(|asking| &asking.offered)
            .find(|(offered, _)| offered == value)
            .map_or_else(|| value.to_owned(), |(_, label)| label.clone())
    }
}

/// The fixed options of a field: value and the key of its label.
pub(crate) fn options(form: &Form, field: &Field) -> Vec<(String, Say)> {
    match &field.kind {
        FieldKind::Choice { options } | FieldKind::MultiChoice { options } => options
            .iter()
            .map(|option| {
                (option.value.to_string(), Say::dynamic(form.text(&format!("{}-{}", field.name, option.value))))
            })
            .collect(),
        FieldKind::Consent => vec![("yes".to_owned(), Say::key("consent-yes-label")), ("no".to_owned(), Say::key("consent-no-label"))],
        _ => Vec::new(),
    }
}

fn shown(form: &Form, field: &Field, answer: &Answer) -> Say {
    if answer.value.is_empty() {
        return Say::key("skipped");
    }
    options(form, field)
        .into_iter()
        .find(|(value, _)| *value == answer.value)
        .map_or_else(|| Say::plain(&answer.label), |(_, label)| label)
}

fn prompt(form: &Form, field: &Field, asking: &Asking) -> Part {
    let fixed = options(form, field);
    let mut choices: Vec<_> = if fixed.is_empty() {
        asking
            .offered
            .iter()
            .map(|(value, label)| Choice::new(Say::plain(label), Postback::set(&form.id, &field.name, value)))
            .collect()
    } else {
        fixed
            .into_iter()
            .map(|(value, label)| Choice::new(label, Postback::set(&form.id, &field.name, value)))
            .collect()
    };
    let fixed = matches!(field.kind, FieldKind::Choice { .. } | FieldKind::MultiChoice { .. } | FieldKind::Consent);
    let which = if asking.offered.is_empty() || fixed { "ask" } else { "which" };
    let text = Say::dynamic(form.text(&format!("{which}-{}", field.name)));
    match field.kind {
        FieldKind::Date | FieldKind::Birthday if !field.skippable => return Part::Date { text, mode: DateMode::Date, min: None, max: None },
        FieldKind::Time if !field.skippable => return Part::Date { text, mode: DateMode::Time, min: None, max: None },
        _ => {}
    }
    if matches!(field.kind, FieldKind::Place) && asking.offered.is_empty() {
        choices.push(Choice::new(Say::key("location-label"), "location"));
    }
    if field.skippable {
        choices.push(Choice::new(Say::key("skip-label"), Postback::set(&form.id, &field.name, "")));
    }
    if asking.misses > 0 {
        choices.push(human_choice());
    }
    choices.push(cancel_choice());
    Part::Choices { text, choices }
}

fn pick_of(choice: &Choice) -> Option<(String, String)> {
    let Some(Postback::Set { value, .. }) = Postback::parse(&choice.value) else { return None };
    let Say::Plain(label) = &choice.label else { return Some((value.clone(), value)) };
    Some((value, label.clone()))
}
