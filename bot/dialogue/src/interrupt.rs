//! A new request while another one runs: which of them goes on is the resident's to say.

use crate::{FormKind, Frame, Need, Stage, control::ACCEPT, fill::number_chosen, phrases, step::Turn};
use model::{Choice, Part, Say, Understanding};

impl Turn<'_> {
    /// Whether answers would have to wait, or be given up, if this form began now.
    pub(crate) fn would_lose(&self, id: &str) -> bool {
        let task = |id: &str| self.catalogue.form(id).is_some_and(|form| form.kind == FormKind::Task);
        let Some(running) = self.state.stack.last() else { return false };
        let far = !running.answers.is_empty() && !matches!(running.stage, Stage::Undoing { .. } | Stage::Interrupting { .. });
        running.form != id && far && task(&running.form) && task(id)
    }

    /// Which of the two forms on top: the one that waits, and the one that would begin.
    fn both(&self) -> Option<(&Frame, &Frame)> {
        match self.state.stack.as_slice() {
            [.., below, top] => Some((below, top)),
            _ => None,
        }
    }

    pub(crate) fn ask_which_first(&self) -> Option<Part> {
        let (below, top) = self.both()?;
        let (old, new) = (self.title(&below.form), self.title(&top.form));
        let choices = vec![
            Choice::new(Say::key("park-label"), "park"),
            Choice::new(Say::key("drop-label"), "drop"),
            Choice::new(Say::key("stay-label"), "stay"),
        ];
        Some(Part::Choices { text: Say::key("which-first").with("old", old).with("new", new), choices })
    }

    pub(crate) fn answer_interruption(&mut self, understanding: &Understanding, text: &str) -> Result<(), Need> {
        let says = |intent: &str| understanding.confidence_in(intent) >= ACCEPT;
        let has = |words: &[&str]| words.iter().any(|word| text.to_lowercase().contains(word));
        let word = match number_chosen(understanding) {
            Some(1) => "park",
            Some(2) => "drop",
            Some(3) => "stay",
            _ if has(&["先に", "あとで", "後で", "first", "later", "先", "먼저", "trước"]) => "park",
            _ if has(&["やめて", "drop", "放弃", "그만", "bỏ"]) => "drop",
            _ if phrases::goes_on(text) || says("control.no") || has(&["今の", "いまの", "元の", "もとの", "keep", "继续", "계속", "tiếp tục"]) => "stay",
            _ if says("control.yes") => "park",
            _ if says("control.cancel") => "stay",
            _ if self.control(understanding, text)? => return Ok(()),
            _ => {
                self.text("not-understood");
                return self.reprompt();
            }
        };
        self.settle(word)
    }

    /// The old one waits, is given up, or stays; the new one begins, or not.
    pub(crate) fn settle(&mut self, word: &str) -> Result<(), Need> {
        if word == "stay" {
            self.state.stack.pop();
            return self.reprompt_or_menu();
        }
        if word == "drop" && self.state.stack.len() >= 2 {
            let dropped = self.state.stack.remove(self.state.stack.len() - 2);
            let title = self.title(&dropped.form);
            self.say.push(Part::text(Say::key("cancelled").with("what", title)));
        }
        let Some(frame) = self.state.stack.last_mut() else { return Ok(()) };
        let Stage::Interrupting { unclear } = std::mem::replace(&mut frame.stage, Stage::Asking(Default::default())) else { return self.reprompt() };
        if word == "park" {
            let title = self.state.stack.last().map(|frame| frame.form.clone()).map(|form| self.title(&form));
            self.say.extend(title.map(|title| Part::text(Say::key("parked").with("what", title))));
        }
        self.advance(unclear)
    }
}
