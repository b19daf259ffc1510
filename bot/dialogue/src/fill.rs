//! Reading answers out of what was said: several fields at once, asked or not, named or not.

use crate::{
    Answer, Asking, Field, FieldKind, Form, FormKind, Need, OptionSpec, Reads,
    named::{self, Named},
    said::Said,
    step::Turn,
};
use model::{EntityKind, Say, Understanding, Value};
use std::sync::Arc;

/// An answer of so few characters holds nothing but the answer.
const PLAIN: usize = 14;

/// A place is named in so many characters.
const PLACE: usize = 20;

/// Words of an option that are no correction by themselves: they answer the question that is being asked.
const YES_NO: [&str; 12] = ["はい", "いいえ", "うん", "ええ", "いや", "yes", "no", "ok", "是", "不是", "네", "아니요"];

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
    /// A field that was said to be wrong, without saying what is right.
    pub wrong: Option<String>,
}

pub(crate) enum Read {
    Answer(Answer),
    Unclear(Asking),
    Refused(Say),
    Nothing,
}

/// An utterance, read in the light of a form.
pub(crate) struct Reading<'a> {
    pub form: &'a Form,
    pub understanding: &'a Understanding,
    /// What is meant, without what is taken back.
    pub words: &'a str,
    pub corrects: bool,
    /// The field that it names.
    pub named: Option<&'a Named>,
    /// Where fields are named, what is said beside them.
    pub rest: &'a str,
    pub asked: Option<&'a Asking>,
    /// The words that began the form.
    pub opening: bool,
}

impl Filled {
    pub fn any(&self) -> bool {
        !self.new.is_empty() || !self.changed.is_empty()
    }
}

impl Reading<'_> {
    fn names(&self, field: &Field) -> bool {
        self.named.is_some_and(|named| named.field == field.name)
    }

    /// Nothing is asked, and nothing begins: everything is being read back.
    fn standing(&self) -> bool {
        self.asked.is_none() && !self.opening
    }
}

