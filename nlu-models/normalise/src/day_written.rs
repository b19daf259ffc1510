//! Years, and days written in figures: 12/3, R8.12.24, 20261224, 令和8年.

use crate::date::{Base, Day, Said, ymd};
use crate::day::{same_weekday, table};
use crate::number;
use crate::text::Text;
use chrono::{Datelike, NaiveDate};

#[rustfmt::skip]
const ERAS: &[(&str, i32)] = &[("令和", 2018), ("平成", 1988), ("昭和", 1925), ("大正", 1911), ("明治", 1867), ("れいわ", 2018), ("へいせい", 1988), ("しょうわ", 1925), ("r", 2018), ("h", 1988), ("s", 1925), ("t", 1911), ("m", 1867)];

#[rustfmt::skip]
const YEARS: &[(&str, i32)] = &[("再来年", 2), ("一昨年", -2), ("おととし", -2), ("来年", 1), ("らいねん", 1), ("今年", 0), ("ことし", 0), ("本年", 0), ("去年", -1), ("昨年", -1)];

/// yyyymmdd.
pub(crate) fn compact(text: &Text, i: usize) -> Option<(Said, usize)> {
    let edge = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    if !edge(text.before(i)) || !edge(text.at(i + 8)) || !(0..8).all(|k| text.at(i + k).is_ascii_digit()) {
        return None;
    }
    let n = |a: usize, b: usize| (a..b).fold(0u32, |v, k| v * 10 + text.at(i + k).to_digit(10).unwrap_or(0));
    let year = i32::try_from(n(0, 4)).ok().filter(|y| (1868..=2199).contains(y))?;
    ymd(year, n(4, 6), n(6, 8))?;
    Some((full(Some(year), n(4, 6), n(6, 8)), i + 8))
}

/// A day with its month.
fn full(year: Option<i32>, month: u32, day: u32) -> Said {
    Said { year, base: Base::Month(month), day: Some(Day::Num(day)) }
}

/// A short run of Arabic digits: its value, end and width.
fn plain(text: &Text, i: usize) -> Option<(u32, usize, usize)> {
    let mut p = i;
    let mut value = 0u32;
    while let Some(d) = text.at(p).to_digit(10).filter(|_| p < i + 5) {
        value = value * 10 + d;
        p += 1;
    }
    (p > i).then_some((value, p, p - i))
}

/// 12/3, 2026-12-03, 26/12/3, R8.12.3, 令和8.12.3.
pub(crate) fn slashed(text: &Text, i: usize) -> Option<(Said, usize)> {
    if text.before(i).is_ascii_alphanumeric() || matches!(text.before(i), '/' | '.' | '-') {
        return None;
    }
    let (era, start) = match table(text, i, ERAS) {
        Some((base, end)) => (Some(base), text.blank(end)),
        None => (None, i),
    };
    let (a, p, width) = plain(text, start).or_else(|| text.lit(start, "元").filter(|_| era.is_some()).map(|e| (1, e, 1)))?;
    let sep = text.at(p);
    if !matches!(sep, '/' | '.' | '-') {
        return None;
    }
    let (b, q, _) = plain(text, p + 1)?;
    let clean = |e: usize| {
        !(text.at(e).is_ascii_alphanumeric()
            || matches!(text.at(e), '/')
            || text.at(e) == '-' && sep == '-'
            || text.at(e) == '.' && text.at(e + 1).is_ascii_digit())
    };
    let valid = |m: u32, d: u32| (1..=12).contains(&m) && (1..=31).contains(&d);
    if text.at(q) == sep
        && let Some((c, e, _)) = plain(text, q + 1)
    {
        let year = match (era, width) {
            (Some(base), 1 | 2) => base + i32::try_from(a).ok()?,
            (None, 4) => i32::try_from(a).ok()?,
            (None, 2) if sep != '-' => 2000 + i32::try_from(a).ok()?,
            _ => return None,
        };
        ymd(year, b, c)?;
        return (valid(b, c) && clean(e)).then(|| (full(Some(year), b, c), same_weekday(text, e)));
    }
    (era.is_none()
        && sep == '/'
        && width <= 2
        && valid(a, b)
        && clean(q)
        && !text.has(q, &["以上", "の確率", "サイズ", "カット", "ページ", "倍", "量", "%"])
        && !text.has(q, &["程度"]))
    .then(|| (full(None, a, b), same_weekday(text, q)))
}

/// The year at `i`: an era, a relative word, four digits, or two before a month.
pub(crate) fn year(text: &Text, i: usize, today: NaiveDate) -> Option<(i32, usize)> {
    if let Some((offset, end)) = table(text, i, YEARS) {
        let starts = !crate::text::is_hiragana(text.at(i)) || text.word_start(i);
        return (starts && !text.has(end, &["度"])).then_some((today.year() + offset, end));
    }
    if let Some((base, end)) = table(text, i, ERAS) {
        if text.before(i).is_ascii_alphanumeric() {
            return None;
        }
        let p = text.tie(end);
        let (n, e) = match text.lit(p, "元") {
            Some(e) => (1, e),
            None => year_number(text, p)?,
        };
        let e = text.any(e, &["年", "ねん"])?;
        return (n <= 64 && !text.has(e, &["度", "代", "式", "製"])).then_some((base + i32::try_from(n).ok()?, e));
    }
    let (n, e) = year_number(text, i)?;
    let (value, width) = (n, number::at(text, i).map_or(0, |n| n.width));
    let e = text.any(e, &["年", "ねん"])?;
    let p = text.tie(e);
    // A bare two-digit year needs its month, and N年前, N年生 are no years.
    let month_follows = number::at(text, p).is_some_and(|m| text.at(m.end) == '月' && m.value <= 12);
    match value {
        1868..=2199 if width == 4 || width == 0 => Some((i32::try_from(value).ok()?, e)),
        1868..=2199 => Some((i32::try_from(value).ok()?, e)),
        20..=99 if month_follows => Some((2000 + i32::try_from(value).ok()?, e)),
        _ => None,
    }
}

/// The era that is named at `i`, as the year before its first.
pub(crate) fn era(text: &Text, i: usize) -> Option<i32> {
    table(text, i, ERAS).map(|(base, _)| base)
}

fn year_number(text: &Text, i: usize) -> Option<(u64, usize)> {
    if let Some(n) = number::at(text, i) {
        return (n.thousandths == 0).then_some((n.value, n.end));
    }
    number::kana_at(text, i).into_iter().find(|(_, e)| text.has(*e, &["ねん", "年"]))
}
