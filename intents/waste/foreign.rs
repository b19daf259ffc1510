//! Items by what they are called in other languages: 「怎么扔电池」 asks for 乾電池.

use std::sync::OnceLock;

/// One line of `foreign.txt`: the Japanese names, and the foreign ones as they are compared.
struct Item {
    japanese: Vec<&'static str>,
    foreign: Vec<String>,
}

fn items() -> &'static [Item] {
    static ITEMS: OnceLock<Vec<Item>> = OnceLock::new();
    ITEMS.get_or_init(|| {
        let lines = include_str!("foreign.txt").lines().filter(|line| !line.starts_with('#'));
        let split = |list: &'static str| list.split(',').map(str::trim).filter(|word| !word.is_empty());
        lines
            .filter_map(|line| line.split_once(':'))
            .map(|(japanese, foreign)| Item { japanese: split(japanese).collect(), foreign: split(foreign).map(compared).collect() })
            .collect()
    })
}

fn compared(text: &str) -> String {
    normalise::fold(text).to_lowercase()
}

/// The Japanese names of the thing that `text` speaks of in another language; the longest wording counts. None for a
/// text in Japanese.
pub fn japanese(text: &str) -> &'static [&'static str] {
    let text = compared(text);
    let kana = |c: char| matches!(c, '\u{3041}'..='\u{30fa}');
    if text.contains(kana) {
        return &[];
    }
    let said = items().iter().flat_map(|item| item.foreign.iter().map(move |word| (item, word)));
    let found = said.filter(|(_, word)| contains(&text, word)).max_by_key(|(_, word)| word.chars().count());
    found.map_or(&[], |(item, _)| &item.japanese)
}

/// In Latin script only whole words count: "can" is in no "candle". Korean and Chinese write on.
fn contains(text: &str, word: &str) -> bool {
    let latin = |c: char| c.is_alphabetic() && (c.is_ascii() || ('\u{c0}'..='\u{24f}').contains(&c) || ('\u{1ea0}'..='\u{1ef9}').contains(&c));
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(latin);
        let after = text[at + word.len()..].chars().next().is_some_and(latin);
        !word.starts_with(latin) || !(before || after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thing_is_known_in_four_languages() {
        for (text, first) in [
            ("怎么扔电池？", "乾電池"),
            ("How do I throw away batteries?", "乾電池"),
            ("낡은 프라이팬은 어떻게 버려요", "フライパン"),
            ("Vứt nồi cơm điện thế nào", "炊飯器"),
            ("充电宝坏了怎么处理", "充電式電池"),
            ("where do cardboard boxes go", "ダンボール"),
            ("I bought candles", ""),
            ("ダンボール", ""),
        ] {
            assert_eq!(japanese(text).first().copied().unwrap_or_default(), first, "{text}");
        }
    }

    #[test]
    fn no_word_means_two_things() {
        let mut words: Vec<&str> = items().iter().flat_map(|item| item.foreign.iter().map(String::as_str)).collect();
        words.sort_unstable();
        let twice: Vec<_> = words.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
