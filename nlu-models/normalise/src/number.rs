//! Numbers as people write and say them: `3,200`, 二十四, 一万三千, 四五〇, `2万8千`, ごひゃく.

use crate::kana::hiragana;
use crate::text::Text;

/// A number found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    /// The whole part.
    pub(crate) value: u64,
    /// Thousandths after a decimal point: 500 in `1.5`.
    pub(crate) thousandths: u32,
    /// One past its last character.
    pub(crate) end: usize,
    /// Written digits before any unit (`05` has 2), 0 when it starts with a unit.
    pub(crate) width: usize,
    /// Starts with a zero digit.
    pub(crate) zero_led: bool,
    /// Starts with an Arabic digit.
    pub(crate) arabic: bool,
}

/// Reads a text that is one number and nothing else.
///
/// ```
/// assert_eq!(normalise::number::read("2万8千"), Some(28_000));
/// assert_eq!(normalise::number::read("にじゅうよん"), Some(24));
/// assert_eq!(normalise::number::read("十人"), None);
/// ```
#[must_use]
pub fn read(text: &str) -> Option<u64> {
    let text = Text::new(crate::fold(text.trim()));
    if let Some(n) = at(&text, 0) {
        return (n.end == text.len() && n.thousandths == 0).then_some(n.value);
    }
    kana_at(&text, 0).into_iter().find(|(_, end)| *end == text.len()).map(|(value, _)| value)
}

/// The digit that a kanji stands for.
pub(crate) fn kanji_digit(c: char) -> Option<u64> {
    Some(match c {
        '〇' | '零' => 0,
        '一' | '壱' => 1,
        '二' | '弐' => 2,
        '三' | '参' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

fn small_unit(c: char) -> Option<u64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' => 100,
        '千' => 1_000,
        _ => return None,
    })
}

fn large_unit(c: char) -> Option<u64> {
    Some(match c {
        '万' | '萬' => 10_000,
        '億' => 100_000_000,
        _ => return None,
    })
}

/// Whether a number may start with this character.
pub(crate) fn starts(c: char) -> bool {
    c.is_ascii_digit() || kanji_digit(c).is_some() || small_unit(c).is_some()
}

