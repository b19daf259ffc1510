//! A conversation that goes on with another account of the same resident.

use crate::{Need, State, step::Turn};
use model::{Channel, Part, Say};

impl Turn<'_> {
    /// The form that is begun by nothing but the digits of a code, while nothing runs.
    pub(crate) fn by_digits(&self, text: &str) -> Option<String> {
        let typed: String = normalise::fold(text).chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        let all_digits = self.state.stack.is_empty() && !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
        let form = self.catalogue.forms().find(|form| all_digits && form.by_digits == Some(typed.len()))?;
        Some(form.id.to_string())
    }

    /// Goes on here with what ran elsewhere; what runs here waits below it.
    pub(crate) fn take_over(&mut self, from: State) -> Result<(), Need> {
        let State { stack, remembered, chosen_lang, .. } = from;
        self.state.stack.retain(|frame| stack.iter().all(|taken| taken.form != frame.form));
        self.state.stack.extend(stack);
        for (name, answer) in remembered {
            self.state.remembered.entry(name).or_insert(answer);
        }
        self.state.chosen_lang = self.state.chosen_lang.or(chosen_lang);
        if self.state.stack.is_empty() {
            self.what_else();
            return Ok(());
        }
        self.resume()
    }

    /// It went on elsewhere; said once, where it was before.
    pub(crate) fn say_joined(&mut self) {
        if let Some(channel) = self.state.joined.take() {
            let channel = Say::dynamic(format!("channel-{channel}"));
            self.say.push(Part::text(Say::key("joined").with("channel", channel)));
        }
    }

    /// The other account has left: said here too, for whoever did not do it.
    pub(crate) fn say_parted(&mut self, channel: Channel) {
        let channel = Say::dynamic(format!("channel-{channel}"));
        self.say.push(Part::text(Say::key("parted").with("channel", channel)));
    }
}
