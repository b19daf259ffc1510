//! When it is not clear what is meant, or the answer was wrong.

use crate::{
    Found, Need,
    control::{ACCEPT, GUESS, SURE, cancel_choice, human_choice},
    said::Said,
    step::Turn,
};
use model::{Choice, Content, Part, Postback, Say, Understanding};
use std::collections::BTreeMap;

/// Two intents this close to each other are asked about rather than guessed between.
const CLOSE: f32 = 0.12;
/// So many characters make a question that can stand in the city's answers word for word.
const QUESTION: usize = 8;
/// So many characters of unclear words are kept for the choice that follows.
const REMEMBERED: usize = 200;
/// So many clarifications in a row, then a person.
const CLARIFICATIONS: u8 = 2;

impl Turn<'_> {
    /// Words while nothing is running.
    pub(crate) fn fresh(&mut self, understanding: &Understanding, text: &str) -> Result<(), Need> {
        if self.about_what_was_done(understanding, text)? || self.follow_up(understanding, text)? {
            return Ok(());
        }
        let says_no = understanding.intent() == "control.no" && understanding.confidence() >= ACCEPT;
        let said = Said::of(text);
        if self.state.last.is_some() && (says_no || said.corrects && said.meant.is_empty()) {
            return self.wrong_answer();
        }
        if self.control(understanding, text)? {
            self.state.misses = 0;
            return Ok(());
        }
        if text.chars().count() >= QUESTION {
            let search = self.catalogue.search().to_owned();
            let word_for_word = Need::Lookup { form: search.clone(), field: "entry".to_owned(), text: text.to_owned(), asked: true };
            if let Found::One(entry) = self.facts.found(word_for_word)? {
                self.state.misses = 0;
                return self.begin(&search, understanding, "", BTreeMap::from([("entry".to_owned(), entry.value)]));
            }
        }
        let close = understanding.intents.get(1).is_some_and(|second| understanding.confidence() - second.confidence < CLOSE);
        if understanding.confidence() >= ACCEPT && !close
            && let Some(form) = self.catalogue.for_intent(understanding.intent()) {
                let id = form.id.to_string();
                self.state.misses = 0;
                return self.begin(&id, understanding, text, BTreeMap::new());
            }
        let guesses = self.guesses(understanding);
        if close && guesses.len() >= 2 && understanding.confidence() >= 2.0 * GUESS {
            self.state.misses = self.state.misses.saturating_add(1);
            return self.ask_which(Say::key("which-did-you-mean"), guesses);
        }
        // Not clear: perhaps the city's answers have it.
        let search = self.catalogue.search().to_owned();
        self.begin(&search, understanding, text, BTreeMap::new())
    }

    /// What could have been meant, as choices.
    fn guesses(&self, understanding: &Understanding) -> Vec<Choice> {
        understanding
            .intents
            .iter()
            .filter(|scored| scored.confidence >= GUESS)
            .filter_map(|scored| self.catalogue.for_intent(&scored.intent))
            .filter(|form| form.id != self.catalogue.search())
            .take(3)
            .map(|form| Choice::new(Say::dynamic(form.text("title")), Postback::begin(&form.id)))
            .collect()
    }

    fn ask_which(&mut self, text: Say, mut choices: Vec<Choice>) -> Result<(), Need> {
        self.state.unclear = match self.input.content {
            Content::Text { text } => Some(text.chars().take(REMEMBERED).collect()),
            _ => None,
        };
        choices.push(Choice::new(Say::key("menu-label"), "menu"));
        choices.push(human_choice());
        self.say.push(Part::Choices { text, choices });
        Ok(())
    }

    /// Nothing was found. Asks what is meant, twice at most; then a person.
    pub(crate) fn clarify(&mut self) -> Result<(), Need> {
        let foreign = self.input.understanding.is_some_and(|u| u.intent() == "out_of_scope" && u.confidence() >= SURE);
        if foreign && self.state.stack.is_empty() {
            self.text("out-of-scope");
            self.menu();
            return Ok(());
        }
        self.state.misses = self.state.misses.saturating_add(1);
        if self.state.misses > CLARIFICATIONS {
            self.state.misses = 0;
            return self.offer_person();
        }
        let guesses = self.input.understanding.map(|u| self.guesses(u)).unwrap_or_default();
        if guesses.is_empty() {
            self.text("not-understood");
            self.menu();
            return Ok(());
        }
        self.ask_which(Say::key("did-you-mean"), guesses)
    }

    /// 「違う、そうじゃない」 after an answer: the next best, and a person.
    pub(crate) fn wrong_answer(&mut self) -> Result<(), Need> {
        let alternatives = self.state.last.take().map(|last| last.alternatives).unwrap_or_default();
        let key = if alternatives.is_empty() { "wrong-answer-none" } else { "wrong-answer" };
        let mut choices: Vec<_> = alternatives.into_iter().take(3).collect();
        choices.push(Choice::new(Say::key("menu-label"), "menu"));
        choices.push(human_choice());
        self.say.push(Part::Choices { text: Say::key(key), choices });
        Ok(())
    }

    pub(crate) fn offer_person(&mut self) -> Result<(), Need> {
        self.alerts.push(crate::Alert::NotUnderstood);
        let mut choices = vec![human_choice(), Choice::new(Say::key("menu-label"), "menu")];
        if !self.state.stack.is_empty() {
            choices.push(cancel_choice());
        }
        self.say.push(Part::Choices { text: Say::key("offer-person"), choices });
        Ok(())
    }

    /// A location came out of the blue: what is it for?
    pub(crate) fn offer_for_location(&mut self, value: &str) {
        let mut choices: Vec<_> = self
            .catalogue
            .forms()
            .filter(|form| form.from_location)
            .filter_map(|form| {
                let field = form.fields.iter().find(|f| matches!(f.kind, crate::FieldKind::Place))?;
                let tap = Postback::begin(&form.id).given(&field.name, value);
                Some(Choice::new(Say::dynamic(form.text("title")), tap))
            })
            .collect();
        choices.push(Choice::new(Say::key("menu-label"), "menu"));
        self.say.push(Part::Choices { text: Say::key("location-what-for"), choices });
    }
}