impl Turn<'_> {
    /// Fills the running form (the top of the stack) from an utterance.
    pub(crate) fn fill(&mut self, understanding: &Understanding, text: &str, asked: Option<&Asking>) -> Result<Filled, Need> {
        let mut filled = Filled::default();
        let Some((form, opening)) = self.running() else { return Ok(filled) };
        let said = Said::of(text);
        let words = if said.meant.is_empty() { text } else { &said.meant };
        let opening = opening && asked.is_none();
        let (named, rest) = if opening { Default::default() } else { named::all(&form, words) };
        let mut reading = Reading { form: &form, understanding, words, corrects: said.corrects, named: None, rest: &rest, asked, opening };
        // The field that is named comes first: the others then leave its words alone.
        let mut read_by_name = Vec::new();
        for named in &named {
            if let Some(field) = form.find(&named.field) {
                reading.named = Some(named);
                let before = filled.new.len() + filled.changed.len();
                if named.value.is_empty() {
                    // What was not answered yet cannot be wrong.
                    filled.wrong = (named.wrong && self.knows(field)).then(|| named.field.clone());
                } else {
                    let read = self.read_asked(&reading, field, &named.value)?;
                    self.keep(field, read, &mut filled);
                }
                let read = filled.new.len() + filled.changed.len() != before || filled.wrong.is_some() || filled.unclear.is_some() || filled.refused.is_some();
                read_by_name.extend(read.then_some(named));
            }
        }
        reading.named = read_by_name.first().copied();
        let by_name = |field: &Field| read_by_name.iter().any(|named| named.field == field.name);
        for field in form.fields.iter().filter(|field| asked.is_none_or(|asking| asking.field != field.name) && !by_name(field)) {
            let read = self.read_unasked(&reading, field)?;
            self.keep(field, read, &mut filled);
        }
        let asked_field = asked.and_then(|asking| form.find(&asking.field)).filter(|field| !by_name(field));
        if let (Some(asking), Some(field)) = (asked, asked_field) {
            // 「いいえ、工事の音です」 while the place is asked corrects, and is no place.
            let elsewhere = reading.named.is_some() && rest.is_empty() || reading.corrects && !filled.changed.is_empty();
            if reading.named.is_some() {
                reading.words = &rest;
            }
            let read = self.read_answer(&reading, field, asking, elsewhere)?;
            self.keep(field, read, &mut filled);
        }
        Ok(filled)
    }

    /// The form on top of the stack, and whether nothing of it has been asked yet.
    pub(crate) fn running(&self) -> Option<(Arc<Form>, bool)> {
        let frame = self.state.stack.last()?;
        let opening = frame.asking().is_some_and(|asking| asking.field.is_empty());
        self.catalogue.shared(&frame.form).map(|form| (form, opening))
    }

    fn keep(&mut self, field: &Field, read: Read, filled: &mut Filled) {
        let answer = match read {
            Read::Answer(answer) => answer,
            Read::Unclear(offered) => return filled.unclear = Some(offered),
            Read::Refused(why) => return filled.refused = Some(why),
            Read::Nothing => return,
        };
        let Some(frame) = self.state.stack.last_mut() else { return };
        match frame.answers.insert(field.name.to_string(), answer.clone()) {
            None => filled.new.push(field.name.to_string()),
            Some(before) if before.value != answer.value => filled.changed.push(field.name.to_string()),
            Some(_) => {}
        }
        if field.remember {
            self.state.remembered.insert(field.name.to_string(), answer);
        }
    }

    /// The field that is being asked.
    fn read_answer(&self, reading: &Reading<'_>, field: &Field, asking: &Asking, elsewhere: bool) -> Result<Read, Need> {
        let single = !matches!(field.kind, FieldKind::MultiChoice { .. });
        if single && !elsewhere && let Some(answer) = chosen(asking, reading.understanding, reading.words) {
            return Ok(Read::Answer(answer));
        }
        if let Some(answer) = self.understood(reading, field) {
            return Ok(self.checked(field, answer));
        }
        if elsewhere {
            return Ok(Read::Nothing);
        }
        self.read_asked(reading, field, reading.words)
    }

    /// A field that is not being asked.
    fn read_unasked(&self, reading: &Reading<'_>, field: &Field) -> Result<Read, Need> {
        let known = self.knows(field);
        if let Some(answer) = self.understood(reading, field) {
            // What was not asked is taken when it can be, and else left for its own question.
            return Ok(match self.checked(field, answer) {
                // A day that cannot be had is told at once, in the words that begin a form as well.
                Read::Refused(why) if reading.standing() || reading.opening && matches!(field.kind, FieldKind::Date { .. }) => Read::Refused(why),
                Read::Refused(_) => Read::Nothing,
                read => read,
            });
        }
        if reading.opening && field.required && matches!(field.kind, FieldKind::Date { .. }) && normalise::names_no_day(reading.words) {
            return Ok(Read::Refused(Say::dynamic(reading.form.text(&format!("invalid-{}", field.name)))));
        }
        if reading.named.is_some() {
            return Ok(match &field.kind {
                FieldKind::Choice { options } if !known => said_option(options, reading.rest, 2).map_or(Read::Nothing, |option| Read::Answer(picked(option))),
                _ => Read::Nothing,
            });
        }
        // 「図書館は月曜も？」, then 「北図書館は？」: what an answer was not asked about before.
        let known = known || reading.standing() && reading.form.kind == FormKind::Answer;
        let corrected = known && (reading.corrects || reading.standing());
        match &field.kind {
            // 「06-…、午前にお願いします」: beside an answer of another sort, a choice is one too.
            FieldKind::Choice { options } if reading.opening || corrected || !known && self.asks_for_a_value(reading) => Ok(said_option(options, reading.words, 2).map_or(Read::Nothing, |option| Read::Answer(picked(option)))),
            // 「介護保険のことで、できれば午後にお願いします」: a wish at the end of free words.
            FieldKind::Choice { options } if !known && reading.asked.is_some() => {
                let option = crate::phrases::closing_wish(reading.words).and_then(|wish| said_option(options, wish, 2));
                Ok(option.map_or(Read::Nothing, |option| Read::Answer(picked(option))))
            }
            FieldKind::MultiChoice { options } if reading.opening || corrected => {
                let named = |option: &&OptionSpec| said_option(std::slice::from_ref(*option), reading.words, 2).is_some();
                let all: Vec<_> = options.iter().filter(named).map(picked).collect();
                Ok(crate::asked::together(&all).map_or(Read::Nothing, Read::Answer))
            }
            FieldKind::Text { .. } if field.topic && reading.opening => Ok(crate::phrases::topic(reading.words).map_or(Read::Nothing, |topic| Read::Answer(Answer::same(topic)))),
            FieldKind::Query if reading.opening => Ok(Read::Answer(Answer::same(reading.words))),
            // What the service works out is no word of the resident's.
            FieldKind::Offer if !field.required => Ok(Read::Nothing),
            FieldKind::Lookup | FieldKind::Place | FieldKind::Offer if reading.opening && !known || corrected => self.look_up(reading.form, field, reading.words, false),
            _ => Ok(Read::Nothing),
        }
    }

    /// Whether the question is for a number, a day or the like, not for words.
    fn asks_for_a_value(&self, reading: &Reading<'_>) -> bool {
        let asked = reading.asked.and_then(|asking| reading.form.find(&asking.field));
        asked.is_some_and(|field| matches!(field.kind, FieldKind::Phone | FieldKind::Email | FieldKind::Date { .. } | FieldKind::Birthday | FieldKind::Number { .. } | FieldKind::Digits { .. }))
    }

    fn knows(&self, field: &Field) -> bool {
        self.state.stack.last().is_some_and(|frame| frame.answers.contains_key(field.name.as_ref()))
    }

    /// What understanding found for a field. Where several fields take the same kind of value, one of them has the say.
    fn understood(&self, reading: &Reading<'_>, field: &Field) -> Option<Answer> {
        // 「午前中」 answers the question for a time, and no other that takes a time as well.
        let asked = reading.asked.and_then(|asking| reading.form.find(&asking.field)).filter(|asked| asked.name != field.name && !reading.names(field));
        if asked.is_some_and(|asked| alike(&asked.kind, &field.kind)) {
            return None;
        }
        let found = understood(field, reading.understanding)?;
        let rivals = || reading.form.fields.iter().filter(|rival| rival.reads.iter().any(|reads| field.reads.contains(reads)));
        if rivals().nth(1).is_none() {
            return Some(found);
        }
        let owner = rivals()
            .find(|rival| reading.names(rival))
            .or_else(|| rivals().find(|rival| reading.asked.is_some_and(|asking| asking.field == rival.name)))
            .or_else(|| rivals().find(|rival| !self.knows(rival)))
            .or_else(|| rivals().next_back());
        owner.filter(|owner| owner.name == field.name).map(|_| found)
    }

    /// Whether words plainly answer what was asked: a choice by number or name, or the very kind of value.
    pub(crate) fn is_pick(&self, asking: &Asking, understanding: &Understanding, text: &str) -> bool {
        let Some((form, _)) = self.running() else { return false };
        let Some(field) = form.find(&asking.field) else { return false };
        let brief = text.chars().count() <= PLAIN;
        let option = || match &field.kind {
            FieldKind::Choice { options } => said_option(options, text, 1).map(picked),
            FieldKind::MultiChoice { options } => crate::asked::several(options, understanding, text),
            FieldKind::TimeSlot { slots } => crate::asked::slot(slots, understanding),
            FieldKind::Number { .. } => crate::asked::number(understanding, text).map(|n| Answer::same(n.to_string())),
            _ => None,
        };
        chosen(asking, understanding, text).is_some_and(|_| brief || asking.offered.iter().any(|(_, label)| label == text))
            || (brief && understood(field, understanding).is_some())
            || (brief && option().is_some())
    }

    /// Whether words hold the very number or place that was asked for, or one of their sentences is a pick; what they resemble otherwise
    /// does not count then.
    pub(crate) fn holds_the_answer(&self, asking: &Asking, understanding: &Understanding, text: &str) -> bool {
        let Some((form, _)) = self.running() else { return false };
        let Some(field) = form.find(&asking.field).filter(|_| !crate::several::asks_for_something(text)) else { return false };
        let number = matches!(field.kind, FieldKind::Phone | FieldKind::Email) && understood(field, understanding).is_some();
        let somewhere = [EntityKind::Town, EntityKind::Address].into_iter().any(|kind| understanding.entities_of(kind).next().is_some());
        let place = matches!(field.kind, FieldKind::Place | FieldKind::Lookup | FieldKind::Address | FieldKind::Location) && somewhere && is_address(text);
        let clauses = self.input.clauses;
        number || place || clauses.len() > 1 && clauses.iter().any(|clause| self.is_pick(asking, &clause.understanding, &clause.text))
    }

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

