//! Reading answers out of what was said.

use crate::{Answer, Asking, Field, FieldKind, Form, Need, Reads, step::Turn};
use model::{Say, Understanding, Value};

/// What an utterance gave to a form.
#[derive(Default)]
pub(crate) struct Filled {
    /// Fields that were answered for the first time.
    pub new: Vec<String>,
    /// Fields whose answer was changed.
    pub changed: Vec<String>,
    /// The answer to the asked field fits several; the resident must choose.
    pub unclear: Option<Asking>,
    /// The answer to the asked field cannot be used, and why.
    pub refused: Option<Say>,
}

impl Filled {
    pub fn any(&self) -> bool {
        !self.new.is_empty() || !self.changed.is_empty()
    }
}

impl Turn<'_> {
    /// Fills the running form (the top of the stack) from an utterance: several fields at once, asked or not.
    pub(crate) fn fill(&mut self, understanding: &Understanding, text: &str, asked: Option<&Asking>) -> Result<Filled, Need> {
        let mut filled = Filled::default();
        let Some((form, opening)) = self.running() else { return Ok(filled) };
        for field in &form.fields {
            let asking = asked.filter(|asking| asking.field == field.name);
            let known = self.state.stack.last().is_some_and(|frame| frame.answers.contains_key(field.name.as_ref()));
            let answer = match self.read(&form, field, understanding, text, asking, opening && asked.is_none(), known)? {
                Read::Answer(answer) => answer,
                Read::Unclear(offered) => {
                    filled.unclear = Some(offered);
                    continue;
                }
                Read::Refused(why) => {
                    filled.refused = Some(why);
                    continue;
                }
                Read::Nothing => continue,
            };
            let Some(frame) = self.state.stack.last_mut() else { break };
            match frame.answers.insert(field.name.to_string(), answer.clone()) {
                None => filled.new.push(field.name.to_string()),
                Some(before) if before.value != answer.value => filled.changed.push(field.name.to_string()),
                Some(_) => {}
            }
            if field.remember {
                self.state.remembered.insert(field.name.to_string(), answer);
            }
        }
        Ok(filled)
    }

    /// The form on top of the stack, and whether nothing of it has been asked yet.
    pub(crate) fn running(&self) -> Option<(Form, bool)> {
        let frame = self.state.stack.last()?;
        let opening = frame.asking().is_some_and(|asking| asking.field.is_empty());
        self.catalogue.form(&frame.form).cloned().map(|form| (form, opening))
    }

    #[expect(clippy::too_many_arguments, reason = "each is one thing that decides how a field is read; a struct would only rename them")]
    fn read(
        &self,
        form: &Form,
        field: &Field,
        understanding: &Understanding,
        text: &str,
        asking: Option<&Asking>,
        opening: bool,
        known: bool,
    ) -> Result<Read, Need> {
        let single = !matches!(field.kind, FieldKind::MultiChoice { .. });
        if let Some(asking) = asking.filter(|_| single)
            && let Some(answer) = chosen(asking, understanding, text) {
                return Ok(Read::Answer(answer));
            }
        if let Some(answer) = understood(field, understanding) {
            return Ok(Read::Answer(answer));
        }
        match &field.kind {
            FieldKind::Choice { options } => {
                let folded = normalise::fold(text);
                let said = options.iter().find(|option| {
                    option.said.iter().any(|word| {
                        folded.contains(word.as_ref()) && (asking.is_some() || opening && word.chars().count() > 1)
                    })
                });
                Ok(said.map_or(Read::Nothing, |option| Read::Answer(picked(option))))
            }
            _ if asking.is_some() => Ok(self.read_asked(form, field, understanding, text)?),
            FieldKind::Query if opening => Ok(Read::Answer(Answer::same(text))),
            FieldKind::Lookup | FieldKind::Place if opening && !known => self.look_up(form, field, text, false),
            _ => Ok(Read::Nothing),
        }
    }

    /// Whether words plainly answer what was asked: a choice by number or name, or the very kind of value.
    pub(crate) fn is_pick(&self, asking: &Asking, understanding: &Understanding, text: &str) -> bool {
        let Some((form, _)) = self.running() else { return false };
        let Some(field) = form.find(&asking.field) else { return false };
        let brief = text.chars().count() <= PLAIN;
        chosen(asking, understanding, text).is_some_and(|_| brief || asking.offered.iter().any(|(_, label)| label == text))
            || (brief && understood(field, understanding).is_some())
            || (brief && said_option(field, text).is_some())
    }
}

