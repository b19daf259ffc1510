//! One walk over the text that notes every mention of a day, a time or a count.

use crate::count::Who;
use crate::text::{HIDDEN, Text, is_hiragana, is_katakana};
use crate::{age, choice, correction, count, date, day, foreign, money, number, time};
use chrono::NaiveDate;

/// What a mention says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum What {
    Day(date::Said),
    /// N日間.
    Days(u32),
    Time(time::Said),
    /// A length of time.
    Minutes(u32),
    People {
        count: u32,
        who: Who,
        /// People named beside the counted ones.
        beside: u32,
    },
    Age(u32),
    Yen(u64),
    Items(u32),
    Pick(u32),
}

/// A mention and its place, in characters of the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mention {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) what: What,
    /// 「月曜じゃなくて」: taken back by what follows it.
    pub(crate) negated: bool,
}

/// Everything that is mentioned, from left to right.
pub(crate) fn scan(text: &Text, today: NaiveDate) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let next = step(text, i, today, &mut found);
        i = next.max(i + 1);
    }
    if found.is_empty()
        && let Some((value, start, end)) = choice::whole_message(text)
    {
        found.push(Mention { start, end, what: What::Pick(value), negated: false });
    }
    found
}

/// Whether a unit follows that makes a number something other than a code.
pub(crate) fn counter_follows(text: &Text, end: usize) -> bool {
    text.has(
        end,
        &[
            "時", "分", "日", "月", "年", "人", "名", "円", "枚", "通", "台", "点", "冊", "脚", "個", "つ", "袋", "歳", "才", "階", "丁目", "か月", "ヶ月",
            "回", "週", "cm", "mm", "リットル", "kg", ":", "%",
        ],
    )
}

fn step(text: &Text, i: usize, today: NaiveDate, found: &mut Vec<Mention>) -> usize {
    let c = text.at(i);
    if c == HIDDEN || matches!(c, ' ' | '、' | '。') {
        return i + 1;
    }
    let mut push = |start: usize, end: usize, what: What| {
        found.push(Mention { start, end, what, negated: correction::negated(text, end) });
        end
    };
    if let Some((said, end)) = day::at(text, i, today) {
        push(i, end, What::Day(said));
        if let Some(part) = time::of_day_word(text, i) {
            if let Some((said, e)) = time::after_part(text, part, end) {
                return push(i, e, What::Time(said));
            }
            if matches!(part, time::Part::Tonight | time::Part::Evening) {
                push(i, end, What::Time(time::Said { part: Some(part), ..time::Said::default() }));
            }
        }
        return end;
    }
    if let Some((said, end)) = time::at(text, i) {
        return push(i, end, What::Time(said));
    }
    if let Some((value, end)) = choice::word(text, i) {
        return push(i, end, What::Pick(value));
    }
    if let Some((value, end)) = money::sign(text, i) {
        return push(i, end, What::Yen(value));
    }
    if let Some((value, end)) = age::since_birth(text, i) {
        return push(i, end, What::Age(value));
    }
    if let Some((count, who, end)) = count::kana_people(text, i) {
        return push(i, end, What::People { count, who, beside: count::named_beside(text, i) });
    }
    if let Some((value, end)) = count::tsu(text, i) {
        return match tsu(text, i, value, end) {
            Some((what, e)) => push(i, e, what),
            None => end,
        };
    }
    if let Some(n) = number::at(text, i) {
        return match counted(text, i, n.value, n.thousandths, n.end, false) {
            Some((what, e)) => push(i, e, what),
            // 「半時間」 and foreign counters are tried before the number is passed over.
            None => match foreign::at(text, i) {
                Some((what, e)) => push(i, e, what),
                None => n.end,
            },
        };
    }
    if (is_hiragana(c) || is_katakana(c)) && text.word_start(i) {
        for (value, end) in number::kana_at(text, i) {
            // し and く are nearly always other words (くさい, しめい), and いっさい is "at all".
            if end == i + 1 && matches!(c, 'し' | 'く' | 'シ' | 'ク')
                || text.has(i, &["いっさい"])
                    && !text
                        .has(i, &["いっさいの子", "いっさいの娘", "いっさいの息", "いっさいの孫", "いっさいのこ", "いっさいです", "いっさいに", "いっさい半"])
            {
                continue;
            }
            if let Some((what, e)) = counted(text, i, value, 0, end, true) {
                return push(i, e, what);
            }
        }
    }
    if let Some(end) = text.lit(i, "半時間") {
        return push(i, end, What::Minutes(30));
    }
    match foreign::at(text, i) {
        Some((what, end)) => push(i, end, what),
        None => i + 1,
    }
}

/// 「二三日」「四五人」: two digits in a row mean one or the other, not 23.
pub(crate) fn about(text: &Text, i: usize, end: usize) -> bool {
    end == i + 2 && matches!((number::kanji_digit(text.at(i)), number::kanji_digit(text.at(i + 1))), (Some(a), Some(b)) if a > 0 && b == a + 1)
}

/// What a number that ends at `end` counts.
fn counted(text: &Text, i: usize, value: u64, thousandths: u32, end: usize, kana: bool) -> Option<(What, usize)> {
    // 数十人, 何枚, 二三日: nobody knows how many.
    if matches!(text.before(i), '数' | '何' | '幾') || about(text, i, end) {
        return None;
    }
    if let Some((minutes, e)) = time::length(text, i, value, thousandths, end) {
        return Some((What::Minutes(minutes), e));
    }
    if let Some((yen, e)) = money::yen(text, value, thousandths, end, kana) {
        return Some((What::Yen(yen), e));
    }
    if thousandths > 0 {
        return None;
    }
    if let Some((days, e)) = time::days(text, i, value, end) {
        return Some((What::Days(days), e));
    }
    if let Some((years, e)) = age::years(text, i, value, end).or_else(|| age::months(text, i, value, end)) {
        return Some((What::Age(years), e));
    }
    if let Some((count, who, e)) = count::people(text, i, value, end) {
        return Some((What::People { count, who, beside: count::named_beside(text, i) }, e));
    }
    if let Some((pick, e)) = choice::numbered(text, i, value, end, kana) {
        return Some((What::Pick(pick), e));
    }
    count::items(text, i, value, end, kana).map(|(n, e)| (What::Items(n), e))
}

/// 「三つ」 is a place in a list, an age or a number of things.
fn tsu(text: &Text, i: usize, value: u32, end: usize) -> Option<(What, usize)> {
    if let Some(e) = choice::tsu_place(text, i, end) {
        return Some((What::Pick(value), e));
    }
    if text.has(end, &["目", "め"]) {
        return None;
    }
    if age::tsu_is_age(text, i, end) {
        return Some((What::Age(value), end));
    }
    count::tsu_items(text, i, value, end).then_some((What::Items(value), end))
}
