//! Mail addresses, typed or said (「アットマーク」「ドット」).

use crate::slots::{Precision, Slot, Value};
use crate::text::{Text, is_katakana};

const AT: &[&str] = &["@", "アットマーク", "あっとまーく", "アトマーク", "あっとまあく", "アット", "あっと"];
#[rustfmt::skip]
const SIGNS: &[(&str, &str)] = &[
    ("ドット", "."), ("どっと", "."), ("ピリオド", "."), ("ぴりおど", "."), ("ハイフン", "-"), ("はいふん", "-"), ("マイナス", "-"), ("アンダーバー", "_"), ("あんだーばー", "_"),
    ("アンダースコア", "_"), ("プラス", "+"),
];
/// Words and letters as they are said over the phone.
#[rustfmt::skip]
const SAID: &[(&str, &str)] = &[
    ("ジーメール", "gmail"), ("ヤフー", "yahoo"), ("ドコモ", "docomo"), ("コム", "com"), ("ネット", "net"), ("ジェーピー", "jp"), ("ジェイピー", "jp"), ("シーオー", "co"),
    ("エーシー", "ac"), ("エヌイー", "ne"), ("オーアール", "or"), ("エグザンプル", "example"), ("イグザンプル", "example"),
];

/// Takes every address out of the text; of several the last counts.
pub(crate) fn take(text: &mut Text, found: &mut Vec<Slot>) {
    let mut i = 0;
    while i < text.len() {
        if !matches!(text.at(i), '@' | 'ア' | 'あ') {
            i += 1;
            continue;
        }
        let Some(at_end) = text.any(i, AT) else {
            i += 1;
            continue;
        };
        if let Some((start, local)) = local_part(text, i)
            && let Some((end, domain)) = domain_part(text, at_end)
        {
            let value = Value::Email(format!("{local}@{domain}"));
            found.push(Slot { value, span: text.span(start, end), precision: Precision::Exact });
            text.hide(start, end);
            i = end;
        } else {
            i = at_end;
        }
    }
}

fn mail_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-')
}

/// Reads backwards from the at sign.
fn local_part(text: &Text, at: usize) -> Option<(usize, String)> {
    let mut parts: Vec<String> = Vec::new();
    let mut p = at;
    loop {
        if p > 0 && text.at(p - 1) == ' ' && p == at {
            p -= 1;
        } else if p > 0 && mail_char(text.at(p - 1)) && p + 70 > at {
            p -= 1;
            parts.push(text.at(p).to_string());
        } else if let Some((start, sign)) = word_before(text, p, SIGNS)
            .map(|(s, sign)| (if s > 1 && text.at(s - 1) == ' ' && mail_char(text.at(s - 2)) { s - 1 } else { s }, sign))
            .filter(|(s, _)| *s > 0 && (mail_char(text.at(s - 1)) || is_katakana(text.at(s - 1))))
        {
            p = start;
            parts.push(sign.to_owned());
        } else if p > 1 && p < at && text.at(p - 1) == ' ' && word_before(text, p - 1, SIGNS).is_some() {
            p -= 1;
        } else if let Some((start, letter)) = crate::receipt::letter_before(text, p).filter(|_| p + 70 > at) {
            p = start;
            parts.push(letter.to_string());
        } else {
            break;
        }
    }
    parts.reverse();
    let local = parts.concat();
    let trimmed = local.trim_start_matches(['.', '-']);
    let cut = local.len() - trimmed.len();
    (!trimmed.is_empty()).then(|| (p + cut, trimmed.to_owned()))
}

fn word_before(text: &Text, end: usize, table: &[(&str, &'static str)]) -> Option<(usize, &'static str)> {
    table.iter().find_map(|(word, value)| {
        let n = word.chars().count();
        (end >= n && text.lit(end - n, word).is_some()).then(|| (end - n, *value))
    })
}

fn domain_part(text: &Text, at_end: usize) -> Option<(usize, String)> {
    let mut p = text.blank(at_end);
    let mut domain = String::new();
    loop {
        let c = text.at(p);
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') {
            domain.push(c);
            p += 1;
        } else if let Some((end, value)) = SIGNS.iter().chain(SAID).find_map(|(w, v)| Some((text.lit(p, w)?, *v))) {
            domain.push_str(value);
            p = text.blank(end);
        } else if c == ' ' && SIGNS.iter().any(|(w, _)| text.lit(p + 1, w).is_some()) {
            p += 1;
        } else {
            break;
        }
        if domain.len() > 120 {
            return None;
        }
    }
    let trimmed = domain.trim_end_matches(['.', '-']);
    let end = p - (domain.len() - trimmed.len());
    let labels = trimmed.split('.').count();
    let whole = labels >= 2 && trimmed.split('.').all(|l| !l.is_empty());
    whole.then(|| (end, trimmed.to_owned()))
}
