//! Answers to the very question that was asked, by the kind of the field.

use crate::{
    Answer, Asking, Candidate, Field, FieldKind, Form, Found, Need, OptionSpec, Period, SEVERAL,
    control::ACCEPT,
    fill::{Read, Reading, number_chosen, picked, said_option},
    said::without_ending,
    step::Turn,
};
use chrono::{Datelike, NaiveDate};
use model::{Content, EntityKind, Say, Understanding, Value};

/// Fewer characters than this are no address.
const SHORTEST_ADDRESS: usize = 4;
/// Texts up to this (characters) are names of things.
const SHORT_TEXT: usize = 60;
/// A name has no more characters than this.
const LONGEST_NAME: usize = 40;

impl Turn<'_> {
    /// Reads words as the answer to a field.
    pub(crate) fn read_asked(&self, reading: &Reading<'_>, field: &Field, words: &str) -> Result<Read, Need> {
        let understanding = reading.understanding;
        let named = reading.named.is_some();
        let answer = match &field.kind {
            FieldKind::Lookup | FieldKind::Offer | FieldKind::Place => return self.find_by_name(reading, field, words),
            // 「用件は何ですか」 asks; it tells no purpose.
            FieldKind::Text { .. } | FieldKind::Query if named && asks(words) => None,
            // A short text is a name of something, without its 「です」.
            FieldKind::Text { max } if *max <= SHORT_TEXT => Some(Answer::same(without_ending(words).chars().take(*max).collect::<String>())),
            FieldKind::Text { max } => Some(Answer::same(words.chars().take(*max).collect::<String>())),
            FieldKind::Query => Some(Answer::same(words)),
            FieldKind::Choice { options } => said_option(options, words, 1).or_else(|| agreed(options, understanding)).map(picked),
            FieldKind::MultiChoice { options } => several(options, understanding, words),
            FieldKind::Number { .. } => number(understanding, words).map(|n| Answer::same(n.to_string())),
            FieldKind::Digits { min, max } => match digits(words) {
                Some(run) if (*min..=*max).contains(&run.len()) => Some(Answer::same(run)),
                Some(run) => return Ok(Read::Refused(count_refused(run.len(), *min, *max))),
                None => None,
            },
            FieldKind::KanaName => match kana(words) {
                Some(name) => Some(Answer::same(name)),
                None if named && asks(words) => None,
                None => return Ok(Read::Refused(Say::key("field-invalid-kana"))),
            },
            FieldKind::Signature => full_name(words).map(Answer::same),
            // Asked for a birthday, a bare date is one.
            FieldKind::Birthday => return Ok(self.birthday(understanding)),
            FieldKind::Address | FieldKind::Location => return self.address(reading, field, words),
            FieldKind::Consent => consent(understanding),
            FieldKind::TimeSlot { slots } => slot(slots, understanding),
            // Their slots have been looked at already, unless the field was named.
            FieldKind::Date { .. } | FieldKind::Time | FieldKind::Phone | FieldKind::Email if named => {
                let own = |value: &Value| field.reads.iter().find_map(|reads| match reads {
                    crate::Reads::Slot(kind) => kind.matches(value),
                    crate::Reads::Entity(_) => None,
                });
                understanding.slots.iter().find_map(|slot| own(&slot.value)).map(Answer::same)
            }
            FieldKind::Date { .. } | FieldKind::Time | FieldKind::Phone | FieldKind::Email | FieldKind::Photo | FieldKind::File => None,
        };
        Ok(answer.map_or(Read::Nothing, |answer| self.checked(field, answer)))
    }

    /// 「2丁目」 after 「さくら町」 fitted several: both together.
    fn find_by_name(&self, reading: &Reading<'_>, field: &Field, words: &str) -> Result<Read, Need> {
        let asking = reading.asked.filter(|asking| asking.field == field.name);
        if let Some(so_far) = asking.and_then(|asking| asking.so_far.as_ref())
            && let Read::Answer(answer) = self.look_up(reading.form, field, &format!("{so_far}{}", without_ending(words)), true)?
            // 「充電式」 after 「電池」 is not 乾電池.
            && normalise::fold(&answer.label).contains(&normalise::fold(without_ending(words))) {
                return Ok(Read::Answer(answer));
            }
        self.look_up(reading.form, field, words, true)
    }

    pub(crate) fn look_up(&self, form: &Form, field: &Field, text: &str, asked: bool) -> Result<Read, Need> {
        let text = if asked { without_ending(text) } else { text };
        let need = Need::Lookup { form: form.id.to_string(), field: field.name.to_string(), text: text.to_owned(), asked };
        Ok(match self.facts.found(need)? {
            Found::One(found) => Read::Answer(Answer { value: found.value, label: found.label }),
            Found::Many(found) => Read::Unclear(Asking {
                field: field.name.to_string(),
                misses: 0,
                so_far: shared_name(text, &found),
                said: Vec::new(),
                offered: found.into_iter().map(|c| (c.value, c.label)).collect(),
            }),
            Found::Refused(why) => Read::Refused(why),
            Found::None => Read::Nothing,
        })
    }

    /// An answer of the right kind that can still be out of bounds.
    pub(crate) fn checked(&self, field: &Field, answer: Answer) -> Read {
        let answer = match &field.kind {
            FieldKind::Date { period } => self.in_period(*period, answer),
            _ => answer,
        };
        let refused = match &field.kind {
            FieldKind::Date { period } => answer.value.parse().is_ok_and(|day: NaiveDate| !period.has(day, self.input.today)).then(|| match period {
                Period::Past => Say::key("field-not-past").with("today", self.input.today),
                Period::Any | Period::Future => Say::key("field-not-future").with("today", self.input.today),
            }),
            FieldKind::Number { min, max } => answer.value.parse().is_ok_and(|n: u32| n < *min || n > *max).then(|| match *max {
                u32::MAX => Say::key("field-number-least").with("min", i64::from(*min)),
                max => Say::key("field-number-range").with("min", i64::from(*min)).with("max", i64::from(max)),
            }),
            _ => None,
        };
        refused.map_or(Read::Answer(answer), Read::Refused)
    }

    /// A day said without its year is the one that the question can mean: 「10月20日から」 飼っている lies behind us.
    fn in_period(&self, period: Period, answer: Answer) -> Answer {
        let Ok(day) = answer.value.parse::<NaiveDate>() else { return answer };
        let said = match self.input.content {
            Content::Text { text } | Content::Dtmf { digits: text } => normalise::fold(text),
            _ => return answer,
        };
        if period.has(day, self.input.today) || !said.contains('月') && !said.contains('/') || ["年", &day.year().to_string()].iter().any(|year| said.contains(*year)) {
            return answer;
        }
        let other = match period {
            Period::Past => day.with_year(day.year() - 1),
            Period::Any | Period::Future => day.with_year(day.year() + 1),
        };
        other.filter(|day| period.has(*day, self.input.today)).map_or(answer, |day| Answer::same(day.to_string()))
    }

    fn birthday(&self, understanding: &Understanding) -> Read {
        let said = understanding.slots.iter().find_map(|slot| match slot.value {
            Value::Birthday(day) | Value::Date(day) => Some(day),
            _ => None,
        });
        match said {
            Some(day) if day > self.input.today => Read::Refused(Say::key("field-invalid-birthday")),
            Some(day) => Read::Answer(Answer::same(day.to_string())),
            None => Read::Nothing,
        }
    }

    /// An address in words. A postal code alone stands for its town; what follows in the next answer completes it.
    fn address(&self, reading: &Reading<'_>, field: &Field, words: &str) -> Result<Read, Need> {
        let words = without_ending(words);
        let asking = reading.asked.filter(|asking| asking.field == field.name);
        if let Some(so_far) = asking.and_then(|asking| asking.so_far.as_ref()) {
            return Ok(Read::Answer(Answer::same(format!("{so_far}{words}"))));
        }
        let code = reading.understanding.slots.iter().find_map(|slot| match &slot.value {
            Value::PostalCode(code) => Some(code.clone()),
            _ => None,
        });
        let bare = words.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '-' | '〒' | ' ' | 'ー' | '－') && !('０'..='９').contains(c)).count() <= 6;
        if let Some(code) = code.filter(|_| bare) {
            return Ok(match self.facts.found(Need::PostalCode(code))? {
                Found::One(town) => Read::Unclear(Asking { field: field.name.to_string(), so_far: Some(town.label), ..Asking::default() }),
                _ => Read::Refused(Say::key("field-invalid-postal-code")),
            });
        }
        Ok(address(reading.understanding, words).map_or(Read::Nothing, Read::Answer))
    }
}

