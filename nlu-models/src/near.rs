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

/// Common 3-grams over all 3-grams, 0.0 to 1.0.
fn jaccard(a: &HashSet<u32>, b: &HashSet<u32>) -> f64 {
    let common = a.intersection(b).count();
    let all = a.len() + b.len() - common;
    if all == 0 { 1.0 } else { common as f64 / all as f64 }
}

/// A set of sentences that others are compared with, indexed by their 3-grams.
pub struct Known {
    grams: Vec<HashSet<u32>>,
    keys: HashMap<String, usize>,
    by_gram: HashMap<u32, Vec<usize>>,
}

impl Known {
    #[must_use]
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Known {
        let mut known = Known { grams: Vec::new(), keys: HashMap::new(), by_gram: HashMap::new() };
        for (at, text) in texts.enumerate() {
            let grams = trigrams(text);
            for &gram in &grams {
                known.by_gram.entry(gram).or_default().push(at);
            }
            known.keys.entry(key(text)).or_insert(at);
            known.grams.push(grams);
        }
        known
    }

    /// The known sentence that `text` repeats, by its position, and how alike they are.
    #[must_use]
    pub fn nearest(&self, text: &str) -> Option<(usize, f64)> {
        if let Some(&at) = self.keys.get(&key(text)) {
            return Some((at, 1.0));
        }
        let grams = trigrams(text);
        let mut candidates: Vec<usize> = grams.iter().filter_map(|g| self.by_gram.get(g)).flatten().copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        candidates
            .into_iter()
            .map(|at| (at, jaccard(&grams, &self.grams[at])))
            .filter(|&(_, likeness)| likeness >= NEAR)
            .max_by(|a, b| a.1.total_cmp(&b.1))
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
