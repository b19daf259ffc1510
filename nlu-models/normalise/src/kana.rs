//! Katakana and hiragana as one, and a loose key for names that people spell as they hear them.

use unicode_normalization::UnicodeNormalization;

/// Katakana to hiragana; everything else stays, ー too.
#[must_use]
pub fn to_hiragana(text: &str) -> String {
    text.chars().map(hiragana).collect()
}

/// Hiragana to katakana; everything else stays.
#[must_use]
pub fn to_katakana(text: &str) -> String {
    text.chars().map(katakana).collect()
}

/// One character of [`to_hiragana`].
#[must_use]
pub fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    }
}

/// One character of [`to_katakana`].
#[must_use]
pub fn katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        _ => c,
    }
}

/// A key under which spellings of one sound meet: 「ソファー」「ソファ」「そふぁ」, 「ぢ」「じ」, 「ベッド」「ベット」.
///
/// Folded (NFKC) and lower case; hiragana; small kana are large; voiced marks are dropped; long vowels (ー,
/// おう, えい, repeated vowels) are short; the small っ, blanks and middle dots are gone. For finding
/// candidates, never for comparing identities.
#[must_use]
pub fn loose_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut last_vowel = '\0';
    for c in text.nfkc().flat_map(char::to_lowercase).map(hiragana) {
        if matches!(c, 'ー' | '-' | 'っ' | '・' | '·') || c.is_whitespace() {
            continue;
        }
        let c = large(unvoiced(c));
        let long = matches!((last_vowel, c), ('a', 'あ') | ('i', 'い') | ('u', 'う') | ('e', 'え' | 'い') | ('o', 'お' | 'う'));
        if long {
            continue;
        }
        key.push(c);
        last_vowel = vowel(c);
    }
    key
}

fn large(c: char) -> char {
    match c {
        'ぁ' => 'あ',
        'ぃ' => 'い',
        'ぅ' => 'う',
        'ぇ' => 'え',
        'ぉ' | 'を' => 'お',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        _ => c,
    }
}

fn unvoiced(c: char) -> char {
    #[rustfmt::skip]
    const PAIRS: [(&str, &str); 2] = [
        ("がぎぐげござじずぜぞだでどばびぶべぼゔぢづ", "かきくけこさしすせそたてとはひふへほふしす"),
        ("ぱぴぷぺぽ", "はひふへほ"),
    ];
    PAIRS.iter().find_map(|(voiced, plain)| voiced.chars().zip(plain.chars()).find(|(v, _)| *v == c)).map_or(c, |(_, plain)| plain)
}

fn vowel(c: char) -> char {
    #[rustfmt::skip]
    const ROWS: [(char, &str); 5] = [
        ('a', "あかさたなはまやらわ"),
        ('i', "いきしちにひみり"),
        ('u', "うくすつぬふむゆる"),
        ('e', "えけせてねへめれ"),
        ('o', "おこそとのほもよろ"),
    ];
    ROWS.iter().find(|(_, row)| row.contains(c)).map_or('\0', |(v, _)| *v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_syllabaries_meet() {
        assert_eq!(to_hiragana("ソファーとイス"), "そふぁーといす");
        assert_eq!(to_katakana("らじお体操"), "ラジオ体操");
        assert_eq!(to_hiragana("ヴァイオリン"), "ゔぁいおりん");
    }

    #[test]
    fn spellings_of_one_sound_share_a_key() {
        for (a, b) in [
            ("ソファー", "そふぁ"),
            ("ﾍﾞｯﾄﾞ", "ベット"),
            ("おおさか", "おーさか"),
            ("こうえん", "コーエン"),
            ("はなぢ", "はなじ"),
            ("エー・イー・ディー", "えーいーでぃー"),
            ("とけい", "とけえ"),
        ] {
            assert_eq!(loose_key(a), loose_key(b), "{a} {b}");
        }
        assert_ne!(loose_key("いす"), loose_key("つくえ"));
    }
}
