//! Which language an utterance is in, by script and function words: short texts give a trained model too little.

use model::Lang;
use std::{collections::HashSet, sync::OnceLock};

/// The language of `text`; none when nothing in it speaks for one: numbers, addresses, marks.
#[must_use]
pub fn language(text: &str) -> Option<Lang> {
    let folded = normalise::fold(&text.chars().take(400).collect::<String>());
    let folded: Vec<char> = without_identifiers(&folded).to_lowercase().chars().collect();
    let counts = Counts::of(&folded);
    if counts.hangul > 0 && counts.hangul >= counts.kana {
        return Some(Lang::Ko);
    }
    if counts.kana > 0 {
        // A Chinese sentence that quotes a Japanese word in kana stays Chinese.
        if counts.chinese >= 2 && counts.han > 3 * counts.kana {
            return Some(Lang::Zh);
        }
        if counts.kana + counts.han < 3 && counts.latin > 12 {
            return Some(latin(&folded));
        }
        return Some(if spaced_kana(&folded, &counts) { Lang::JaEasy } else { Lang::Ja });
    }
    if counts.han > 0 {
        return Some(if chinese(&counts) { Lang::Zh } else { Lang::Ja });
    }
    (counts.latin > 0).then(|| latin(&folded))
}

/// Without the words in Latin script that every language uses: e-mail and web addresses, numbers with letters in them,
/// abbreviations in capitals (AED, QR, OK).
fn without_identifiers(text: &str) -> String {
    let says_nothing = |word: &str| {
        let letters = || word.chars().filter(|c| c.is_alphabetic());
        let plain = word.is_ascii();
        (plain && word.contains(['@', '_']))
            || word.contains("://")
            || word.starts_with("www.")
            || (plain && word.chars().any(|c| c.is_ascii_digit()))
            || (letters().count() <= 3 && letters().all(|c| c.is_ascii_uppercase()))
            || matches!(word, "ok" | "Ok")
    };
    let kept: Vec<&str> = text.split(' ').map(|word| if says_nothing(word.trim_end_matches(['.', ',', '!', '?'])) { "" } else { word }).collect();
    kept.join(" ")
}

#[derive(Default)]
struct Counts {
    kana: usize,
    han: usize,
    hangul: usize,
    latin: usize,
    /// Characters that Chinese uses all the time and Japanese hardly ever.
    chinese: usize,
}

impl Counts {
    fn of(text: &[char]) -> Counts {
        let mut counts = Counts::default();
        for &c in text {
            match c {
                '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' => counts.kana += 1,
                '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' => counts.hangul += 1,
                '\u{3400}'..='\u{9fff}' => counts.han += 1,
                c if c.is_alphabetic() => counts.latin += 1,
                _ => {}
            }
            counts.chinese += usize::from(is_chinese(c));
        }
        counts
    }
}

/// A text of Chinese characters alone: one that only Chinese uses tells. A run of kanji without kana is a headline in
/// Japanese: 住民票交付申請, 不在者投票.
fn chinese(counts: &Counts) -> bool {
    counts.chinese > 0
}

/// The characters of `languages/chinese.txt`.
fn is_chinese(c: char) -> bool {
    static TELLING: OnceLock<HashSet<char>> = OnceLock::new();
    let lines = || include_str!("../languages/chinese.txt").lines().filter(|line| !line.starts_with('#'));
    TELLING.get_or_init(|| lines().flat_map(str::chars).collect()).contains(&c)
}

/// The words of `languages/vietnamese-toneless.txt`.
fn is_toneless(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let lines = || include_str!("../languages/vietnamese-toneless.txt").lines().filter(|line| !line.starts_with('#'));
    WORDS.get_or_init(|| lines().flat_map(str::split_whitespace).collect()).contains(word)
}

/// Kana words with blanks between them, as learners write: at least two blanks, hardly any kanji, short words.
fn spaced_kana(text: &[char], counts: &Counts) -> bool {
    let words: Vec<usize> = text
        .split(|&c| c == ' ' || matches!(c, '。' | '、' | '?' | '!'))
        .filter(|word| !word.is_empty())
        .map(<[char]>::len)
        .collect();
    let blanks = text
        .windows(3)
        .filter(|w| w[1] == ' ' && is_japanese(w[0]) && is_japanese(w[2]))
        .count();
    blanks >= 2 && counts.han * 5 <= counts.kana && words.iter().all(|&length| length <= 12)
}

fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '。' | '、')
}

/// Vietnamese by its letters and tone marks; everything else in Latin letters is answered in English.
fn latin(text: &[char]) -> Lang {
    let marked = text
        .iter()
        .filter(|&&c| matches!(c, 'ă' | 'â' | 'đ' | 'ê' | 'ô' | 'ơ' | 'ư' | '\u{1ea0}'..='\u{1ef9}' | 'ũ' | 'ĩ'))
        .count();
    if marked > 0 {
        return Lang::Vi;
    }
    let text: String = text.iter().collect();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
    let bare = words.iter().filter(|word| is_toneless(word)).count();
    // Toneless typing, as on a keyboard without Vietnamese: at least two such words and half of them all.
    let accents = words.iter().any(|w| w.chars().any(|c| matches!(c, 'à' | 'á' | 'ã' | 'è' | 'é' | 'ì' | 'í' | 'ò' | 'ó' | 'õ' | 'ù' | 'ú' | 'ý')));
    if (bare >= 2 && bare * 2 >= words.len()) || (accents && bare >= 1) { Lang::Vi } else { Lang::En }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_language_uses_says_nothing() {
        for text in ["taro@example.jp", "https://example.jp/abc?x=1", "www.example.jp", "06-1234-5678", "A-1023", "AED", "OK", "ok!", "12", "", "🙏", "P2P", "abc_def"] {
            assert_eq!(language(text), None, "{text}");
        }
    }

    #[test]
    fn what_stands_beside_it_tells() {
        for (text, lang) in [
            ("メールはtaro@example.jpです", Lang::Ja),
            ("my email is taro@example.jp", Lang::En),
            ("Hello", Lang::En),
            ("help", Lang::En),
            ("怎么扔电池？", Lang::Zh),
            ("Where is the AED?", Lang::En),
            ("QR 어디 있어요", Lang::Ko),
            ("Xin chào", Lang::Vi),
        ] {
            assert_eq!(language(text), Some(lang), "{text}");
        }
    }
}
