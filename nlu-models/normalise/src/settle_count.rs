//! Head counts are added up; of the other counts one stands.

use crate::correction;
use crate::count::Who;
use crate::number;
use crate::scan::{Mention, What};
use crate::settle::push;
use crate::slots::{Precision, Slot, Value};
use crate::text::Text;

pub(crate) fn settle(text: &Text, mentions: &[Mention], found: &mut Vec<Slot>) {
    people(text, mentions, found);
    one(text, mentions, found, |w| if let What::Age(n) = w { Some(Value::ChildAge(n)) } else { None });
    one(text, mentions, found, |w| if let What::Yen(n) = w { Some(Value::AmountYen(n)) } else { None });
    one(text, mentions, found, |w| if let What::Items(n) = w { Some(Value::Quantity(n)) } else { None });
    one(text, mentions, found, |w| if let What::Pick(n) = w { Some(Value::Choice(n)) } else { None });
}

/// The first mention, or the last version of it when it was corrected or changed.
fn one(text: &Text, mentions: &[Mention], found: &mut Vec<Slot>, value: impl Fn(What) -> Option<Value>) {
    let all: Vec<(&Mention, Value)> = mentions.iter().filter_map(|m| Some((m, value(m.what)?))).collect();
    let mut standing: Option<(usize, usize, Value)> = None;
    for (mention, value) in &all {
        if mention.negated && all.len() > 1 {
            continue;
        }
        match &standing {
            Some((_, end, _)) if !(correction::between(text, *end, mention.start) || changed(text, *end, mention.start)) => {}
            _ => standing = Some((mention.start, mention.end, value.clone())),
        }
    }
    let Some((mut start, mut end, mut value)) = standing else { return };
    let next = mentions.iter().filter(|m| m.start >= end).map(|m| m.start).min().unwrap_or(text.len());
    if let Some((n, from, to)) = bare_correction(text, end, next) {
        let small = u32::try_from(n).unwrap_or(u32::MAX);
        value = match value {
            Value::ChildAge(_) => Value::ChildAge(small),
            Value::AmountYen(_) => Value::AmountYen(n),
            Value::Quantity(_) => Value::Quantity(small),
            Value::Choice(_) => Value::Choice(small),
            other => other,
        };
        (start, end) = (from, to);
    }
    push(text, found, value, start, end, Precision::Exact);
}

/// 「3枚を5枚に」 changes one into the other.
fn changed(text: &Text, from: usize, to: usize) -> bool {
    let words: String = text.slice(from, to).iter().collect();
    matches!(
        words.trim(),
        "を" | "から"
            | "だったのを"
            | "してるうちの"
            | "のうちの"
            | "のうち"
            | "うちの"
            | "頼んでいたうちの"
            | "あるうちの"
            | "していたうちの"
            | "だったけど"
            | "のところ"
            | "のところを"
            | "予定でしたが"
            | "の予定でしたが"
            | "だったんですけど"
            | "を、"
            | "でしたが"
    )
}

/// 「20人、いや25で」: a number without its counter, straight after the correction.
fn bare_correction(text: &Text, from: usize, to: usize) -> Option<(u64, usize, usize)> {
    let start = (from..to.min(from + 14)).find(|i| number::starts(text.at(*i)))?;
    if !correction::between(text, from, start) {
        return None;
    }
    let n = number::at(text, start).filter(|n| n.thousandths == 0 && n.end <= to)?;
    let ends = n.end == text.len() || text.has(n.end, &["で", "に", "です", "。", "、", "だ", "じゃ", "お願", " "]);
    ends.then_some((n.value, start, n.end))
}

fn people(text: &Text, mentions: &[Mention], found: &mut Vec<Slot>) {
    let all: Vec<(&Mention, u32, Who, u32)> =
        mentions.iter().filter_map(|m| if let What::People { count, who, beside } = m.what { Some((m, count, who, beside)) } else { None }).collect();
    let many = all.len() > 1;
    let mut items: Vec<(Who, u32)> = Vec::new();
    let mut from = 0;
    let mut end = None;
    for (mention, count, who, beside) in all.iter().copied() {
        if mention.negated && many {
            // 「二人じゃなくて三人」: the place of the next one is that of the one taken back.
            continue;
        }
        let count = count.saturating_add(beside);
        let gap_end = end.unwrap_or(mention.start);
        let corrected = correction::between(text, gap_end, mention.start) || changed(text, gap_end, mention.start);
        let sum: u32 = items.iter().map(|i| i.1).sum();
        let joined = mention.start <= gap_end + 12
            && text.within(gap_end, mention.start, &["と", "、", "+", "プラス", "に", "で", "・", ",", " ", "あと", "および", "それから", "が"])
            || mention.start <= gap_end + 4;
        let part = text.within(gap_end, mention.start, &["うち", "そのうち", "中"]);
        let last = items.last().map(|i| i.0);
        if last.is_none() || who == Who::Everyone {
            items = vec![(who, count)];
        } else if corrected {
            correct(&mut items, who, count);
        } else if !(part || who == Who::Unsaid && count == sum)
            // 「大人2人、子ども1人の3人」 and 「5人、うち子ども2人」 add nothing.
            && joined
            && last != Some(Who::Everyone)
            && (who != Who::Unsaid || last != Some(Who::Unsaid))
        {
            items.push((who, count));
        }
        if end.is_none() || corrected || who == Who::Everyone {
            from = if items.len() > 1 { from } else { mention.start };
        }
        end = Some(mention.end);
    }
    let Some(end) = end else { return };
    let next = mentions.iter().filter(|m| m.start >= end).map(|m| m.start).min().unwrap_or(text.len());
    let mut to = end;
    if let Some((n, _, e)) = bare_correction(text, end, next)
        && let Some(last) = items.last_mut()
    {
        last.1 = u32::try_from(n).unwrap_or(u32::MAX);
        to = e;
    }
    let sum = items.iter().fold(0u32, |sum, i| sum.saturating_add(i.1));
    push(text, found, Value::Headcount(sum), from, to, Precision::Exact);
}

/// A corrected count takes the place of the one with its label, or of the last.
fn correct(items: &mut Vec<(Who, u32)>, who: Who, count: u32) {
    if let Some(same) = items.iter_mut().find(|i| i.0 == who && who != Who::Unsaid) {
        same.1 = count;
    } else if who == Who::Unsaid && items.len() > 1 {
        if let Some(last) = items.last_mut() {
            last.1 = count;
        }
    } else {
        *items = vec![(who, count)];
    }
}
