//! Digits said one by one: 「ゼロキューゼロの」「〇九〇」「090 - 1234」.

use crate::kana::hiragana;
use crate::number::kanji_digit;
use crate::text::Text;

/// One digit of a run and where it ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digit {
    pub(crate) value: char,
    pub(crate) end: usize,
    /// A separator stands before it.
    pub(crate) after_gap: bool,
}

/// Said digits. Longer words first; the long vowels of speech are taken with them.
#[rustfmt::skip]
const SPOKEN: &[(&str, char)] = &[
    ("ぜろ", '0'), ("れい", '0'), ("まる", '0'), ("いち", '1'), ("にい", '2'), ("に", '2'), ("さん", '3'), ("よん", '4'), ("よ", '4'), ("しち", '7'), ("し", '4'), ("ごお", '5'),
    ("ご", '5'), ("ろく", '6'), ("なな", '7'), ("はち", '8'), ("きゅう", '9'), ("きゅ", '9'), ("く", '9'),
];

fn spoken(text: &Text, i: usize) -> Option<(char, usize)> {
    if !"ぜれまいにさよしごろなはきく".contains(hiragana(text.at(i))) {
        return None;
    }
    SPOKEN.iter().find_map(|(word, value)| {
        let mut p = i;
        for c in word.chars() {
            if hiragana(text.at(p)) != c {
                return None;
            }
            p += 1;
        }
        while matches!(text.at(p), 'ー' | 'ぃ' | 'ィ' | 'っ' | 'ッ') {
            p += 1;
        }
        Some((*value, p))
    })
}

/// A digit at `i`, written or said.
pub(crate) fn one(text: &Text, i: usize) -> Option<(char, usize)> {
    let c = text.at(i);
    if c.is_ascii_digit() {
        return Some((c, i + 1));
    }
    // 参 is 3 in sums of money only: here it begins 参加.
    if let Some(d) = kanji_digit(c).filter(|_| c != '参').and_then(|d| char::from_digit(u32::try_from(d).ok()?, 10)) {
        return Some((d, i + 1));
    }
    spoken(text, i)
}

/// What may stand between digits of one number.
fn gap(text: &Text, i: usize) -> usize {
    let mut p = i;
    for _ in 0..6 {
        let next = text.any(p, &["ハイフン", "はいふん", "でんわ、", "で、", "から、", "うんと", "ええ"]).unwrap_or(p);
        let next = if next == p && matches!(text.at(p), '-' | ' ' | '、' | ',' | 'の' | '(' | ')' | '.' | '/' | 'ー' | '・') { p + 1 } else { next };
        if next == p {
            break;
        }
        p = next;
    }
    p
}

/// The run of at most `most` digits that starts at `i`. Its first character is a digit.
pub(crate) fn run(text: &Text, i: usize, most: usize) -> Vec<Digit> {
    let mut found: Vec<Digit> = Vec::new();
    let mut p = i;
    while found.len() < most {
        let start = if found.is_empty() { p } else { gap(text, p) };
        // A unit after kanji digits makes it a count, not a spelling.
        let Some((value, end)) = one(text, start) else { break };
        // After written digits a kana is a particle (「5678に」), not the next digit.
        let said = !text.at(start).is_ascii_digit() && kanji_digit(text.at(start)).is_none();
        let last_written = found.last().is_some_and(|_| text.at(p - 1).is_ascii_digit() || kanji_digit(text.at(p - 1)).is_some());
        if said && last_written && (start == p || end - start == 1) {
            break;
        }
        // Said in katakana, a single hiragana that follows is a particle too.
        if said && !found.is_empty() && end - start == 1 && crate::text::is_hiragana(text.at(start)) && !crate::text::is_hiragana(text.at(p - 1)) {
            break;
        }
        found.push(Digit { value, end, after_gap: start > p });
        p = end;
    }
    found
}

/// The digits as a string.
pub(crate) fn string(run: &[Digit]) -> String {
    run.iter().map(|d| d.value).collect()
}
