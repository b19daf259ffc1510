//! Finds sentences that are the same or nearly so: they would make a score look better than it is.

use crate::{ngrams::ngrams, prepare::prepare};
use std::collections::{HashMap, HashSet};

/// From this share of common 3-grams on, two sentences count as nearly the same.
pub const NEAR: f64 = 0.8;

/// The text as compared: folded, without blanks and question marks.
#[must_use]
pub fn key(text: &str) -> String {
    prepare(text).into_iter().filter(|c| !matches!(c, ' ' | '?')).collect()
}

/// The character 3-grams of a text, as hashes; of a shorter text, the text itself.
fn trigrams(text: &str) -> HashSet<u32> {
    let chars: Vec<char> = key(text).chars().collect();
    if chars.len() < 3 {
        return ngrams(&chars).into_iter().collect();
    }
    chars.windows(3).map(|w| w.iter().fold(0x811c_9dc5, |h: u32, &c| (h ^ u32::from(c)).wrapping_mul(0x0100_0193))).collect()
}

/// A set of sentences that others are compared with, indexed by their 3-grams.
#[derive(Default)]
pub struct Known {
    /// How many 3-grams each has.
    sizes: Vec<usize>,
    keys: HashMap<String, usize>,
    by_gram: HashMap<u32, Vec<usize>>,
}

impl Known {
    #[must_use]
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Known {
        let mut known = Known::default();
        texts.for_each(|text| known.add(text));
        known
    }

    /// Adds a sentence; its position is that of the last.
    pub fn add(&mut self, text: &str) {
        let at = self.sizes.len();
        let grams = trigrams(text);
        for &gram in &grams {
            self.by_gram.entry(gram).or_default().push(at);
        }
        self.keys.entry(key(text)).or_insert(at);
        self.sizes.push(grams.len());
    }

    /// The known sentence that `text` repeats, by its position, and how alike they are.
    #[must_use]
    pub fn nearest(&self, text: &str) -> Option<(usize, f64)> {
        if let Some(&at) = self.keys.get(&key(text)) {
            return Some((at, 1.0));
        }
        let grams = trigrams(text);
        let mut common = vec![0u16; self.sizes.len()];
        for &at in grams.iter().filter_map(|gram| self.by_gram.get(gram)).flatten() {
            common[at] = common[at].saturating_add(1);
        }
        let likeness = |(at, &common): (usize, &u16)| {
            let all = grams.len() + self.sizes[at] - usize::from(common);
            (at, f64::from(common) / all.max(1) as f64)
        };
        common.iter().enumerate().map(likeness).filter(|&(_, likeness)| likeness >= NEAR).max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_hide_a_repetition() {
        let known = Known::new(["ゴミの日はいつですか", "市役所のとなりの中央図書館は土曜日は何時までやっていますか教えてください"].into_iter());
        assert_eq!(known.nearest("ごみの 日は、いつですか？"), Some((0, 1.0)));
        assert!(known.nearest("市役所のとなりの中央図書館は土曜日は何時までやってますか教えてください").is_some_and(|(at, _)| at == 1));
        assert_eq!(known.nearest("粗大ごみを出したい"), None);
    }
}