/// Whether words end where an address does: 「阿倍野区旭町三丁目です」, not 「さくら町の避難所」.
fn is_address(text: &str) -> bool {
    let end = |c: char| matches!(c, '町' | '村' | '区' | '市' | '丁' | '目' | '番' | '地' | '号') || c.is_numeric();
    let after = text.rfind(end).map_or(usize::MAX, |at| text[at..].chars().skip(1).filter(|c| c.is_alphabetic()).count());
    text.chars().count() <= PLACE && after <= 3
}

/// Whether two kinds of fields take the same values.
fn alike(one: &FieldKind, other: &FieldKind) -> bool {
    let sort = |kind: &FieldKind| match kind {
        FieldKind::Time | FieldKind::TimeSlot { .. } => 1,
        FieldKind::Date { .. } | FieldKind::Birthday => 2,
        FieldKind::Number { .. } | FieldKind::Digits { .. } | FieldKind::Phone => 3,
        _ => 0,
    };
    sort(one) != 0 && sort(one) == sort(other)
}

/// The fixed option that words name; where several do, the one with the longest name. Names shorter than `at_least` and a bare
/// yes or no count only for the question that is being asked.
pub(crate) fn said_option<'a>(options: &'a [OptionSpec], text: &str, at_least: usize) -> Option<&'a OptionSpec> {
    let folded = normalise::fold(text).to_lowercase();
    // 「受けました」 is 「受けた」.
    let plain = folded.replace("ました", "た").replace("ています", "ている").replace("ていません", "ていない");
    let length = |option: &OptionSpec| {
        let counts = |word: &str| word.chars().count() >= at_least && (at_least <= 1 || !YES_NO.contains(&word));
        let said = |word: &str| holds(&folded, word) || holds(&plain, word);
        option.said.iter().filter(|word| counts(word) && said(&word.to_lowercase())).map(|word| word.chars().count()).max()
    };
    let named: Vec<_> = options.iter().enumerate().filter_map(|(n, option)| length(option).map(|long| (long, std::cmp::Reverse(n), option))).collect();
    // 「午前でも午後でもいつでも」 names them only to leave it open.
    let open = named.iter().filter(|(.., option)| !option.otherwise).count() > 1;
    named.into_iter().max_by_key(|(long, n, option)| (option.otherwise == open, *long, *n)).map(|(.., option)| option)
}

