//! Days of the week: their names, and arithmetic on weeks that start on Monday.

use crate::text::{Text, is_kanji};
use chrono::{Datelike, Days, NaiveDate, Weekday};

#[rustfmt::skip]
const NAMES: [(char, &str, Weekday); 7] = [
    ('月', "げつよう", Weekday::Mon),
    ('火', "かようび", Weekday::Tue),
    ('水', "すいよう", Weekday::Wed),
    ('木', "もくよう", Weekday::Thu),
    ('金', "きんよう", Weekday::Fri),
    ('土', "どよう", Weekday::Sat),
    ('日', "にちよう", Weekday::Sun),
];

/// The `n`th (1-based) `weekday` of a month.
pub(crate) fn nth_weekday(year: i32, month: u32, n: u32, weekday: Weekday) -> Option<NaiveDate> {
    NaiveDate::from_weekday_of_month_opt(year, month, weekday, u8::try_from(n).ok()?)
}

/// The Monday of the week of `day`.
pub(crate) fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

/// The weekday whose one-letter name this is.
pub(crate) fn of_letter(c: char) -> Option<Weekday> {
    NAMES.iter().find(|n| n.0 == c).map(|n| n.2)
}

/// 火曜, 火曜日, かようび at `i`. A kanji straight after 曜 makes it part of a name (日曜画家, 土曜保育), unless it goes on to say when.
pub(crate) fn at(text: &Text, i: usize) -> Option<(Weekday, usize)> {
    if let Some(weekday) = of_letter(text.at(i)).filter(|_| matches!(text.at(i + 1), '曜' | '耀')) {
        if text.at(i + 2) == '日' && !text.has(i + 3, &["本"]) {
            return Some((weekday, i + 3));
        }
        let next = text.at(i + 2);
        let names = is_kanji(next) && !"夜朝昼午夕晩以中終希枠便分一二三四五六七八九十正早深".contains(next);
        let katakana = crate::text::is_katakana(next);
        return (!names && !katakana).then_some((weekday, i + 2));
    }
    if !text.word_start(i) {
        return None;
    }
    NAMES.iter().find_map(|(_, kana, weekday)| {
        let end = text.lit(i, kana)?;
        Some((*weekday, text.lit(end, "び").unwrap_or(end)))
    })
}

/// (火), (火曜日), (火・祝) at `i`: says again what the date says.
pub(crate) fn bracketed(text: &Text, i: usize) -> Option<usize> {
    if !matches!(text.at(i), '(' | '[' | '<') {
        return None;
    }
    of_letter(text.at(i + 1))?;
    (i + 2..i + 8).find(|k| matches!(text.at(*k), ')' | ']' | '>')).map(|k| k + 1)
}
