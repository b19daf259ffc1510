//! How Japanese text sounds, roughly: a second view in which 避難所, 非難所 and ひなんじょ meet.

use std::{collections::HashMap, sync::OnceLock};

/// Surface, tab, reading in hiragana; sorted. From the IPA dictionary (see `readings/COPYING`).
pub(crate) const TABLE: &str = include_str!("../readings/readings.tsv");

/// A table of readings; the longest entry wins.
pub struct Readings {
    /// First character of the surface to (rest of the surface, reading), longest first.
    by_first: HashMap<char, Vec<(Vec<char>, &'static str)>>,
}

impl Readings {
    /// The table that the crate was built with, parsed once per process; it never changes.
    pub fn shipped() -> &'static Readings {
        static SHIPPED: OnceLock<Readings> = OnceLock::new();
        SHIPPED.get_or_init(|| Readings::parse(TABLE))
    }

    fn parse(table: &'static str) -> Readings {
        let mut by_first: HashMap<char, Vec<(Vec<char>, &'static str)>> = HashMap::new();
        for (surface, reading) in table.lines().filter_map(|line| line.split_once('\t')) {
            let mut chars = surface.chars();
            if let Some(first) = chars.next() {
                by_first.entry(first).or_default().push((chars.collect(), reading));
            }
        }
        for entries in by_first.values_mut() {
            entries.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
        Readings { by_first }
    }

    /// The prepared text with its kanji read; `None` when there are none to read, or when the text is not Japanese.
    #[must_use]
    pub fn read(&self, prepared: &[char]) -> Option<Vec<char>> {
        let kana = |c: &char| matches!(c, '\u{3041}'..='\u{309f}');
        let hangul = |c: &char| matches!(c, '\u{ac00}'..='\u{d7a3}');
        if prepared.iter().any(hangul) || (!prepared.iter().any(kana) && prepared.len() > 12) {
            return None;
        }
        let mut out = Vec::with_capacity(prepared.len() * 2);
        let mut at = 0;
        while let Some(&c) = prepared.get(at) {
            let rest = &prepared[at + 1..];
            let hit = self.by_first.get(&c).and_then(|entries| {
                entries.iter().find(|(tail, _)| rest.starts_with(tail))
            });
            match hit {
                Some((tail, reading)) => {
                    out.extend(reading.chars());
                    at += 1 + tail.len();
                }
                None => {
                    out.push(c);
                    at += 1;
                }
            }
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_meets() {
        let read = |text: &str| -> String {
            let chars: Vec<char> = text.chars().collect();
            Readings::shipped().read(&chars).unwrap_or(chars).into_iter().collect()
        };
        assert_eq!(read("図書館はどこ"), "としょかんはどこ");
        assert_eq!(read("与薬したい"), read("予約したい"));
        assert_eq!(read("쓰레기"), "쓰레기");
        assert_eq!(read(""), "");
    }
}
