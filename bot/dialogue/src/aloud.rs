//! What is said over a telephone: a few choices at a time, each with its key, the rest after 「次へ」.

use crate::{Need, State, step::Turn};
use model::{Action, Card, Choice, Part, Say};

/// The values of the choices that were offered last, in their order.
pub(crate) fn keys(said: &[Part<Say>]) -> Vec<String> {
    let offered = |part: &Part<Say>| match part {
        Part::Choices { choices, .. } if !choices.is_empty() => Some(choices.iter().map(|choice| choice.value.clone()).collect()),
        _ => None,
    };
    said.iter().rev().find_map(offered).unwrap_or_default()
}

/// The parts of an answer as they are spoken; remembers what the keys stand for, and what did not fit.
pub(crate) fn render(say: Vec<Part<Say>>, at_once: usize, state: &mut State) -> Vec<Part<Say>> {
    state.more = None;
    let last_choices = say.iter().rposition(|part| matches!(part, Part::Choices { .. }));
    let has_question = last_choices.is_some();
    say.into_iter()
        .enumerate()
        .map(|(n, part)| match part {
            // Only the last list can be chosen from; of the others the text is enough.
            Part::Choices { text, .. } if Some(n) != last_choices => Part::text(text),
            Part::Choices { text, choices } => listed(text, choices, at_once, state),
            Part::Cards { text, cards } => told(text, cards, at_once, has_question, state),
            Part::Place { text, address, .. } => Part::text(Say::Lines(vec![text, address])),
            // An address of a page is nothing to listen to.
            Part::Link { text, .. } | Part::Image { text, .. } => Part::text(text),
            other => other,
        })
        .collect()
}

/// Choices with their keys: the first few, and how to hear more.
fn listed(text: Say, mut choices: Vec<Choice<Say>>, at_once: usize, state: &mut State) -> Part<Say> {
    // A map cannot be sent by voice.
    choices.retain(|choice| choice.value != "location");
    // Where nothing is to be chosen, ways out are not listed each time: 「やめる」 and 「職員」 are always understood.
    if choices.iter().all(|choice| matches!(choice.value.as_str(), "cancel" | "human")) {
        return Part::Choices { text, choices };
    }
    if choices.len() > at_once + 1 {
        let rest = choices.split_off(at_once);
        state.more = Some(Part::Choices { text: Say::key("more-choices"), choices: rest });
        choices.push(Choice::new(Say::key("more-label"), "more"));
    }
    let mut lines = vec![text];
    for (n, choice) in choices.iter().enumerate() {
        lines.push(Say::key("press").with("n", i64::try_from(n + 1).unwrap_or(0)).with("what", choice.label.clone()));
    }
    state.keys = choices.iter().map(|choice| choice.value.clone()).collect();
    Part::Choices { text: Say::Lines(lines), choices }
}

/// Cards, each in a sentence: what it is, and the first thing to know of it.
fn told(text: Say, mut cards: Vec<Card<Say>>, at_once: usize, has_question: bool, state: &mut State) -> Part<Say> {
    let rest = if cards.len() > at_once { cards.split_off(at_once) } else { Vec::new() };
    let mut lines = vec![text];
    for (n, card) in cards.into_iter().enumerate() {
        let first = card.lines.into_iter().next();
        let n = i64::try_from(n + 1).unwrap_or(0);
        lines.push(match first {
            Some(first) => Say::key("card-aloud").with("n", n).with("title", card.title).with("line", first),
            None => Say::key("card-aloud-bare").with("n", n).with("title", card.title),
        });
    }
    if rest.is_empty() || has_question {
        return Part::text(Say::Lines(lines));
    }
    state.more = Some(Part::Cards { text: Say::key("more-cards"), cards: rest.into_iter().map(without_actions).collect() });
    listed(Say::Lines(lines), vec![Choice::new(Say::key("more-label"), "more"), crate::control::human_choice(), Choice::new(Say::key("menu-label"), "menu")], at_once, state)
}

fn without_actions(card: Card<Say>) -> Card<Say> {
    Card { actions: Vec::<Action<Say>>::new(), lines: card.lines.into_iter().take(1).collect(), place: None, ..card }
}

impl Turn<'_> {
    /// What did not fit before.
    pub(crate) fn say_more(&mut self) -> Result<(), Need> {
        match self.state.more.take() {
            Some(part) => {
                self.say.push(part);
                Ok(())
            }
            None => self.reprompt_or_menu(),
        }
    }
}
