//! ISBN and postal codes, and the digits of cards and accounts, which are neither slots nor phones.

use crate::correction;
use crate::digits::{self, Digit};
use crate::slots::{Precision, Slot, Value};
use crate::text::Text;

/// Numbers that belong to a card, an account or an official register: never a slot.
pub(crate) const OTHER_NUMBERS: &[&str] = &[
    "カード番号", "カードの番号", "カード", "口座番号", "口座", "会員番号", "利用者番号", "利用者カード", "マイナンバー", "個人番号", "被保険者番号",
    "保険証番号", "保険証の番号", "保険証", "免許証", "免許証番号", "暗証番号", "パスワード", "登録番号", "ナンバープレート", "車のナンバー", "お客様番号",
    "お客さま番号", "水栓番号", "法人番号", "証券番号", "記号番号", "銀行", "支店", "パスポート", "製造番号", "型番", "品番", "認証番号", "認証コード",
    "確認コード", "図書番号", "資料番号", "管理番号", "宛名番号", "通知書番号", "学籍番号", "在留カード", "記号", "請求記号", "電柱番号", "電柱の番号", "電柱",
    "背番号", "車両番号", "ナンバー",
];

/// First characters of [`OTHER_NUMBERS`].
const FIRSTS: &str = "おカナパマ会保個免利口品図在型学宛支暗水法登確管背被製記証認請資車通銀電";

/// Takes ISBNs, then postal codes, then the digits of cards and accounts.
pub(crate) fn take(text: &mut Text, found: &mut Vec<Slot>) {
    isbn(text, found);
    postal(text, found);
    others(text);
}

fn isbn(text: &mut Text, found: &mut Vec<Slot>) {
    let mut i = 0;
    while i < text.len() {
        let named = text.any(i, &["isbn", "アイエスビーエヌ", "あいえすびーえぬ"]);
        let start = match named {
            Some(end) => after_label(text, end),
            None if text.at(i).is_ascii_digit() && !text.before(i).is_ascii_alphanumeric() && text.before(i) != '-' => i,
            None => {
                i += 1;
                continue;
            }
        };
        match isbn_at(text, start, named.is_some()) {
            Some((value, end)) => {
                found.push(Slot { value: Value::Isbn(value), span: text.span(start, end), precision: Precision::Exact });
                text.hide(i, end);
                i = end;
            }
            None if named.is_some() => i = start.max(i + 1),
            None => {
                while text.at(i).is_ascii_digit() || text.at(i) == '-' {
                    i += 1;
                }
            }
        }
    }
}

/// Past 「-13」「番号は」 and the like after the letters ISBN.
fn after_label(text: &Text, end: usize) -> usize {
    let mut p = text.blank(end);
    if let Some(e) = text.any(p, &["-13", "-10", "13", "10"]).filter(|e| !text.at(*e).is_ascii_digit() && text.at(*e) != '-') {
        p = e;
    }
    for _ in 0..6 {
        p = text.pause(p);
        match text.any(p, &["コード", "番号", "ですか", "です", "って", "は", "が", "の", ":", "-", "で"]) {
            Some(e) => p = e,
            None => break,
        }
    }
    text.pause(p)
}

fn isbn_at(text: &Text, start: usize, named: bool) -> Option<(String, usize)> {
    let run = digits::run(text, start, 14);
    let last = run.last()?;
    if run.len() >= 13 {
        let value = digits::string(&run[..13]);
        let ends = run.len() == 13 || run[13].after_gap;
        let fits = value.starts_with("978") || value.starts_with("979");
        return (fits && ends).then(|| (value, run[12].end));
    }
    let check = {
        let p = if matches!(text.at(last.end), '-' | ' ' | 'の') { last.end + 1 } else { last.end };
        text.any(p, &["x", "エックス", "えっくす"]).filter(|_| run.len() == 9)
    };
    let value = digits::string(&run);
    // Without its name an ISBN-10 is only believed in its hyphens.
    let hyphens = (start..last.end + 1).filter(|k| text.at(*k) == '-').count();
    if !named && (hyphens != 3 || value.starts_with('0')) {
        return None;
    }
    match check {
        Some(end) if !text.at(end).is_ascii_alphanumeric() => Some((value + "X", end)),
        _ if run.len() == 10 => Some((value, last.end)),
        _ => None,
    }
}

