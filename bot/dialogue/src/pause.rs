//! Long pauses: after minutes a form simply goes on; after a night the resident is asked. When it ends is the city's to say (`timer`).

use crate::{Asking, FieldKind, Need, Stage, control::{ACCEPT, SURE}, fill::Read, phrases, step::Turn};
use chrono::TimeDelta;
use model::{Choice, EntityKind, Part, Say, Understanding};

/// After so long a running form is not simply gone on with: whoever comes back may have another thing in mind.
const AWAY: TimeDelta = TimeDelta::hours(12);
/// Words of so few characters are no request of their own.
const BRIEF: usize = 10;
/// A name or an address has no more characters.
const NAME: usize = 24;

impl Turn<'_> {
    /// What a long silence changes, before anything else is looked at.
    pub(crate) fn come_back(&mut self) {
        let Some(away) = self.state.touched.map(|touched| self.input.now - touched) else { return };
        if away <= AWAY {
            return;
        }
        self.state.last = None;
        self.state.misses = 0;
        self.state.more = None;
        self.pause();
    }

    /// The running form waits until the resident says that it goes on.
    pub(crate) fn pause(&mut self) {
        if let Some(frame) = self.state.stack.last_mut()
            && !matches!(frame.stage, Stage::Paused { .. } | Stage::Interrupting { .. } | Stage::Undoing { .. }) {
                frame.stage = Stage::Paused { was: Box::new(frame.stage.clone()) };
            }
    }

    /// 「あとで続けます」: kept as it stands.
    pub(crate) fn put_off(&mut self) -> Result<(), Need> {
        let Some(form) = self.state.stack.last().map(|frame| frame.form.clone()) else { return Ok(()) };
        self.say.push(Part::text(Say::key("put-off").with("what", self.title(&form))));
        self.pause();
        Ok(())
    }

    pub(crate) fn answer_pause(&mut self, was: Stage, understanding: &Understanding, text: &str) -> Result<(), Need> {
        let says = |intent: &str| understanding.confidence_in(intent) >= ACCEPT;
        if says("control.yes") || phrases::goes_on(text) || phrases::asks_what(text) {
            return self.take_up(was);
        }
        if phrases::is_no(text) || phrases::refuses_first(text) || says("control.cancel") && text.chars().count() <= BRIEF {
            return self.cancel();
        }
        // The very kind of answer that was waited for.
        let picked = match &was {
            Stage::Asking(asking) => self.is_pick(asking, understanding, text) || self.names_what_was_asked(asking, understanding, text)?,
            _ => false,
        };
        // After an emergency, minutes later, what is no other request goes on where it stood.
        let soon = self.state.alarmed.is_some_and(|at| self.input.now - at <= AWAY);
        let other = understanding.confidence() >= SURE && text.chars().count() > BRIEF;
        if picked || soon && !other {
            if let Some(frame) = self.state.stack.last_mut() {
                frame.stage = was;
            }
            return self.answer(understanding, text);
        }
        self.fresh(understanding, text)
    }

    /// 「中央町2丁目」, the day after a place was asked.
    fn names_what_was_asked(&self, asking: &Asking, understanding: &Understanding, text: &str) -> Result<bool, Need> {
        let Some((form, _)) = self.running() else { return Ok(false) };
        let Some(field) = form.find(&asking.field).filter(|_| text.chars().count() <= NAME) else { return Ok(false) };
        Ok(match field.kind {
            FieldKind::Lookup | FieldKind::Place => matches!(self.look_up(&form, field, text, false)?, Read::Answer(_) | Read::Unclear(_)),
            FieldKind::Address | FieldKind::Location => understanding.entities_of(EntityKind::Address).next().is_some(),
            _ => false,
        })
    }

    /// Goes on where it stood.
    pub(crate) fn take_up(&mut self, was: Stage) -> Result<(), Need> {
        if let Some(frame) = self.state.stack.last_mut() {
            frame.stage = was;
        }
        self.resume()
    }

    pub(crate) fn ask_to_go_on(&self, form: &str) -> Part {
        let choices = vec![Choice::new(Say::key("go-on-label"), "resume"), crate::control::cancel_choice(), Choice::new(Say::key("menu-label"), "menu")];
        Part::Choices { text: Say::key("go-on").with("what", self.title(form)), choices }
    }
}
