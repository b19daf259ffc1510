//! First things first: an emergency, and what is said soon after one.

use crate::{Need, control::SURE, step::{Alert, Turn}};
use chrono::TimeDelta;
use model::{Emergency, Part, Say, Understanding, Urgency};

/// So long what is said may be about the emergency.
const SOON: TimeDelta = TimeDelta::minutes(60);
/// A report of help has no more characters than this.
const BRIEF: usize = 24;

/// Help was called. Said in words that can sound like another alarm: 「消防車呼んだ」.
const CALLED: [&str; 13] =
    ["電話しました", "電話もしました", "電話した", "呼びました", "呼んだ", "かけました", "通報しました", "通報した", "called", "打了", "叫了", "전화했", "đã gọi"];

/// Help is there, or they are safe: nothing to do, unless it sounds like an alarm.
const SAFE: [&str; 4] = ["来ました", "来てくれ", "逃げました", "on the way"];

impl Turn<'_> {
    /// First things first; then whatever else was asked (the nearest AED), if it was clear.
    pub(crate) fn emergency(&mut self, emergency: Emergency, understanding: &Understanding, text: &str) -> Result<(), Need> {
        // What else there is to say comes after this; the welcome would only be in the way.
        let welcome = Part::text(Say::key("welcome"));
        let rest: Vec<_> = std::mem::take(&mut self.say).into_iter().filter(|part| *part != welcome).collect();
        self.urgency = Urgency::Urgent;
        self.state.alarmed = Some(self.input.now);
        self.alerts.push(Alert::Emergency(emergency));
        self.text(&format!("emergency-{}", emergency.as_str()));
        self.say.extend(rest);
        let also = self
            .catalogue
            .for_intent(understanding.intent())
            .filter(|form| form.in_emergency && understanding.confidence() >= SURE);
        // What was being talked about waits: the next words are about this.
        self.pause();
        let also = also.map(|form| form.id.to_string());
        match also {
            Some(form) if !self.state.stack.iter().any(|frame| frame.form == form) => {
                self.begin(&form, understanding, text, Default::default())
            }
            _ => Ok(()),
        }
    }

    /// 「電話しました」 soon after an emergency: no request, and nothing to say but to listen to those who were called.
    pub(crate) fn has_called_for_help(&mut self, text: &str, rings: bool) -> bool {
        let soon = self.state.alarmed.is_some_and(|at| self.input.now - at <= SOON);
        let lower = text.to_lowercase();
        let holds = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let said = soon && text.chars().count() <= BRIEF && (holds(&CALLED) || !rings && holds(&SAFE));
        if said {
            self.text("emergency-called");
        }
        said
    }
}