impl Turn<'_> {
    /// Whether words are nothing but options of the question that was asked, the way it named them: 「足音」 is then an
    /// answer about noise, and nobody's steps in the dark.
    pub(crate) fn only_names_options(&self, text: &str) -> bool {
        let Some((form, _)) = self.running() else { return false };
        let Some(asking) = self.state.stack.last().and_then(crate::Frame::asking) else { return false };
        let Some(FieldKind::Choice { options } | FieldKind::MultiChoice { options }) = form.find(&asking.field).map(|field| &field.kind) else { return false };
        let mut words: Vec<String> = options.iter().flat_map(|option| &option.said).map(|word| normalise::fold(word).to_lowercase()).collect();
        // The longest first: 工事の音 before 工事.
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let said = normalise::fold(text).to_lowercase();
        let rest = words.iter().filter(|word| !word.is_empty()).fold(said.clone(), |rest, word| rest.replace(word.as_str(), " "));
        let joints = ["です", "と", "や", "も", "、", "。", ",", "・", " "];
        rest != said && joints.iter().fold(rest, |rest, joint| rest.replace(joint, "")).is_empty()
    }
}

/// An answer of so few characters holds nothing but the answer.
const PLAIN: usize = 14;

/// The fixed option that words name.
fn said_option<'a>(field: &'a Field, text: &str) -> Option<&'a crate::OptionSpec> {
    let FieldKind::Choice { options } = &field.kind else { return None };
    let folded = normalise::fold(text).to_lowercase();
    options.iter().find(|option| option.said.iter().any(|word| folded.contains(word.as_ref())))
}

pub(crate) enum Read {
    Answer(Answer),
    Unclear(Asking),
    Refused(Say),
    Nothing,
}

/// A pick from the choices on offer, by number or by name.
fn chosen(asking: &Asking, understanding: &Understanding, text: &str) -> Option<Answer> {
    let folded = normalise::fold(text);
    let by_number = understanding.slots.iter().find_map(|slot| match slot.value {
        Value::Choice(n) => usize::try_from(n).ok(),
        _ => None,
    });
    let by_number = by_number.or_else(|| folded.trim().parse().ok()).and_then(|n: usize| asking.offered.get(n.checked_sub(1)?));
    let by_name = || {
        let mut named = asking.offered.iter().filter(|(_, label)| {
            let label = normalise::fold(label);
            folded == label || folded.contains(&label) || (folded.chars().count() >= 2 && label.contains(&folded))
        });
        named.next().filter(|_| named.next().is_none())
    };
    by_number.or_else(by_name).map(|(value, label)| Answer { value: value.clone(), label: label.clone() })
}

fn understood(field: &Field, understanding: &Understanding) -> Option<Answer> {
    field.reads.iter().find_map(|reads| match reads {
        Reads::Entity(kind) => understanding
            .entities_of(*kind)
            .next()
            .map(|entity| Answer { value: entity.value.clone(), label: entity.text.clone() }),
        Reads::Slot(kind) => {
            understanding.slots.iter().find_map(|slot| kind.matches(&slot.value)).map(Answer::same)
        }
    })
}

/// An option as an answer.
pub(crate) fn picked(option: &crate::OptionSpec) -> Answer {
    Answer { value: option.value.to_string(), label: option.said.first().map_or_else(|| option.value.to_string(), ToString::to_string) }
}