/// What was named and fits several, 「さくら町」: the longest piece of the words that all of them hold. The next answer may
/// go on from there.
fn shared_name(text: &str, found: &[Candidate]) -> Option<String> {
    let words: Vec<char> = normalise::fold(text).chars().take(LONGEST_NAME).collect();
    let labels: Vec<String> = found.iter().map(|candidate| normalise::fold(&candidate.label)).collect();
    let pieces = (2..=words.len()).rev().flat_map(|length| words.windows(length)).map(|piece| piece.iter().collect::<String>());
    pieces.into_iter().find(|piece| labels.iter().all(|label| label.contains(piece)))
}

/// A question, no answer.
fn asks(words: &str) -> bool {
    let words = words.trim_end_matches(['。', ' ', '　']);
    words.ends_with(['?', '？', 'か']) || words.ends_with("教えて") || words.ends_with("かな")
}

pub(crate) fn number(understanding: &Understanding, text: &str) -> Option<u32> {
    let counted = || understanding.slots.iter().find_map(|slot| match slot.value {
        Value::Headcount(n) | Value::Quantity(n) | Value::Choice(n) => Some(n),
        _ => None,
    });
    digits(text).and_then(|run| run.parse().ok()).or_else(counted)
}

/// A yes or a no in whatever words, where one of the options is called so.
fn agreed<'a>(options: &'a [OptionSpec], understanding: &Understanding) -> Option<&'a OptionSpec> {
    let says = |intent: &str| understanding.confidence_in(intent) >= ACCEPT;
    let called = |word: &str| options.iter().find(|option| option.said.iter().any(|said| said == word));
    if says("control.yes") { called("はい") } else if says("control.no") { called("いいえ") } else { None }
}