/// Whether a word stands in a text; a word in Latin letters as a word of its own (`no` not in `noon`).
fn holds(text: &str, word: &str) -> bool {
    if word.is_empty() || !word.is_ascii() {
        return !word.is_empty() && text.contains(word);
    }
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, _)| !letter(text[..at].chars().next_back()) && !letter(text[at + word.len()..].chars().next()))
}

/// 「2番目」: the number of a choice, from 1.
pub(crate) fn number_chosen(understanding: &Understanding) -> Option<usize> {
    understanding.slots.iter().find_map(|slot| match slot.value {
        Value::Choice(n) => usize::try_from(n).ok(),
        _ => None,
    })
}

/// A pick from the choices on offer, by number or by name.
pub(crate) fn chosen(asking: &Asking, understanding: &Understanding, text: &str) -> Option<Answer> {
    let folded = normalise::fold(text);
    let by_number = number_chosen(understanding).or_else(|| folded.trim().parse().ok()).and_then(|n: usize| asking.offered.get(n.checked_sub(1)?));
    let by_name = || {
        let mut named = asking.offered.iter().filter(|(_, label)| {
            let label = normalise::fold(label);
            !label.is_empty() && (folded == label || holds(&folded, &label) || (folded.chars().count() >= 2 && holds(&label, &folded)))
        });
        named.next().filter(|_| named.next().is_none())
    };
    // The longest word that stands in what was said: 市外 is not 市.
    let by_word = || {
        let lower = folded.to_lowercase();
        let (value, _) = asking.said.iter().filter(|(_, word)| holds(&lower, word)).max_by_key(|(_, word)| word.chars().count())?;
        asking.offered.iter().find(|(offered, _)| offered == value)
    };
    by_number.or_else(by_name).or_else(by_word).map(|(value, label)| Answer { value: value.clone(), label: label.clone() })
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
pub(crate) fn picked(option: &OptionSpec) -> Answer {
    Answer { value: option.value.to_string(), label: option.said.first().map_or_else(|| option.value.to_string(), ToString::to_string) }
}
