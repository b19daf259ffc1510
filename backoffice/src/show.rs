//! How things are written on a page: moments, spans of time, words of strangers.

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use maud::{Markup, html};

/// Longer texts are folded.
const FOLD: usize = 800;

/// 14:05 today, 11/24 14:05 this year, 2025/11/24 before.
pub fn moment(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> Markup {
    let (at, now) = (at.with_timezone(&zone), now.with_timezone(&zone));
    let short = if at.date_naive() == now.date_naive() {
        at.format("%-H:%M").to_string()
    } else if at.year() == now.year() {
        at.format("%-m/%-d %-H:%M").to_string()
    } else {
        at.format("%Y/%-m/%-d %-H:%M").to_string()
    };
    html! { time datetime=(at.to_rfc3339()) title=(at.format("%Y年%-m月%-d日 %-H時%M分").to_string()) { (short) } }
}

/// 11月24日（火）
pub fn day(at: DateTime<Utc>, zone: Tz) -> String {
    let at = at.with_timezone(&zone);
    let weekday = match at.weekday() {
        Weekday::Mon => "月",
        Weekday::Tue => "火",
        Weekday::Wed => "水",
        Weekday::Thu => "木",
        Weekday::Fri => "金",
        Weekday::Sat => "土",
        Weekday::Sun => "日",
    };
    format!("{}月{}日（{weekday}）", at.month(), at.day())
}

pub fn span(span: TimeDelta) -> String {
    let minutes = span.num_minutes().max(0);
    match minutes {
        0 => "今".to_owned(),
        1..60 => format!("{minutes}分"),
        60..1440 => format!("{}時間{:02}分", minutes / 60, minutes % 60),
        _ => format!("{}日", minutes / 1440),
    }
}

/// Words of a stranger, which may hold anything: shown as they are, but their direction stays their own, and what steers
/// the direction of others' words is made visible.
pub fn words(text: &str) -> Markup {
    let text = visible(text);
    if text.chars().count() <= FOLD {
        return html! { div.words dir="auto" { (text) } };
    }
    let head: String = text.chars().take(FOLD / 2).collect();
    html! {
        div.words dir="auto" { (head) "…" }
        details { summary { "全文（" (text.chars().count()) "字）" } div.words dir="auto" { (text) } }
    }
}

/// On one line, for lists: without what takes no room.
pub fn line(text: &str) -> String {
    text.chars().filter(|c| !steers(*c) && !matches!(*c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')).collect()
}

fn visible(text: &str) -> String {
    text.chars().flat_map(|c| if steers(c) { vec!['⟦', '⟧'] } else { vec![c] }).collect()
}

/// Marks that turn the direction of what follows.
fn steers(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

pub fn channel(channel: &str) -> &'static str {
    match channel {
        "line" => "LINE",
        "web" => "ウェブ",
        "phone" => "電話",
        _ => "？",
    }
}

pub fn language(lang: &str) -> &'static str {
    match lang {
        "ja-easy" => "やさしい日本語",
        "en" => "英語",
        "zh" => "中国語",
        "ko" => "韓国語",
        "vi" => "ベトナム語",
        _ => "日本語",
    }
}

pub fn reason(reason: &str) -> &'static str {
    match reason {
        "asked" => "職員を希望",
        "callback" => "折り返しを希望",
        "complaint" => "苦情",
        "not_understood" => "答えられなかった",
        "emergency" => "緊急",
        "staff" => "職員から",
        "returned" => "続きの返事",
        "rule" => "市の決まり",
        "privacy" => "自分の情報のこと",
        _ => "",
    }
}

pub fn emergency(kind: &str) -> &'static str {
    match kind {
        "fire" => "火事",
        "ambulance" => "救急",
        "crime" => "事件・事故",
        "gas" => "ガス漏れ",
        "child" => "子どもの危険",
        "suicide" => "死にたい気持ち",
        _ => "緊急",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_text_and_their_direction_stays_theirs() {
        let shown = words("<script>alert(1)</script>\u{202E}abc").into_string();
        assert!(!shown.contains("<script>") && shown.contains("&lt;script&gt;"), "{shown}");
        assert!(!shown.contains('\u{202E}') && shown.contains("⟦⟧"), "{shown}");
        assert!(words(&"あ".repeat(10_000)).into_string().contains("全文（10000字）"));
        assert_eq!(line("a\u{200B}b\u{202E}c"), "abc");
    }
}