fn digits(text: &str) -> Option<String> {
    let digits: String = normalise::fold(text).chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

fn count_refused(is: usize, min: usize, max: usize) -> Say {
    let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let key = if min == max { "field-digits-exactly" } else { "field-digits-range" };
    Say::key(key).with("is", n(is)).with("min", n(min)).with("max", n(max))
}

/// 「1と3」「犬と猫」: all options that are named or numbered, in their own order.
pub(crate) fn several(options: &[OptionSpec], understanding: &Understanding, text: &str) -> Option<Answer> {
    let folded = normalise::fold(text).to_lowercase();
    // Numbers count where there is nothing else: those of an address choose nothing.
    let rest = ["番目", "番", "です", "と", "、", ",", "・", "と", " ", "。", "and", "&", "和"].iter().fold(folded.clone(), |rest, joint| rest.replace(joint, ""));
    let only_numbers = rest.chars().all(|c| c.is_ascii_digit());
    let numbers: Vec<usize> = folded.split(|c: char| !c.is_ascii_digit()).filter(|_| only_numbers).filter_map(|run| run.parse().ok()).collect();
    let choice = number_chosen(understanding);
    let named = |option: &OptionSpec| option.said.iter().any(|word| folded.contains(&word.to_lowercase()));
    let every = ["全部", "ぜんぶ", "すべて", "全て", "みんな", "all", "都要", "전부", "tất cả"].iter().any(|word| folded.trim_end_matches(['。', '.']).trim_end_matches("です").trim() == *word);
    let all: Vec<Answer> = options
        .iter()
        .enumerate()
        .filter(|(n, option)| every || named(option) || numbers.contains(&(n + 1)) || choice == Some(n + 1))
        .map(|(_, option)| picked(option))
        .collect();
    together(&all)
}

/// Several picks as one answer.
pub(crate) fn together(all: &[Answer]) -> Option<Answer> {
    let join = |part: fn(&Answer) -> &str, by: &str| all.iter().map(part).collect::<Vec<_>>().join(by);
    (!all.is_empty()).then(|| Answer { value: join(|a| &a.value, &SEVERAL.to_string()), label: join(|a| &a.label, "、") })
}

/// The stretch of the day that words choose: by a time within it, or by a longer stretch (午前) where only one fits.
pub(crate) fn slot(slots: &[(u16, u16)], understanding: &Understanding) -> Option<Answer> {
    let at = understanding.slots.iter().find_map(|slot| match &slot.value {
        Value::Time(clock) => Some((clock.minutes(), clock.minutes())),
        Value::TimeRange(from, to) => Some((from.minutes(), to.minutes())),
        _ => None,
    });
    let fits = |&&(from, to): &&(u16, u16)| match at {
        Some((first, last)) if first == last => (u32::from(from)..u32::from(to)).contains(&first),
        Some((first, last)) => first <= from.into() && u32::from(to) <= last || u32::from(from) <= first && last <= to.into(),
        None => false,
    };
    let mut all = slots.iter().filter(fits);
    let one = all.next().filter(|_| all.next().is_none())?;
    Some(Answer::same(slot_value(*one)))
}

/// How a stretch of the day is kept: `09:00-12:00`.
pub(crate) fn slot_value((from, to): (u16, u16)) -> String {
    format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
}

/// A name in kana, in katakana with single blanks; nothing else may be in it.
fn kana(text: &str) -> Option<String> {
    let folded = normalise::fold(text);
    let said = introduced(&folded);
    let name = said.split_whitespace().map(normalise::kana::to_katakana).collect::<Vec<_>>().join(" ");
    let reads = |c: char| matches!(c, 'ァ'..='ヺ' | 'ー' | ' ' | '・');
    let length = name.chars().count();
    ((2..=LONGEST_NAME).contains(&length) && name.chars().all(reads)).then_some(name)
}

/// A name without the words that introduce it.
fn introduced(text: &str) -> &str {
    let text = text.trim().trim_end_matches(['。', '.']);
    let text = ["名前は", "なまえは", "わたしは", "私は", "ふりがなは"].iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
    ["と申します", "ともうします", "といいます", "と言います", "っていいます", "っていうんです", "やけど", "やねんけど", "ですけど", "ですけれど", "ですが", "だけど", "ですわ", "やで", "です"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text).trim()
}

/// A full name, in any script, in place of a signature.
fn full_name(text: &str) -> Option<String> {
    let folded = normalise::fold(text);
    let name = introduced(&folded);
    let length = name.chars().count();
    let letters = |c: char| c.is_alphabetic() || matches!(c, ' ' | '・' | '-' | '\'' | '.' | '々' | 'ー');
    ((2..=LONGEST_NAME).contains(&length) && name.chars().all(letters)).then(|| name.to_owned())
}

fn address(understanding: &Understanding, text: &str) -> Option<Answer> {
    let known = understanding.entities_of(EntityKind::Address).next();
    let whole = text.trim();
    // What follows the number (a building, a room) stays with it.
    let after_number = whole.find(|c: char| c.is_numeric()).and_then(|at| whole[at..].split_once([' ', '　'])).map(|(_, rest)| rest.trim());
    let at_end = |c: char| c.is_numeric() || matches!(c, '号' | '地' | '番' | '目');
    match known {
        Some(entity) if after_number.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(|c: char| c.is_numeric())) => {
            Some(Answer::same(format!("{} {}", entity.value, after_number.unwrap_or_default())))
        }
        Some(entity) if whole.ends_with(at_end) => Some(Answer::same(entity.value.clone())),
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
        assert_eq!(kana("やまだ はなこやけど").as_deref(), Some("ヤマダ ハナコ"));
        assert_eq!(kana("ﾔﾏﾀﾞ ﾀﾛｳです").as_deref(), Some("ヤマダ タロウ"));
        for wrong in ["山田花子", "yamada", "あ", "やまだ3", ""] {
            assert_eq!(kana(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_signature_is_a_full_name() {
        assert_eq!(full_name("山田 花子です").as_deref(), Some("山田 花子"));
        assert_eq!(full_name("Nguyễn Văn A").as_deref(), Some("Nguyễn Văn A"));
        for wrong in ["3丁目", "", "あ"] {
            assert_eq!(full_name(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn several_options_by_name_and_number() {
        let options = ["犬", "猫", "鳥"].map(|said| OptionSpec::of(format!("v-{said}"), [said]));
        let answer = |text: &str| several(&options, &Understanding::default(), text).map(|a| (a.value, a.label));
        assert_eq!(answer("犬と鳥を飼ってます"), Some(("v-犬,v-鳥".into(), "犬、鳥".into())));
        assert_eq!(answer("1と2"), Some(("v-犬,v-猫".into(), "犬、猫".into())));
        assert_eq!(answer("うさぎ"), None);
        assert_eq!(answer("全部です"), Some(("v-犬,v-猫,v-鳥".into(), "犬、猫、鳥".into())));
        assert_eq!(answer("さくら町3丁目2-1"), None);
    }
}
