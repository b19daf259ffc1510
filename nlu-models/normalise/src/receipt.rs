//! Receipt numbers: 「K-019」「ビーの二〇七」「受付番号は77120」.

use crate::correction;
use crate::digits;
use crate::number;
use crate::slots::{Precision, Slot, Value};
use crate::text::{Text, is_katakana};

/// Letters as they are said. Longer names first.
#[rustfmt::skip]
const LETTERS: &[(&str, char)] = &[
    ("ダブリュー", 'W'), ("ダブル", 'W'), ("エックス", 'X'), ("エイチ", 'H'), ("エッチ", 'H'), ("ジェー", 'J'), ("ジェイ", 'J'), ("ゼット", 'Z'), ("キュー", 'Q'), ("ディー", 'D'), ("デー", 'D'),
    ("ティー", 'T'), ("ブイ", 'V'), ("ビー", 'B'), ("シー", 'C'), ("イー", 'E'), ("エフ", 'F'), ("ジー", 'G'), ("アイ", 'I'), ("ケー", 'K'), ("ケイ", 'K'), ("エル", 'L'), ("エム", 'M'),
    ("エヌ", 'N'), ("オー", 'O'), ("ピー", 'P'), ("アール", 'R'), ("エス", 'S'), ("ユー", 'U'), ("ワイ", 'Y'), ("エー", 'A'), ("エイ", 'A'), ("えー", 'A'), ("びー", 'B'), ("しー", 'C'), ("でぃー", 'D'),
    ("いー", 'E'), ("えふ", 'F'), ("じー", 'G'), ("けー", 'K'), ("えむ", 'M'), ("えぬ", 'N'), ("ぴー", 'P'),
];

/// Names of the number itself.
const LABELS: &[&str] = &[
    "受付番号", "受け付け番号", "受付の番号", "受付ナンバー", "受付No.", "受付no.", "受理番号", "申請番号", "申込番号", "申し込み番号", "申込み番号",
    "整理番号", "通報番号", "予約番号", "問い合わせ番号", "問合せ番号", "お問合せ番号", "照会番号", "案件番号", "控えの番号", "控え番号", "うけつけばんごう",
    "番号", "受付は", "受付が",
];

/// Words that say a receipt number is near when only a short one was said.
const NEAR: &[&str] = &[
    "受付", "番号", "申請", "申込", "申し込み", "進み", "進捗", "状況", "通報", "控え", "どうなっ", "どうなり", "件", "取り下げ", "審査", "照会", "予約",
    "終わり", "結果",
];

/// The letter whose said name ends at `end`.
pub(crate) fn letter_before(text: &Text, end: usize) -> Option<(usize, char)> {
    LETTERS.iter().find_map(|(word, letter)| {
        let n = word.chars().count();
        (end >= n && text.lit(end - n, word).is_some() && is_katakana(text.at(end - n))).then(|| (end - n, letter.to_ascii_lowercase()))
    })
}

fn letter(text: &Text, i: usize) -> Option<(char, usize, bool)> {
    let c = text.at(i);
    if c.is_ascii_alphabetic() {
        let whole = !text.before(i).is_ascii_alphanumeric() && !text.at(i + 1).is_ascii_alphabetic();
        return whole.then_some((c.to_ascii_uppercase(), i + 1, false));
    }
    if is_katakana(text.before(i)) || !"ダエジゼキデテブビシイアケオピユワえびしでいじけぴ".contains(c) {
        return None;
    }
    let (name, end) = LETTERS.iter().find_map(|(w, l)| Some((*l, text.lit(i, w)?)))?;
    (!is_katakana(text.at(end)) || said_digit(text, end)).then_some((name, end, true))
}

fn said_digit(text: &Text, i: usize) -> bool {
    text.has(i, &["ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュ", "ハイフン"])
}

/// Takes receipt numbers; a later one, or later digits alone, correct the first.
pub(crate) fn take(text: &mut Text, found: &mut Vec<Slot>) {
    let near = text.within(0, text.len(), NEAR);
    let mut last: Option<(Option<char>, usize)> = None;
    let mut i = 0;
    while i < text.len() {
        if !(text.at(i).is_ascii_alphabetic() || is_katakana(text.at(i)) || crate::text::is_hiragana(text.at(i)) || number::starts(text.at(i)))
            || letter(text, i).is_none() && digits::one(text, i).is_none()
        {
            i += 1;
            continue;
        }
        let labelled = text.preceded(i, LABELS, 0) || label_gap(text, i);
        let hit = with_letter(text, i, near, labelled).or_else(|| {
            let digits = bare(text, i, labelled)?;
            Some((None, digits.0, digits.1))
        });
        let hit = hit.or_else(|| {
            let (letter, end) = last?;
            let (digits, to) = written(text, i).filter(|(d, _)| d.len() >= 2)?;
            let start_fresh = !text.before(i).is_ascii_alphanumeric();
            let counted = crate::scan::counter_follows(text, to);
            (start_fresh && i <= end + 20 && !counted && correction::between(text, end, i)).then_some((letter, digits, to))
        });
        if let Some((letter, digits, end)) = hit {
            let value = match letter {
                Some(l) => format!("{l}-{digits}"),
                None => digits,
            };
            found.push(Slot { value: Value::ReceiptNo(value), span: text.span(i, end), precision: Precision::Exact });
            text.hide(i, end);
            last = Some((letter, end));
            i = end;
        } else {
            i += 1;
        }
    }
}

