//! What is tapped, or chosen by its number.

use crate::{Answer, Asking, FieldKind, Need, SEVERAL, Stage, step::Turn};
use model::{Content, Lang, Postback, Understanding};
use std::collections::BTreeMap;

impl Turn<'_> {
    /// A tapped choice.
    pub(crate) fn tap(&mut self, tap: Postback) -> Result<(), Need> {
        let nothing = Understanding::default();
        match tap {
            Postback::Lang(lang) => match lang.parse::<Lang>() {
                Ok(lang) => self.set_lang(lang),
                Err(_) => {
                    self.menu();
                    Ok(())
                }
            },
            Postback::Do { form, given } => {
                // Which of the guesses was right: what was said then counts now.
                let words = self.state.unclear.take().filter(|_| given.is_empty()).unwrap_or_default();
                self.begin(&form, &nothing, &words, given)
            }
            Postback::Set { form, field, value } => self.set(&form, &field, value),
            Postback::Control(word) => self.tap_control(&word),
        }
    }

    fn tap_control(&mut self, word: &str) -> Result<(), Need> {
        let stage = self.state.stack.last().map(|frame| frame.stage.clone());
        match (word, stage) {
            ("menu", _) => {
                self.menu();
                Ok(())
            }
            ("human", _) => {
                let person = self.catalogue.person().to_owned();
                self.begin(&person, &Understanding::default(), "", BTreeMap::new())
            }
            ("more", _) => self.say_more(),
            ("yes", Some(Stage::Undoing { receipt })) => self.undo(&receipt),
            ("no" | "cancel", Some(Stage::Undoing { .. })) => self.leave_done(),
            ("cancel", _) => self.cancel(),
            ("back", _) => self.back(),
            ("yes", Some(Stage::Confirming { .. })) => self.perform(),
            ("yes" | "resume", Some(Stage::Paused { was })) => self.take_up(*was),
            ("park" | "drop" | "stay", Some(Stage::Interrupting { .. })) => self.settle(word),
            ("edit" | "no", Some(_)) => self.edit(),
            ("yes" | "resume" | "park" | "drop" | "stay", _) => self.reprompt_or_menu(),
            _ => self.wrong_answer(),
        }
    }

    /// What was said last was a list of choices, and one is chosen by its number. `None`: it is no such number.
    pub(crate) fn by_number(&mut self, text: &str) -> Option<Postback> {
        let folded = normalise::fold(text);
        let digits = folded.trim().trim_end_matches(['.', '。']);
        let digits = digits.strip_suffix("です").unwrap_or(digits);
        let digits = ["番目", "番", "번", "号"].iter().find_map(|end| digits.strip_suffix(end)).unwrap_or(digits);
        let n: usize = digits.parse().ok().filter(|n| (1..=20).contains(n))?;
        let spoken = !self.state.keys.is_empty();
        // Where no numbers were said, a number is no yes, and no farewell.
        let decides = matches!(self.state.stack.last().map(|frame| &frame.stage), Some(Stage::Confirming { .. } | Stage::Paused { .. } | Stage::Undoing { .. }));
        if decides && !spoken {
            return None;
        }
        let keys = if spoken { self.state.keys.clone() } else { crate::aloud::keys(&self.state.said) };
        let key = keys.get(n - 1)?;
        // A question for a number takes it as its answer; of several choices the numbers are read there.
        let pressed = matches!(self.input.content, Content::Dtmf { .. });
        let counted = self.running().is_some_and(|(form, _)| {
            let asked = self.state.stack.last().and_then(crate::Frame::asking).and_then(|asking| form.find(&asking.field));
            asked.is_some_and(|field| match field.kind {
                FieldKind::Choice { .. } | FieldKind::Consent | FieldKind::Lookup | FieldKind::Offer | FieldKind::Place => false,
                FieldKind::MultiChoice { .. } => key != "more",
                FieldKind::Number { .. } | FieldKind::Digits { .. } | FieldKind::Phone | FieldKind::Date { .. } | FieldKind::Birthday => true,
                _ => !pressed,
            })
        });
        if counted { None } else { Postback::parse(key) }
    }

    /// A tapped answer to a question; of an older question too, if its form still runs.
    fn set(&mut self, form: &str, field: &str, value: String) -> Result<(), Need> {
        let Some(at) = self.state.stack.iter().rposition(|frame| frame.form == form) else {
            // An old button: its form has ended. Begin it anew with this answer.
            return self.begin(form, &Understanding::default(), "", BTreeMap::from([(field.to_owned(), value)]));
        };
        self.state.stack.truncate(at + 1);
        let Some((spec, _)) = self.running() else { return self.reprompt_or_menu() };
        let Some(frame) = self.state.stack.last_mut() else { return Ok(()) };
        if let Stage::Paused { was } = &frame.stage {
            frame.stage = was.as_ref().clone();
        }
        if field == "edit" {
            return self.reopen(&value);
        }
        let Some(known) = spec.find(field) else { return self.reprompt() };
        // Only what was on offer can be tapped; anything else is an old button or a forged one.
        let fixed = crate::perform::options(&spec, known);
        let on_offer = fixed.is_empty() || value.split(SEVERAL).all(|one| fixed.iter().any(|(offered, _)| offered == one));
        if !(on_offer || known.skippable && value.is_empty()) {
            return self.reprompt();
        }
        let offered = frame.asking().map(|asking: &Asking| asking.offered.as_slice()).unwrap_or_default();
        let label = offered.iter().find(|(offered, _)| *offered == value).map_or_else(|| value.clone(), |(_, label)| label.clone());
        let answer = Answer { value, label };
        // A day or a time comes from the platform's picker and may lie out of bounds.
        if let (crate::fill::Read::Refused(why), false) = (self.checked(known, answer.clone()), answer.value.is_empty()) {
            self.say.push(model::Part::text(why));
            return self.reprompt();
        }
        let Some(frame) = self.state.stack.last_mut() else { return Ok(()) };
        let changed = frame.answers.get(field).is_some_and(|before| before.value != answer.value);
        if known.remember {
            self.state.remembered.insert(field.to_owned(), answer.clone());
        }
        if changed {
            frame.answers.insert(field.to_owned(), answer.clone());
            self.say_changes(&crate::fill::Filled { changed: vec![field.to_owned()], ..Default::default() });
        }
        self.take(field, answer)
    }
}
