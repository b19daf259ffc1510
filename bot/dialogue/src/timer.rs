//! A form that was left alone: one reminder, then it is closed and nothing of it stays.

use crate::{Catalogue, FormKind, Frame, Need, State, control::cancel_choice, step::Turn};
use chrono::{DateTime, Utc};
use model::{Choice, Part, Reach, Say, Urgency};

impl Turn<'_> {
    /// It was set when the resident was last heard, `since`.
    pub(crate) fn timer(&mut self, since: DateTime<Utc>, reach: Reach) -> Result<(), Need> {
        // Set before the resident's last words: a later one stands for those.
        if self.state.touched != Some(since) || !self.state.left_open(self.catalogue) {
            return Ok(());
        }
        if self.state.reminded { self.lapse(reach) } else { self.remind(reach) }
        Ok(())
    }

    fn remind(&mut self, reach: Reach) {
        self.state.reminded = true;
        let Some(frame) = self.state.stack.last().filter(|_| reach != Reach::Not) else { return };
        self.urgency = Urgency::Low;
        let choices = vec![Choice::new(Say::key("go-on-label"), "resume"), cancel_choice()];
        let part = Part::Choices { text: Say::key("go-on").with("what", self.title(&frame.form)), choices };
        self.say.push(part);
    }

    /// Closes everything that runs. Said at once where that costs nothing, otherwise when the resident is heard again.
    fn lapse(&mut self, reach: Reach) {
        let open = self.state.stack.iter().rev().find(|frame| unfinished(self.catalogue, frame)).map(|frame| frame.form.clone());
        self.state.forget_forms();
        self.state.lapsed = open;
        if reach == Reach::Free {
            self.urgency = Urgency::Low;
            self.say_lapsed();
        }
    }

    /// What was closed while the resident was away.
    pub(crate) fn say_lapsed(&mut self) {
        if let Some(form) = self.state.lapsed.take() {
            let title = self.title(&form);
            self.say.push(Part::text(Say::key("lapsed").with("what", title)));
        }
    }
}

/// Whether something that the resident gave would be lost.
fn unfinished(catalogue: &Catalogue, frame: &Frame) -> bool {
    !frame.answers.is_empty() && catalogue.form(&frame.form).is_some_and(|form| form.kind == FormKind::Task)
}

impl State {
    /// Whether a form that changes something runs and has answers: left alone, it is reminded of, then closed.
    pub fn left_open(&self, catalogue: &Catalogue) -> bool {
        self.stack.iter().any(|frame| unfinished(catalogue, frame))
    }

    /// Leaves nothing of what was answered in the running forms, nor of what was last read back.
    fn forget_forms(&mut self) {
        let stack = std::mem::take(&mut self.stack);
        let given = |name: &str, answer: &crate::Answer| stack.iter().any(|frame| frame.answers.get(name) == Some(answer));
        let mut remembered = std::mem::take(&mut self.remembered);
        remembered.retain(|name, answer| !given(name, answer));
        *self = State {
            welcomed: self.welcomed,
            chosen_lang: self.chosen_lang,
            heard_lang: self.heard_lang,
            touched: self.touched,
            remembered,
            ..State::default()
        };
    }
}
