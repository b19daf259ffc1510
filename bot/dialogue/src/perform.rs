//! Beginning a form, asking for what is missing, confirming, doing.

use crate::{
    Answer, Asking, Field, FieldKind, Form, FormKind, Frame, Last, Need, Outcome, Period, Stage,
    control::{cancel_choice, human_choice},
    fill::Filled,
    shown,
    step::Turn,
};
use chrono::NaiveDate;
use model::{Choice, DateMode, Part, Postback, Say, Understanding};
use std::collections::BTreeMap;

/// LINE shows thirteen choices; one place is for leaving.
const MOST_CHOICES: usize = 12;
/// How deep forms can lie on each other: more is a conversation that lost its way.
const DEPTH: usize = 4;

impl Turn<'_> {
    /// Begins a form with the words that asked for it.
    pub(crate) fn begin(&mut self, id: &str, understanding: &Understanding, text: &str, given: BTreeMap<String, String>) -> Result<(), Need> {
        let would_lose = self.would_lose(id);
        let Some(filled) = self.open(id, understanding, text, given)? else {
            self.text("gone");
            self.menu();
            return Ok(());
        };
        if would_lose && let Some(frame) = self.state.stack.last_mut() {
            frame.stage = Stage::Interrupting { unclear: filled.unclear };
            return self.reprompt();
        }
        if let Some(why) = filled.refused {
            self.say.push(Part::text(why));
        }
        self.advance(filled.unclear)
    }

    /// Puts a form on the stack and reads what was said already. `None`: there is no such form (any more).
    fn open(&mut self, id: &str, understanding: &Understanding, text: &str, given: BTreeMap<String, String>) -> Result<Option<Filled>, Need> {
        let Some(form) = self.catalogue.shared(id) else { return Ok(None) };
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
            replaces: None,
            veiled: BTreeMap::new(),
        });
        let filled = if text.is_empty() { Default::default() } else { self.fill(understanding, text, None)? };
        for field in form.fields.iter().filter(|field| field.remember && anew.as_deref() != Some(field.name.as_ref())) {
            if let (Some(answer), Some(frame)) = (self.state.remembered.get(field.name.as_ref()), self.state.stack.last_mut())
                && filled.unclear.is_none() && filled.refused.is_none() {
                    frame.answers.entry(field.name.to_string()).or_insert_with(|| answer.clone());
                }
        }
        Ok(Some(filled))
    }

    /// The next question, the confirmation, or the deed.
    pub(crate) fn advance(&mut self, unclear: Option<Asking>) -> Result<(), Need> {
        let Some((form, _)) = self.running() else { return Ok(()) };
        let Some(frame) = self.state.stack.last_mut() else { return Ok(()) };
        if let Some(asking) = unclear {
            frame.stage = Stage::Asking(asking);
            return self.reprompt();
        }
        form.drop_pointless(&mut frame.answers);
        if self.look_at_offers(&form)? {
            return Ok(());
        }
        let Some(frame) = self.state.stack.last_mut() else { return Ok(()) };
        form.drop_pointless(&mut frame.answers);
        if let Some(field) = form.missing(&frame.answers) {
            // Something else was answered meanwhile: what was offered is still to choose from.
            if matches!(&frame.stage, Stage::Asking(asking) if asking.field == field.name && !asking.offered.is_empty()) {
                return self.reprompt();
            }
            let offered = options(&form, field).into_iter().map(|(value, _)| (value.clone(), value)).collect();
            frame.stage = Stage::Asking(Asking { field: field.name.to_string(), offered, ..Asking::default() });
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
            Outcome::Done { say, alternatives, receipt } => {
                if let Some(before) = frame.replaces {
                    let undone = self.facts.outcome(Need::Undo { form: frame.form.clone(), receipt: before.clone() })?;
                    // Staff may have taken it up already; then they must hear which of the two counts.
                    let key = if matches!(undone, Outcome::Done { .. }) { "replaced" } else { "replaced-by-staff" };
                    self.say.push(Part::text(Say::key(key).with("receipt", before)));
                }
                self.say.extend(say);
                self.form = Some(frame.form.clone());
                self.state.last = Some(Last { form: frame.form, alternatives, answers: frame.answers, receipt, at: Some(self.input.now), veiled: frame.veiled });
                self.state.misses = 0;
                if self.state.stack.is_empty() { Ok(()) } else { self.resume() }
            }
            Outcome::Go { form, given } => {
                let (nothing, opening) = (Understanding::default(), frame.opening);
                let understanding = self.input.understanding.filter(|_| !opening.is_empty()).unwrap_or(&nothing);
                self.begin(&form, understanding, &opening, given)
            }
            Outcome::Rejected { field, say, choices } => {
                self.state.stack.push(frame);
                self.ask_instead(field, say, choices);
                Ok(())
            }
            Outcome::TakenOver { say, state } => {
                self.say.extend(say);
                self.form = Some(frame.form);
                self.take_over(*state)
            }
            Outcome::Nothing => {
                self.form = Some(frame.form);
                self.clarify()
            }
        }
    }

    /// An answer cannot stand; it is asked again with what is possible.
    pub(crate) fn ask_instead(&mut self, field: String, say: Say, mut choices: Vec<Choice>) {
        let Some(frame) = self.state.stack.last_mut() else { return };
        frame.answers.remove(&field);
        let offered = choices.iter().filter_map(pick_of).collect();
        frame.stage = Stage::Asking(Asking { field, offered, ..Asking::default() });
        choices.push(cancel_choice());
        self.say.push(Part::Choices { text: say, choices });
    }

    /// Back to the form that waited.
    pub(crate) fn resume(&mut self) -> Result<(), Need> {
        // A form that was paused asks whether it is to go on; it need not be announced.
        if let Some(frame) = self.state.stack.last().filter(|frame| !matches!(frame.stage, Stage::Paused { .. })) {
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
                    let worked_out_to_nothing = |answer: &&Answer| matches!(field.kind, FieldKind::Offer) && answer.value.is_empty();
                    if let Some(answer) = frame.answers.get(field.name.as_ref()).filter(|answer| !worked_out_to_nothing(answer)) {
                        lines.push(
                            Say::key("confirm-line")
                                .with("name", Say::dynamic(form.text(&format!("name-{}", field.name))))
                                .with("value", if frame.veils(&field.name, answer) { Say::key("veiled") } else { shown::answer(&form, field, answer) }),
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
                    // What the service works out follows from the rest.
                    .filter(|field| frame.answers.contains_key(field.name.as_ref()) && (field.required || !matches!(field.kind, FieldKind::Offer)))
                    .map(|field| {
                        let name = Say::dynamic(form.text(&format!("name-{}", field.name)));
                        Choice::new(name, Postback::set(&form.id, "edit", field.name.as_ref()))
                    })
                    .collect();
                // More than fit are named by the resident; the list was just read back.
                let text = Say::key(if choices.len() > MOST_CHOICES { "edit-which-of-many" } else { "edit-which" });
                choices.truncate(MOST_CHOICES);
                choices.push(cancel_choice());
                Part::Choices { text, choices }
            }
            Stage::Asking(asking) => {
                let Some(field) = form.find(&asking.field) else { return Ok(()) };
                if matches!(field.kind, FieldKind::Offer) {
                    return self.advance(None);
                }
                prompt(&form, field, asking, self.input.today)
            }
            Stage::Paused { .. } => self.ask_to_go_on(&form.id),
            Stage::Undoing { receipt } => self.ask_to_undo(&form.id, receipt),
            Stage::Interrupting { .. } => match self.ask_which_first() {
                Some(part) => part,
                None => return Ok(()),
            },
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
        FieldKind::TimeSlot { slots } => slots.iter().map(|slot| shown::slot(*slot)).collect(),
        FieldKind::Consent => vec![("yes".to_owned(), Say::key("consent-yes-label")), ("no".to_owned(), Say::key("consent-no-label"))],
        _ => Vec::new(),
    }
}

fn prompt(form: &Form, field: &Field, asking: &Asking, today: NaiveDate) -> Part {
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
    let fixed = matches!(field.kind, FieldKind::Choice { .. } | FieldKind::MultiChoice { .. } | FieldKind::Consent | FieldKind::TimeSlot { .. });
    let which = if asking.offered.is_empty() || fixed { "ask" } else { "which" };
    let text = match asking.so_far.as_ref().filter(|_| matches!(field.kind, FieldKind::Address | FieldKind::Location)) {
        Some(town) => Say::key("address-rest").with("town", town.as_str()),
        None => Say::dynamic(form.text(&format!("{which}-{}", field.name))),
    };
    let iso = |day: NaiveDate| Some(day.to_string());
    match field.kind {
        FieldKind::Date { period } if !field.skippable => {
            let (min, max) = match period {
                Period::Any => (None, None),
                Period::Past => (None, iso(today)),
                Period::Future => (iso(today), None),
            };
            return Part::Date { text, mode: DateMode::Date, min, max };
        }
        FieldKind::Birthday if !field.skippable => return Part::Date { text, mode: DateMode::Date, min: None, max: iso(today) },
        FieldKind::Time if !field.skippable => return Part::Date { text, mode: DateMode::Time, min: None, max: None },
        _ => {}
    }
    if matches!(field.kind, FieldKind::Place | FieldKind::Location) && asking.offered.is_empty() {
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
