//! The plainest days, times and counts in English, Chinese, Korean and Vietnamese.

use crate::count::Who;
use crate::date::{Base, Day, Said};
use crate::number;
use crate::scan::What;
use crate::text::Text;
use crate::time;
use chrono::Weekday;

#[rustfmt::skip]
const DAYS: &[(&str, i64)] = &[
    ("the day after tomorrow", 2), ("day after tomorrow", 2), ("tomorrow", 1), ("today", 0), ("yesterday", -1), ("大后天", 3), ("大後天", 3), ("后天", 2), ("明天", 1), ("今天", 0), ("昨天", -1), ("前天", -2),
    ("글피", 3), ("모레", 2), ("내일", 1), ("오늘", 0), ("어제", -1), ("그저께", -2), ("ngày kia", 2), ("ngày mốt", 2), ("ngày mai", 1), ("hôm nay", 0), ("hôm qua", -1), ("hôm kia", -2),
];

#[rustfmt::skip]
const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Mon), ("tuesday", Weekday::Tue), ("wednesday", Weekday::Wed), ("thursday", Weekday::Thu), ("friday", Weekday::Fri), ("saturday", Weekday::Sat), ("sunday", Weekday::Sun),
    ("월요일", Weekday::Mon), ("화요일", Weekday::Tue), ("수요일", Weekday::Wed), ("목요일", Weekday::Thu), ("금요일", Weekday::Fri), ("토요일", Weekday::Sat), ("일요일", Weekday::Sun),
    ("thứ hai", Weekday::Mon), ("thứ ba", Weekday::Tue), ("thứ tư", Weekday::Wed), ("thứ năm", Weekday::Thu), ("thứ sáu", Weekday::Fri), ("thứ bảy", Weekday::Sat), ("chủ nhật", Weekday::Sun),
];

#[rustfmt::skip]
const MONTHS: &[(&str, u32)] = &[
    ("january", 1), ("february", 2), ("march", 3), ("april", 4), ("june", 6), ("july", 7), ("august", 8), ("september", 9), ("october", 10), ("november", 11), ("december", 12),
    ("jan", 1), ("feb", 2), ("mar", 3), ("apr", 4), ("may", 5), ("jun", 6), ("jul", 7), ("aug", 8), ("sept", 9), ("sep", 9), ("oct", 10), ("nov", 11), ("dec", 12),
];

