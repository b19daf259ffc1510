//! Answers to the very question that was asked, by the kind of the field.

use crate::{
    Answer, Asking, Field, FieldKind, Form, Found, Need, OptionSpec, SEVERAL,
    control::ACCEPT,
    fill::{Read, picked},
    step::Turn,
};
use model::{EntityKind, Say, Understanding, Value};

/// Fewer characters than this are no address.
const SHORTEST_ADDRESS: usize = 4;
/// A name has no more kana than this.
const LONGEST_NAME: usize = 40;

impl Turn<'_> {
    pub(crate) fn read_asked(&self, form: &Form, field: &Field, understanding: &Understanding, text: &str) -> Result<Read, Need> {
        let answer = match &field.kind {
            FieldKind::Lookup | FieldKind::Place => return self.look_up(form, field, text, true),
            FieldKind::Text { max } => Some(Answer::same(text.chars().take(*max).collect::<String>())),
            FieldKind::Query => Some(Answer::same(text)),
            FieldKind::Number { min, max } => {
                number(text).filter(|n| (min..=max).contains(&n)).map(|n| Answer::same(n.to_string()))
            }
            FieldKind::MultiChoice { options } => several(options, understanding, text),
            FieldKind::KanaName => match kana(text) {
                Some(name) => Some(Answer::same(name)),
                None => return Ok(Read::Refused(Say::key("field-invalid-kana"))),
            },
            // Asked for a birthday, a bare date is one.
            FieldKind::Birthday => return Ok(self.birthday(understanding)),
            FieldKind::Address => address(understanding, text),
            FieldKind::Consent => consent(understanding),
            // Their slots have been looked at already.
            FieldKind::Choice { .. } | FieldKind::Date | FieldKind::Time | FieldKind::Phone | FieldKind::Email | FieldKind::Photo => None,
        };
        Ok(answer.map_or(Read::Nothing, Read::Answer))
    }

    pub(crate) fn look_up(&self, form: &Form, field: &Field, text: &str, asked: bool) -> Result<Read, Need> {
        let need = Need::Lookup { form: form.id.to_string(), field: field.name.to_string(), text: text.to_owned(), asked };
        Ok(match self.facts.found(need)? {
            Found::One(found) => Read::Answer(Answer { value: found.value, label: found.label }),
            Found::Many(found) => Read::Unclear(Asking {
                field: field.name.to_string(),
                misses: 0,
                offered: found.into_iter().map(|c| (c.value, c.label)).collect(),
            }),
            Found::Refused(why) => Read::Refused(why),
            Found::None => Read::Nothing,
        })
    }

    fn birthday(&self, understanding: &Understanding) -> Read {
        let said = understanding.slots.iter().find_map(|slot| match slot.value {
            Value::Birthday(day) | Value::Date(day) => Some(day),
            _ => None,
        });
        match said {
            // One day of grace: the engine does not know the city's zone.
            Some(day) if day > self.input.now.date_naive() + chrono::TimeDelta::days(1) => Read::Refused(Say::key("field-invalid-birthday")),
            Some(day) => Read::Answer(Answer::same(day.to_string())),
            None => Read::Nothing,
        }
    }
}

fn number(text: &str) -> Option<u32> {
    let digits: String = normalise::fold(text).chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// 「1と3」「犬と猫」: all options that are named or numbered, in their own order.
fn several(options: &[OptionSpec], understanding: &Understanding, text: &str) -> Option<Answer> {
    let folded = normalise::fold(text).to_lowercase();
    let numbers: Vec<usize> = folded.split(|c: char| !c.is_ascii_digit()).filter_map(|run| run.parse().ok()).collect();
    let choice = understanding.slots.iter().find_map(|slot| match slot.value {
        Value::Choice(n) => usize::try_from(n).ok(),
        _ => None,
    });
    let named = |option: &OptionSpec| option.said.iter().any(|word| folded.contains(&word.to_lowercase()));
    let all: Vec<Answer> = options
        .iter()
        .enumerate()
        .filter(|(n, option)| named(option) || numbers.contains(&(n + 1)) || choice == Some(n + 1))
        .map(|(_, option)| picked(option))
        .collect();
    let join = |part: fn(&Answer) -> &str, by: &str| all.iter().map(part).collect::<Vec<_>>().join(by);
    (!all.is_empty()).then(|| Answer { value: join(|a| &a.value, &SEVERAL.to_string()), label: join(|a| &a.label, "、") })
}

/// A name in kana, in katakana with single blanks; nothing else may be in it.
fn kana(text: &str) -> Option<String> {
    let folded = normalise::fold(text);
    let said = ["です", "と申します", "ともうします", "といいます"].iter().find_map(|end| folded.trim().strip_suffix(end)).unwrap_or(folded.trim());
    let name = said.split_whitespace().map(normalise::kana::to_katakana).collect::<Vec<_>>().join(" ");
    let reads = |c: char| matches!(c, 'ァ'..='ヺ' | 'ー' | ' ' | '・');
    let length = name.chars().count();
    ((2..=LONGEST_NAME).contains(&length) && name.chars().all(reads)).then_some(name)
}

fn address(understanding: &Understanding, text: &str) -> Option<Answer> {
    let known = [EntityKind::Address].into_iter().find_map(|kind| understanding.entities_of(kind).next());
    let whole = text.trim();
    match known {
        // What follows the number (a building, a room) stays with it.
        Some(entity) if whole.chars().count() <= entity.value.chars().count() + 4 => Some(Answer::same(entity.value.clone())),
        _ if whole.chars().count() >= SHORTEST_ADDRESS => Some(Answer::same(whole)),
        _ => None,
    }
}

fn consent(understanding: &Understanding) -> Option<Answer> {
    let said = |intent: &str| understanding.confidence_in(intent) >= ACCEPT;
    match (said("control.yes"), said("control.no")) {
        (true, _) => Some(Answer::same("yes")),
        (false, true) => Some(Answer::same("no")),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_kana_and_nothing_else() {
        assert_eq!(kana("やまだ　はなこ").as_deref(), Some("ヤマダ ハナコ"));
        assert_eq!(kana("ﾔﾏﾀﾞ ﾀﾛｳです").as_deref(), Some("ヤマダ タロウ"));
        for wrong in ["山田花子", "yamada", "あ", "やまだ3", ""] {
            assert_eq!(kana(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn several_options_by_name_and_number() {
        let options = ["犬", "猫", "鳥"].map(|said| OptionSpec { value: format!("v-{said}").into(), said: vec![said.into()] });
        let answer = |text: &str| several(&options, &Understanding::default(), text).map(|a| (a.value, a.label));
        assert_eq!(answer("犬と鳥を飼ってます"), Some(("v-犬,v-鳥".into(), "犬、鳥".into())));
        assert_eq!(answer("1と2"), Some(("v-犬,v-猫".into(), "犬、猫".into())));
        assert_eq!(answer("うさぎ"), None);
    }
}