fn postal(text: &mut Text, found: &mut Vec<Slot>) {
    let mut last: Option<(String, usize)> = None;
    let mut i = 0;
    while i < text.len() {
        let named = text.any(i, &["〒", "郵便番号", "ゆうびんばんごう", "郵便"]).map(|end| {
            let mut p = text.pause(end);
            for _ in 0..4 {
                p = text.pause(text.any(p, &["〒", "番号", "ですか", "です", "は", "が", "の", ":", "も", "って"]).unwrap_or(p));
            }
            p
        });
        let start = named.unwrap_or(i);
        let run = if named.is_some() || bare_postal(text, i) { digits::run(text, start, 8) } else { Vec::new() };
        if run.len() == 7 || run.len() == 8 && run[7].after_gap {
            let (value, end) = (digits::string(&run[..7]), run[6].end);
            let value = format!("{}-{}", &value[..3], &value[3..]);
            found.push(Slot { value: Value::PostalCode(value.clone()), span: text.span(start, end), precision: Precision::Exact });
            text.hide(i, end);
            last = Some((value, end));
            i = end;
        } else if let Some((value, end)) = last.as_ref().and_then(|(v, e)| corrected_tail(text, *e, i, v)) {
            found.push(Slot { value: Value::PostalCode(value), span: text.span(i, end), precision: Precision::Exact });
            text.hide(i, end);
            last = None;
            i = end;
        } else {
            i = start.max(i + 1);
        }
    }
}

/// 「いや0012」 after a postal code replaces its last four digits, seven digits replace all of it.
fn corrected_tail(text: &Text, from: usize, i: usize, old: &str) -> Option<(String, usize)> {
    if i > from + 20 || text.before(i).is_ascii_digit() || digits::one(text, i).is_none() || !correction::between(text, from, i) {
        return None;
    }
    let run: Vec<Digit> = digits::run(text, i, 8);
    let said = digits::string(&run);
    match run.len() {
        4 => Some((format!("{}-{said}", &old[..3]), run[3].end)),
        7 => Some((format!("{}-{}", &said[..3], &said[3..]), run[6].end)),
        _ => None,
    }
}

/// Three digits, a hyphen, four digits, and nothing that would make it longer.
fn bare_postal(text: &Text, i: usize) -> bool {
    let edge = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    edge(text.before(i))
        && (0..3).all(|k| text.at(i + k).is_ascii_digit())
        && text.at(i + 3) == '-'
        && (4..8).all(|k| text.at(i + k).is_ascii_digit())
        && edge(text.at(i + 8))
        && !text.preceded(i, &["電話", "番号", "連絡先", "tel", "受付", "申請", "整理", "のほう"], 4)
        && !text.preceded(i, OTHER_NUMBERS, 5)
}

/// Hides the digits that follow the name of a card or account.
fn others(text: &mut Text) {
    let mut i = 0;
    while i < text.len() {
        let Some(end) = Some(i).filter(|i| FIRSTS.contains(text.at(*i))).and_then(|i| text.any(i, OTHER_NUMBERS)) else {
            i += 1;
            continue;
        };
        let mut p = end;
        for _ in 0..5 {
            p = text.pause(text.any(p, &["番号", "コード", "ですか", "です", "は", "が", "の", ":", "も", "って", "、", "下4桁"]).unwrap_or(p));
        }
        if text.at(p).is_ascii_alphabetic() {
            let from = p;
            while text.at(p).is_ascii_alphanumeric() || text.at(p) == '-' {
                p += 1;
            }
            // 「会員番号K-1234」, but not the mail address or word after 「カード」.
            if (from..p).any(|k| text.at(k).is_ascii_digit()) {
                text.hide(from, p);
            }
            i = p;
            continue;
        }
        let run = digits::run(text, p, 24);
        if let Some(last) = run.last().filter(|_| run.len() >= 3) {
            let to = last.end;
            text.hide(p, to);
            i = to;
        } else {
            i = end;
        }
    }
}