/// 「受付番号ですか、…」「受付番号の方が…」: the label stands a few words before.
fn label_gap(text: &Text, i: usize) -> bool {
    let mut p = i;
    for _ in 0..6 {
        while p > 0 && matches!(text.at(p - 1), ' ' | '、' | ',' | ':' | '「' | '。' | '?') {
            p -= 1;
        }
        let word = [
            "ですか", "ですが", "ですけど", "でしたら", "なら", "です", "の方", "のほう", "って", "は", "が", "の", "で", "も", "ね", "、", "こちら", "確か",
            "たしか", "多分", "たぶん", "聞いてて", "いただいた", "に", "届いた", "もらった",
        ];
        let Some(back) = word.iter().find_map(|w| {
            let n = w.chars().count();
            (p >= n && text.lit(p - n, w).is_some()).then_some(n)
        }) else {
            break;
        };
        p -= back;
    }
    p < i && text.preceded(p, LABELS, 0)
}

fn with_letter(text: &Text, i: usize, near: bool, labelled: bool) -> Option<(Option<char>, String, usize)> {
    let (letter, after, said) = letter(text, i)?;
    let mut p = after;
    let mut tied = false;
    for _ in 0..4 {
        let next = text.any(p, &["ハイフン", "はいふん", "ダッシュ", "の", "-", "ー", " ", "、", ",", "_", "."]).unwrap_or(p);
        tied |= next > p;
        if next == p {
            break;
        }
        p = next;
    }
    let (digits, end) = written(text, p)?;
    // R8.12.24 and S61/12/3 are dates.
    if said && is_katakana(text.at(end)) {
        return None;
    }
    let dated = text.within(after, end, &[".", "/"]) || text.at(end) == '.' && text.at(end + 1).is_ascii_digit() || text.at(end) == '/';
    if dated || text.at(end).is_ascii_alphabetic() {
        return None;
    }
    if labelled {
        return (!crate::scan::counter_follows(text, end)).then_some((Some(letter), digits, end));
    }
    // Words that only look like one: A4 paper, B1 floor, R8 years, N95 masks, えー (a hesitation).
    let counted = crate::scan::counter_follows(text, end)
        || text.has(end, &["判", "サイズ", "マスク", "型", "階", "館", "棟", "系", "席", "列", "用紙", "出口", "ゲート", "リーグ", "室", "号"]);
    let hesitation = said && matches!(letter, 'A') && text.at(i) == 'え' && text.at(after) != 'の' && text.at(after) != '-';
    if counted || hesitation || said && !tied && digits.len() < 2 {
        return None;
    }
    let paper = matches!(letter, 'A' | 'B') && matches!(digits.as_str(), "0" | "1" | "2" | "3" | "4" | "5" | "6" | "10") && !said;
    let era = matches!(letter, 'R' | 'H' | 'S' | 'T') && text.at(end) == '年';
    let named = letter == 'N' && digits == "95" || letter == 'U' && digits.len() == 2;
    let long_enough = digits.len() >= 3
        || digits.len() == 2 && (near || said || tied || text.len() <= end - i + 12)
        || digits.len() == 1 && near && (said || tied)
        || whole(text, i, end);
    (!paper && !era && !named && long_enough).then_some((Some(letter), digits, end))
}

/// Nothing but politeness stands around.
fn whole(text: &Text, from: usize, to: usize) -> bool {
    let rest: String = text.slice(to, text.len()).iter().collect();
    from == 0 && matches!(rest.trim_matches([' ', '。', '、']), "" | "です" | "だよ" | "お願いします" | "でお願いします" | "の件です" | "の件")
}

/// Digits written, spelled or counted (「十九」). At most eight.
fn written(text: &Text, i: usize) -> Option<(String, usize)> {
    let number = number::at(text, i);
    let counted = number.filter(|n| !n.arabic && (n.end > i + n.width));
    if let Some(n) = counted {
        return (n.value < 100_000).then(|| (n.value.to_string(), n.end));
    }
    let mut run = digits::run(text, i, 9);
    // A comma between written digits ends the number: 「K-0123、3,000円」.
    let cut = (1..run.len()).find(|k| run[*k].after_gap && matches!(text.at(run[k - 1].end), '、' | ',') && text.at(run[*k].end - 1).is_ascii_digit());
    run.truncate(cut.unwrap_or(run.len()));
    let spelled = run.len();
    let last = run.last()?;
    let single_kana = spelled == 1 && !text.at(i).is_ascii_digit() && number.is_none();
    (spelled <= 8 && !single_kana).then(|| (digits::string(&run), last.end))
}

/// Digits alone count only after the name of the number.
fn bare(text: &Text, i: usize, labelled: bool) -> Option<(String, usize)> {
    if !labelled || text.before(i).is_ascii_alphanumeric() {
        return None;
    }
    let (digits, end) = written(text, i)?;
    // 「図書館の番号」 is some other number.
    let other = text.within(i.saturating_sub(14), i, &["の番号"])
        && !text.within(
            i.saturating_sub(18),
            i,
            &[
                "受付の", "申請の", "申込の", "控えの", "受け付けの", "申し込みの", "通報の", "件の", "予約の", "届の", "届けの", "申込書の", "申請書の",
                "受理の",
            ],
        );
    if other {
        return None;
    }
    let plain = text.preceded(i, &["号は", "号が", "号、", "号 ", "番号"], 0) || label_gap(text, i);
    let strong = text.within(
        i.saturating_sub(16),
        i,
        &["受付", "受理", "申請", "申込", "申し込み", "整理番号", "予約番号", "通報", "問い合わせ", "問合せ", "照会", "案件", "控え", "うけつけ"],
    );
    let end = text.lit(end, "番").unwrap_or(end);
    let enough = digits.len() >= 3 && digits.len() <= 8 || strong && !digits.is_empty();
    let slot_like = crate::scan::counter_follows(text, end) || text.at(end).is_ascii_alphabetic();
    (plain && enough && !slot_like).then_some((digits, end))
}