/// The longest number in Arabic digits or kanji at `i`.
pub(crate) fn at(text: &Text, i: usize) -> Option<Number> {
    // 参 writes 3 only in money and deeds; 参加 is no number.
    if !starts(text.at(i)) || text.at(i) == '参' && !"万千百十".contains(text.at(i + 1)) {
        return None;
    }
    let (mut p, mut width, mut thousandths) = (i, 0, 0);
    let (mut total, mut section) = (0u64, 0u64);
    let mut digits: Option<u64> = None;
    let (mut small_limit, mut large_limit) = (u64::MAX, u64::MAX);
    loop {
        let c = text.at(p);
        if c.is_ascii_digit() && digits.is_none() {
            let (value, end) = arabic(text, p)?;
            if p == i {
                width = end - p;
            }
            (digits, p) = (Some(value), end);
            if text.at(p) == '.' && text.at(p + 1).is_ascii_digit() {
                let (frac, frac_end) = fraction(text, p + 1);
                if text.at(frac_end) == '.' {
                    break;
                }
                (thousandths, p) = (frac, frac_end);
                if let Some(unit) = large_unit(text.at(p)).filter(|u| *u <= 100_000_000) {
                    let whole = value.checked_mul(unit)?.checked_add(unit / 1_000 * u64::from(thousandths))?;
                    return Some(Number { value: whole, thousandths: 0, end: p + 1, width, zero_led: false, arabic: true });
                }
                break;
            }
        } else if let Some(digit) = kanji_digit(c).filter(|_| c != '参' || p == i) {
            if digits.is_some() && text.at(p - 1).is_ascii_digit() {
                break;
            }
            digits = Some(digits.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            p += 1;
            if section == 0 && total == 0 {
                width = p - i;
            }
        } else if let Some(unit) = small_unit(c).filter(|u| *u < small_limit) {
            section = section.checked_add(digits.take().unwrap_or(1).checked_mul(unit)?)?;
            small_limit = unit;
            p += 1;
        } else if let Some(unit) = large_unit(c).filter(|u| *u < large_limit && p > i) {
            let count = section.checked_add(digits.take().unwrap_or(0))?;
            total = total.checked_add(count.checked_mul(unit)?)?;
            section = 0;
            (small_limit, large_limit) = (u64::MAX, unit);
            p += 1;
            if text.at(p) == ',' && text.at(p + 1).is_ascii_digit() {
                p += 1;
            }
        } else {
            break;
        }
    }
    let value = total.checked_add(section)?.checked_add(digits.unwrap_or(0))?;
    let first = text.at(i);
    let zero_led = matches!(first, '0' | '〇' | '零');
    Some(Number { value, thousandths, end: p, width, zero_led, arabic: first.is_ascii_digit() })
}

/// A run of Arabic digits with commas between threes. Past 18 digits it is no count but some code: `None`.
fn arabic(text: &Text, i: usize) -> Option<(u64, usize)> {
    let mut p = i;
    let mut value = 0u64;
    loop {
        if let Some(d) = text.at(p).to_digit(10) {
            value = value.checked_mul(10)?.checked_add(u64::from(d))?;
            p += 1;
        } else if text.at(p) == ',' && p - i <= 19 && (1..4).all(|k| text.at(p + k).is_ascii_digit()) && !text.at(p + 4).is_ascii_digit() {
            p += 1;
        } else {
            return Some((value, p));
        }
    }
}

fn fraction(text: &Text, i: usize) -> (u32, usize) {
    let (mut p, mut scale, mut value) = (i, 100, 0);
    while let Some(d) = text.at(p).to_digit(10) {
        value += d * scale;
        scale /= 10;
        p += 1;
    }
    (value, p)
}

#[rustfmt::skip]
const KANA_DIGITS: &[(&str, u64)] = &[
    ("ぜろ", 0), ("れい", 0), ("いち", 1), ("いっ", 1), ("にい", 2), ("に", 2), ("さん", 3), ("よん", 4), ("よ", 4), ("しち", 7), ("し", 4), ("ごお", 5), ("ご", 5),
    ("ろく", 6), ("ろっ", 6), ("なな", 7), ("はち", 8), ("はっ", 8), ("きゅう", 9), ("きゅー", 9), ("く", 9),
];

#[rustfmt::skip]
const KANA_UNITS: &[(&str, u64)] = &[
    ("じゅう", 10), ("じゅー", 10), ("じゅっ", 10), ("じっ", 10), ("ひゃく", 100), ("びゃく", 100), ("ぴゃく", 100), ("せん", 1_000), ("ぜん", 1_000), ("まん", 10_000),
];

fn kana_word(text: &Text, i: usize, table: &[(&str, u64)]) -> Option<(u64, usize)> {
    table.iter().find_map(|(word, value)| {
        let mut p = i;
        for c in word.chars() {
            // Counters may be kanji while the digits are kana: 「ごひゃく円」.
            if hiragana(text.at(p)) != c {
                return None;
            }
            p += 1;
        }
        Some((*value, p))
    })
}

/// Every reading of kana as a number at `i`, longest first: 「にじゅうにん」 is 22 followed by 「ん」, or 20 followed by 「にん」;
/// the caller knows which counter it waits for.
pub(crate) fn kana_at(text: &Text, i: usize) -> Vec<(u64, usize)> {
    let mut found = Vec::new();
    // Most characters start no number; one look spares the tables.
    if !"ぜれいにさんよしごろなはきくじひせ".contains(hiragana(text.at(i))) {
        return found;
    }
    let (mut p, mut total, mut section) = (i, 0u64, 0u64);
    let mut digit: Option<u64> = None;
    let mut limit = u64::MAX;
    loop {
        if let Some((value, end)) = kana_word(text, p, KANA_DIGITS).filter(|_| digit.is_none()) {
            digit = Some(value);
            p = end;
        } else if let Some((unit, end)) = kana_word(text, p, KANA_UNITS) {
            let count = digit.take();
            if unit == 10_000 {
                if total > 0 || section + count.unwrap_or(0) == 0 {
                    break;
                }
                total = (section + count.unwrap_or(0)) * unit;
                (section, limit) = (0, u64::MAX);
            } else if unit < limit {
                section += count.unwrap_or(1) * unit;
                limit = unit;
            } else {
                break;
            }
            p = end;
        } else {
            break;
        }
        found.push((total + section + digit.unwrap_or(0), p));
    }
    // One kana before anything else is a particle (恩に着る, 髪型にセット), not a digit.
    found.retain(|(_, end)| end - i > 1 || crate::text::is_hiragana(text.at(*end)) || *end == text.len());
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_numbers() {
        for (text, value) in [
            ("0", 0),
            ("7", 7),
            ("42", 42),
            ("3,200", 3_200),
            ("1,234,567", 1_234_567),
            ("１２", 12),
            ("②", 2),
            ("一", 1),
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
            ("二十四", 24),
            ("九十九", 99),
            ("百", 100),
            ("百五", 105),
            ("三百二十一", 321),
            ("千", 1_000),
            ("千五百", 1_500),
            ("一万三千", 13_000),
            ("一万", 10_000),
            ("十万五百", 100_500),
            ("四五〇", 450),
            ("〇九〇", 90),
            ("二〇二六", 2026),
            ("2万8千", 28_000),
            ("2万3千5百", 23_500),
            ("3千", 3_000),
            ("5百", 500),
            ("1億2千万", 120_000_000),
            ("1.5万", 15_000),
            ("2万8,500", 28_500),
            ("二万八〇〇", 20_800),
            ("壱万", 10_000),
            ("弐千", 2_000),
            ("三〇", 30),
            ("○○七", 7),
        ] {
            assert_eq!(read(text), Some(value), "{text}");
        }
    }

    #[test]
    fn spoken_numbers() {
        for (text, value) in [
            ("いち", 1),
            ("に", 2),
            ("さん", 3),
            ("よん", 4),
            ("ご", 5),
            ("ろく", 6),
            ("なな", 7),
            ("しち", 7),
            ("はち", 8),
            ("きゅう", 9),
            ("じゅう", 10),
            ("じゅうに", 12),
            ("にじゅうよん", 24),
            ("ひゃく", 100),
            ("さんびゃく", 300),
            ("ごひゃく", 500),
            ("ろっぴゃく", 600),
            ("はっぴゃく", 800),
            ("はっぴゃくごじゅう", 850),
            ("せん", 1_000),
            ("せんごひゃく", 1_500),
            ("さんぜん", 3_000),
            ("はっせん", 8_000),
            ("いちまん", 10_000),
            ("いちまんにせん", 12_000),
            ("にまんさんぜんごひゃく", 23_500),
            ("ニジュウ", 20),
            ("サンゼン", 3_000),
        ] {
            assert_eq!(read(text), Some(value), "{text}");
        }
    }

    #[test]
    fn no_numbers() {
        for text in ["", "人", "十人", "万", "abc", "-", "参加", "じ", "99999999999999999999", "一二三四五六七八九〇一二三四五六七八九〇一"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
