//! What is said after an answer: 「図書館は？」, and after something was done: 「やっぱりやめます」「電話番号が違いました」.

use crate::{FormKind, Frame, Last, Need, Outcome, Stage, control::{ACCEPT, SURE, cancel_choice}, named, said::Said, step::Turn};
use chrono::TimeDelta;
use model::{Choice, Part, Say, Understanding};

/// So long an answer is still being talked about.
const FOLLOW: TimeDelta = TimeDelta::minutes(15);
/// So long what was done can be undone by a word.
const UNDO: TimeDelta = TimeDelta::hours(12);
/// A follow-up says no more than this (characters).
const BRIEF: usize = 18;

/// Words that take back what was done.
const UNDOES: [&str; 18] = [
    "取り消す", "取消す", "やっぱりやめ", "やっぱやめ", "やっぱりいい", "取り消し", "取消", "とりけし", "取り下げ", "キャンセル", "なかったことに", "cancel", "undo", "withdraw", "取消", "撤回", "취소", "hủy",
];

impl Turn<'_> {
    /// Something was done a while ago and is now wrong or not wanted. `false`: this is about something else.
    pub(crate) fn about_what_was_done(&mut self, understanding: &Understanding, text: &str) -> Result<bool, Need> {
        let Some(last) = self.recent(UNDO) else { return Ok(false) };
        let (Some(receipt), Some(form)) = (last.receipt.clone(), self.catalogue.shared(&last.form)) else { return Ok(false) };
        let lower = text.to_lowercase();
        let undoes = understanding.intent() == "control.cancel" && understanding.confidence() >= ACCEPT || UNDOES.iter().any(|word| lower.contains(word));
        // 「予約をキャンセルしたい」 is about a booking.
        let other = self.catalogue.for_intent(understanding.intent()).is_some_and(|other| other.id != form.id) && understanding.confidence() >= SURE;
        let other = other && understanding.intent() != "application.withdraw";
        if undoes && !other && text.chars().count() <= 2 * BRIEF {
            self.state.stack.push(frame(&last, Stage::Undoing { receipt }, None));
            self.reprompt()?;
            return Ok(true);
        }
        let said = Said::of(text);
        if !(said.corrects && !said.meant.is_empty() || named::of(&form, &said.meant).is_some()) || form.kind != FormKind::Task {
            return Ok(false);
        }
        self.state.stack.push(frame(&last, Stage::Confirming { misses: 0 }, Some(receipt)));
        let filled = self.fill(understanding, text, None)?;
        if let Some(field) = filled.wrong.clone().filter(|_| !filled.any()) {
            self.reopen(&field)?;
            return Ok(true);
        }
        if !filled.any() {
            self.state.stack.pop();
            return Ok(false);
        }
        self.say_changes(&filled);
        self.advance(None)?;
        Ok(true)
    }

    /// The same question about another thing: 「蛍光灯は？」「明日は？」「いえ、さくら町です」. `false`: it is none.
    pub(crate) fn follow_up(&mut self, understanding: &Understanding, text: &str) -> Result<bool, Need> {
        let Some(last) = self.recent(FOLLOW).filter(|last| !last.answers.is_empty()) else { return Ok(false) };
        let Some(form) = self.catalogue.form(&last.form).filter(|form| form.kind == FormKind::Answer && form.id != self.catalogue.search()) else { return Ok(false) };
        let said = Said::of(text);
        let brief = text.chars().count() <= BRIEF;
        let other = self.catalogue.for_intent(understanding.intent()).is_some_and(|other| other.id != form.id && other.id != self.catalogue.search());
        // 「月曜は？」 alone resembles many things; what is being talked about decides.
        let asked = text.trim_end_matches(['?', '？', '。']);
        let bare = brief && ["は", "も", "だったら", "なら"].iter().any(|end| asked.ends_with(end)) && !(understanding.entities.is_empty() && understanding.slots.is_empty());
        let elsewhere = understanding.confidence() >= SURE && (other && !bare || understanding.intent().starts_with("control.") || understanding.intent().starts_with("smalltalk."));
        if said.meant.is_empty() || !(brief || said.corrects) || elsewhere && !said.corrects {
            return Ok(false);
        }
        let kept = self.state.last.clone();
        let meant = said.meant.trim_end_matches(['?', '？', '。']);
        let meant = meant.strip_suffix(['は', 'も']).or_else(|| meant.strip_suffix("だったら")).or_else(|| meant.strip_suffix("なら")).unwrap_or(meant);
        self.state.stack.push(frame(&last, Stage::Editing, None));
        let filled = self.fill(understanding, meant, None)?;
        if let Some(unclear) = filled.unclear.filter(|_| filled.changed.is_empty()) {
            self.advance(Some(unclear))?;
            return Ok(true);
        }
        if filled.new.is_empty() && filled.changed.is_empty() {
            self.state.stack.pop();
            self.state.last = kept;
            return Ok(false);
        }
        self.state.misses = 0;
        self.advance(None)?;
        Ok(true)
    }

    fn recent(&self, within: TimeDelta) -> Option<Last> {
        self.state.last.clone().filter(|last| last.at.is_some_and(|at| self.input.now - at <= within))
    }

    pub(crate) fn ask_to_undo(&self, form: &str, receipt: &str) -> Part {
        let mut choices = vec![Choice::new(Say::key("undo-label"), "yes"), Choice::new(Say::key("keep-label"), "no")];
        choices.push(crate::control::human_choice());
        Part::Choices { text: Say::key("undo-this").with("what", self.title(form)).with("receipt", receipt), choices }
    }

    pub(crate) fn answer_undoing(&mut self, understanding: &Understanding, text: &str) -> Result<(), Need> {
        let Some(Stage::Undoing { receipt }) = self.state.stack.last().map(|frame| frame.stage.clone()) else { return Ok(()) };
        let says = |intent: &str| understanding.confidence_in(intent) >= ACCEPT;
        let lower = text.to_lowercase();
        if says("control.yes") || UNDOES.iter().any(|word| lower.contains(word)) {
            return self.undo(&receipt);
        }
        if says("control.no") || says("control.cancel") || says("control.back") {
            return self.leave_done();
        }
        self.state.stack.pop();
        self.fresh(understanding, text)
    }

    /// Takes back what was done.
    pub(crate) fn undo(&mut self, receipt: &str) -> Result<(), Need> {
        let Some(form) = self.state.stack.last().map(|frame| frame.form.clone()) else { return Ok(()) };
        let outcome = self.facts.outcome(Need::Undo { form: form.clone(), receipt: receipt.to_owned() })?;
        self.state.stack.pop();
        self.form = Some(form.clone());
        self.state.last = None;
        match outcome {
            Outcome::Done { .. } => {
                let title = self.title(&form);
                self.say.push(Part::text(Say::key("undone").with("what", title).with("receipt", receipt)));
                if self.state.stack.is_empty() { self.what_else() } else { self.resume()? }
                Ok(())
            }
            // Staff are at it already, or it cannot be taken back here.
            _ => {
                let choices = vec![crate::control::human_choice(), Choice::new(Say::key("menu-label"), "menu"), cancel_choice()];
                self.say.push(Part::Choices { text: Say::key("undo-by-staff").with("receipt", receipt), choices });
                Ok(())
            }
        }
    }

    /// What was done stays done.
    pub(crate) fn leave_done(&mut self) -> Result<(), Need> {
        self.state.stack.pop();
        self.text("stays-done");
        self.reprompt_or_menu()
    }
}

fn frame(last: &Last, stage: Stage, replaces: Option<String>) -> Frame {
    Frame { form: last.form.clone(), version: 0, answers: last.answers.clone(), opening: String::new(), stage, replaces, veiled: last.veiled.clone() }
}