#[rustfmt::skip]
const NUMBERS: &[(&str, u64)] = &[("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6), ("seven", 7), ("eight", 8), ("nine", 9), ("ten", 10), ("twelve", 12), ("twenty", 20), ("thirty", 30)];
#[rustfmt::skip]
const ORDINALS: &[(&str, u32)] = &[("first", 1), ("second", 2), ("third", 3), ("fourth", 4), ("fifth", 5), ("1st", 1), ("2nd", 2), ("3rd", 3), ("4th", 4), ("5th", 5)];

fn word_end(text: &Text, end: usize) -> bool {
    !text.at(end).is_ascii_alphabetic()
}

fn find<T: Copy>(text: &Text, i: usize, words: &[(&str, T)]) -> Option<(T, usize)> {
    words.iter().find_map(|(w, v)| {
        let e = text.lit(i, w)?;
        (!w.is_ascii() || word_end(text, e)).then_some((*v, e))
    })
}

fn hour_of(text: &Text, i: usize) -> Option<(u32, u32, usize)> {
    let n = number::at(text, i).filter(|n| n.value <= 24 && n.thousandths == 0)?;
    let hour = u32::try_from(n.value).ok()?;
    if text.at(n.end) == ':'
        && let (Some(a), Some(b)) = (text.at(n.end + 1).to_digit(10), text.at(n.end + 2).to_digit(10))
    {
        return Some((hour, a * 10 + b, n.end + 3));
    }
    Some((hour, 0, n.end))
}

fn clock(part: Option<time::Part>, hour: u32, minute: u32) -> What {
    What::Time(time::Said { part, hour: Some(time::Hour { hour, minute, padded: false }), about: false })
}

/// What is said at `i` in one of the other languages.
pub(crate) fn at(text: &Text, i: usize) -> Option<(What, usize)> {
    let c = text.at(i);
    if c.is_ascii_digit() || number::starts(c) {
        return numeric(text, i);
    }
    if c.is_ascii_alphabetic() && text.before(i).is_ascii_alphanumeric() {
        return None;
    }
    if !(c.is_ascii_alphabetic()
        || matches!(c, '大' | '后' | '明' | '今' | '昨' | '前' | '下' | '这' | '這' | '上' | '星' | '周' | '中' | '早' | '晚' | '本')
        || ('가'..='힣').contains(&c))
    {
        return None;
    }
    if let Some((n, e)) = find(text, i, DAYS) {
        return Some((What::Day(Said::offset(n)), e));
    }
    latin(text, i).or_else(|| chinese(text, i)).or_else(|| korean(text, i))
}

fn numeric(text: &Text, i: usize) -> Option<(What, usize)> {
    let (hour, minute, end) = hour_of(text, i)?;
    let p = text.blank(end);
    if let Some(e) = text.any(p, &["a.m.", "p.m.", "am", "pm"]).filter(|e| word_end(text, *e)) {
        let part = if text.at(p) == 'a' { time::Part::Morning } else { time::Part::Afternoon };
        return Some((clock(Some(part), hour, minute), e));
    }
    let n = number::at(text, i)?;
    let value = u32::try_from(n.value).ok()?;
    let p = text.blank(n.end);
    if let Some(e) = text.any(p, &["th of ", "st of ", "rd of ", "nd of ", "th ", "of ", ""]).filter(|_| p > n.end || text.at(n.end).is_ascii_alphabetic())
        && let Some((m, e)) = find(text, e, MONTHS)
        && value <= 31
    {
        return Some((What::Day(Said { base: Base::Month(m), day: Some(Day::Num(value)), year: None }), e));
    }
    // 「from 2 to 4 pm」: the first hour borrows the second's am or pm.
    if let Some(e) = text.any(p, &["to ", "until ", "- ", "-"]).filter(|_| value <= 12)
        && let Some((_, _, q)) = hour_of(text, e)
        && text.has(text.blank(q), &["pm", "p.m."])
    {
        return Some((clock(Some(time::Part::Afternoon), hour, 0), n.end));
    }
    if let Some(e) = text.any(p, &["people", "persons", "person", "adults", "guests", "个人", "個人", "位", "명", "người"]) {
        return Some((What::People { count: value, who: Who::Unsaid, beside: 0 }, e));
    }
    if let Some(e) = text.any(p, &["hours", "hour", "小时", "小時", "시간", "tiếng"]) {
        return Some((What::Minutes(value.checked_mul(60)?), e));
    }
    if let Some(e) = text.any(p, &["minutes", "minute", "分钟", "分鐘", "phút"]) {
        return Some((What::Minutes(value), e));
    }
    if let Some(e) = text.any(p, &["copies", "copy", "items", "sheets", "份", "张", "장", "개", "통", "bản"]).filter(|_| n.arabic || value > 1) {
        return Some((What::Items(value), e));
    }
    if let Some(e) = text.any(p, &["점", "点半", "点钟", "点", "點半", "點", "시 반", "시", "giờ rưỡi", "giờ"]) {
        if value > 24
            || text.at(p) == '点'
                && !text.has(e, &["到", "开", "的", "。", ",", "来", "去", "、"])
                && !text.preceded(i, &["上午", "下午", "晚上", "早上", "天"], 0)
                && e < text.len()
        {
            return None;
        }
        let half = text.within(p, e, &["半", "반", "rưỡi"]);
        let (minute, e) = match number::at(text, text.blank(e)) {
            Some(m) if !half && text.has(m.end, &["분", "分"]) && m.value < 60 => (u32::try_from(m.value).unwrap_or(0), m.end + 1),
            _ => (if half { 30 } else { 0 }, e),
        };
        let q = text.blank(e);
        let (part, e) = match text.any(q, &["sáng"]) {
            Some(e) => (Some(time::Part::Morning), e),
            None => match text.any(q, &["chiều", "tối"]) {
                Some(e) => (Some(time::Part::Evening), e),
                None => (spoken_part(text, i), e),
            },
        };
        return Some((clock(part, value, minute), e));
    }
    if let Some(e) = text.any(p, &["월"]) {
        let d = number::at(text, text.blank(e))?;
        let e = text.lit(d.end, "일")?;
        return Some((What::Day(Said { base: Base::Month(value), day: Some(Day::Num(u32::try_from(d.value).ok()?)), year: None }), e));
    }
    None
}

/// 下午, 오후 and so on just before an hour.
fn spoken_part(text: &Text, i: usize) -> Option<time::Part> {
    if text.preceded(i, &["下午", "오후", "저녁", "晚上"], 1) {
        Some(time::Part::Evening)
    } else if text.preceded(i, &["上午", "早上", "오전", "아침"], 1) {
        Some(time::Part::Morning)
    } else {
        None
    }
}

fn latin(text: &Text, i: usize) -> Option<(What, usize)> {
    if !text.at(i).is_ascii_alphabetic() {
        return None;
    }
    for (word, base) in [("next week on ", 1), ("next week ", 1), ("this week ", 0), ("next week's ", 1)] {
        if let Some(e) = text.lit(i, word)
            && let Some((w, e)) = find(text, e, WEEKDAYS)
        {
            return Some((What::Day(Said { base: Base::Week(base), day: Some(Day::Weekday(w)), year: None }), e));
        }
    }
    let p = text.any(i, &["next ", "on ", "this ", "coming "]).unwrap_or(i);
    if let Some((w, e)) = find(text, p, WEEKDAYS) {
        let q = text.blank(e);
        if let Some(e) = text.any(q, &["next week", "tuần sau", "tuần tới"]) {
            return Some((What::Day(Said { base: Base::Week(1), day: Some(Day::Weekday(w)), year: None }), e));
        }
        return Some((What::Day(Said { day: Some(Day::Weekday(w)), ..Said::default() }), e));
    }
    if let Some((m, e)) = find(text, i, MONTHS) {
        let e = if text.at(e) == '.' { e + 1 } else { e };
        let q = text.blank(e);
        let n = number::at(text, q).filter(|n| q > e && (1..=31).contains(&n.value) && n.width <= 2)?;
        let mut end = text.any(n.end, &["th", "st", "nd", "rd"]).unwrap_or(n.end);
        let y = text.pause(end);
        let year = number::at(text, y).filter(|y| y.width == 4 && (1900..2200).contains(&y.value));
        if let Some(y) = year {
            end = y.end;
        }
        let year = year.and_then(|y| i32::try_from(y.value).ok());
        return Some((What::Day(Said { year, base: Base::Month(m), day: Some(Day::Num(u32::try_from(n.value).ok()?)) }), end));
    }
    for (word, part) in [
        ("in the morning", time::Part::Morning),
        ("morning", time::Part::Morning),
        ("in the afternoon", time::Part::Afternoon),
        ("afternoon", time::Part::Afternoon),
        ("evening", time::Part::Evening),
        ("tonight", time::Part::Tonight),
    ] {
        if let Some(e) = text.lit(i, word).filter(|e| word_end(text, *e) && !text.preceded(i, &["good ", "this "], 0)) {
            return Some((What::Time(time::Said { part: Some(part), ..time::Said::default() }), e));
        }
    }
    if let Some(e) = text.lit(i, "noon").filter(|e| word_end(text, *e)) {
        return Some((clock(Some(time::Part::Noon), 12, 0), e));
    }
    if let Some((n, e)) = find(text, i, NUMBERS) {
        let q = text.blank(e);
        if let Some(e) = text.any(q, &["people", "persons", "adults"]) {
            return Some((What::People { count: u32::try_from(n).ok()?, who: Who::Unsaid, beside: 0 }, e));
        }
        if let Some(e) = text.any(q, &["hours", "hour"]) {
            return Some((What::Minutes(u32::try_from(n * 60).ok()?), e));
        }
        if let Some(e) = text.any(q, &["copies", "copy", "items"]) {
            return Some((What::Items(u32::try_from(n).ok()?), e));
        }
    }
    if let Some(e) = text.any(i, &["number ", "option ", "no. ", "no."])
        && let Some(n) = number::at(text, e).filter(|n| n.width <= 2 && (1..=99).contains(&n.value) && word_end(text, n.end) && text.at(n.end) != '-')
    {
        return Some((What::Pick(u32::try_from(n.value).ok()?), n.end));
    }
    if let Some(e) = text.lit(i, "the ")
        && let Some((n, e)) = find(text, e, ORDINALS)
        && (e == text.len() || text.has(text.blank(e), &["one", "option", "room", "please", "."]))
    {
        return Some((What::Pick(n), e));
    }
    None
}

fn chinese(text: &Text, i: usize) -> Option<(What, usize)> {
    for (word, base) in
        [("下下周", 2), ("下下星期", 2), ("下周", 1), ("下週", 1), ("下星期", 1), ("下个星期", 1), ("这周", 0), ("這週", 0), ("本周", 0), ("这个星期", 0)]
    {
        if let Some(e) = text.lit(i, word) {
            let (w, e) = chinese_weekday(text, e)?;
            return Some((What::Day(Said { base: Base::Week(base), day: Some(Day::Weekday(w)), year: None }), e));
        }
    }
    if let Some(e) = text.any(i, &["星期", "周"])
        && let Some((w, e)) = chinese_weekday(text, e)
        && !crate::text::is_kanji(text.before(i))
    {
        return Some((What::Day(Said { day: Some(Day::Weekday(w)), ..Said::default() }), e));
    }
    for (word, part) in [("上午", time::Part::Morning), ("下午", time::Part::Afternoon), ("晚上", time::Part::Night), ("中午", time::Part::Noon)] {
        if let Some(e) = text.lit(i, word) {
            let hour = number::at(text, e).is_some_and(|n| text.has(n.end, &["点", "點", ":"]));
            return (!hour).then_some((What::Time(time::Said { part: Some(part), ..time::Said::default() }), e));
        }
    }
    None
}

fn chinese_weekday(text: &Text, i: usize) -> Option<(Weekday, usize)> {
    let w = match text.at(i) {
        '一' => Weekday::Mon,
        '二' => Weekday::Tue,
        '三' => Weekday::Wed,
        '四' => Weekday::Thu,
        '五' => Weekday::Fri,
        '六' => Weekday::Sat,
        '日' | '天' => Weekday::Sun,
        _ => return None,
    };
    (!matches!(text.at(i + 1), '回' | '年' | '間' | '目' | '前')).then_some((w, i + 1))
}

fn korean(text: &Text, i: usize) -> Option<(What, usize)> {
    for (word, base) in [("다음 주 ", 1), ("다음주 ", 1), ("이번 주 ", 0), ("이번주 ", 0)] {
        if let Some(e) = text.lit(i, word)
            && let Some((w, e)) = find(text, e, WEEKDAYS)
        {
            return Some((What::Day(Said { base: Base::Week(base), day: Some(Day::Weekday(w)), year: None }), e));
        }
    }
    if let Some((w, e)) = find(text, i, WEEKDAYS) {
        return Some((What::Day(Said { day: Some(Day::Weekday(w)), ..Said::default() }), e));
    }
    for (word, part) in [("오전", time::Part::Morning), ("오후", time::Part::Afternoon), ("저녁", time::Part::Evening)] {
        if let Some(e) = text.lit(i, word) {
            let hour = number::at(text, text.blank(e)).is_some();
            return (!hour).then_some((What::Time(time::Said { part: Some(part), ..time::Said::default() }), e));
        }
    }
    None
}
