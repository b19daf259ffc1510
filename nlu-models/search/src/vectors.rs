//! Word vectors learnt from the documents themselves: words that keep the same company point the same way.
//!
//! Company is what stands near by in a text, and what an answer says to a question. Counts become positive pointwise
//! mutual information, and that is reduced to some hundred numbers a word ([`crate::svd`]).

use crate::{
    svd::{self, Sparse, dot},
    terms::Key,
};
use std::collections::HashMap;

/// Words to either side that count as near, the nearest most.
const WINDOW: usize = 6;
/// So many words of an answer are put beside those of its question.
const ANSWER: usize = 60;
/// How much a word of the answer counts beside one of the question.
const ACROSS: f32 = 0.25;
/// Frequent words are company to everyone: their counts are bent by this power.
const BENT: f64 = 0.75;
/// Pairs collected before equal ones are folded together (12 bytes each).
const PAIRS: usize = 12_000_000;

/// The words of one document: question, and all the rest.
pub(crate) type Sequence = [Vec<Key>; 2];

/// A vector of length one for each word worth one.
pub(crate) struct Vectors {
    known: HashMap<Key, u32>,
    width: usize,
    words: Vec<f32>,
}

/// How often two words keep company, as runs of sorted pairs that are merged when they grow long.
#[derive(Default)]
struct Company {
    pairs: Vec<(u32, u32, f32)>,
    merged: usize,
}

impl Company {
    fn add(&mut self, a: u32, b: u32, times: f32) {
        if a != b {
            self.pairs.push((a.min(b), a.max(b), times));
            if self.pairs.len() > PAIRS.max(self.merged * 2) {
                self.merge();
            }
        }
    }

    fn merge(&mut self) {
        self.pairs.sort_unstable_by_key(|p| (p.0, p.1));
        self.pairs.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2 += next.2;
            }
            same
        });
        self.merged = self.pairs.len();
    }
}

impl Vectors {
    pub(crate) fn learn(texts: &[Sequence]) -> Vectors {
        let known = vocabulary(texts);
        let rows = known.len();
        let mut company = Company::default();
        for [question, rest] in texts {
            let ids = |keys: &[Key]| keys.iter().filter_map(|k| known.get(k).copied()).collect::<Vec<u32>>();
            let (question, rest) = (ids(question), ids(rest));
            for text in [&question, &rest] {
                for (at, &a) in text.iter().enumerate() {
                    for (near, &b) in text[at + 1..].iter().take(WINDOW).enumerate() {
                        company.add(a, b, 1.0 / (near + 1) as f32);
                    }
                }
            }
            for &a in &question {
                rest.iter().take(ANSWER).for_each(|&b| company.add(a, b, ACROSS));
            }
        }
        company.merge();
        // The width a corpus can fill: tiny ones have little to say.
        let width = match rows {
            0..2000 => (rows / 10).min(100),
            2000..20_000 => 120,
            _ => 96,
        };
        let words = svd::embed(&information(&company.pairs, rows), width);
        let mut vectors = Vectors { known, width: if words.is_empty() { 0 } else { words.len() / rows }, words };
        if vectors.width > 0 {
            vectors.words.chunks_exact_mut(vectors.width).for_each(to_length_one);
        }
        vectors
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn word(&self, key: Key) -> Option<&[f32]> {
        let from = *self.known.get(&key)? as usize * self.width;
        self.words.get(from..from + self.width)
    }

    /// The direction of a text: its words' sum, each times its weight; of length one, or all zero.
    pub(crate) fn text(&self, words: impl Iterator<Item = (Key, f32)>) -> Vec<f32> {
        let mut sum = vec![0.0; self.width];
        for (key, weight) in words {
            if let Some(word) = self.word(key) {
                sum.iter_mut().zip(word).for_each(|(s, w)| *s += weight * w);
            }
        }
        to_length_one(&mut sum);
        sum
    }
}

/// Words worth a vector: those that stand in two documents or more.
fn vocabulary(texts: &[Sequence]) -> HashMap<Key, u32> {
    let mut seen: HashMap<Key, (u32, u32)> = HashMap::new();
    for (doc, text) in texts.iter().enumerate() {
        let doc = u32::try_from(doc).unwrap_or(u32::MAX);
        for &key in text.iter().flatten() {
            let (count, last) = seen.entry(key).or_insert((0, u32::MAX));
            if *last != doc {
                (*count, *last) = (*count + 1, doc);
            }
        }
    }
    let mut keys: Vec<Key> = seen.into_iter().filter(|(_, (count, _))| *count > 1).map(|(k, _)| k).collect();
    keys.sort_unstable();
    keys.into_iter().enumerate().map(|(n, k)| (k, u32::try_from(n).unwrap_or(u32::MAX))).collect()
}

/// Positive pointwise mutual information of pairs, both ways round.
fn information(pairs: &[(u32, u32, f32)], rows: usize) -> Sparse {
    let mut sums = vec![0.0_f64; rows];
    for &(a, b, times) in pairs {
        sums[a as usize] += f64::from(times);
        sums[b as usize] += f64::from(times);
    }
    let bent: Vec<f64> = sums.iter().map(|s| s.powf(BENT)).collect();
    let all_bent: f64 = bent.iter().sum();
    // Bent on one side only it would not be symmetric: the mean of both ways is.
    let of = |a: usize, b: usize, times: f64| (times * all_bent / (sums[a] * bent[b])).ln();
    let value = |&(a, b, times): &(u32, u32, f32)| {
        let (a, b, times) = (a as usize, b as usize, f64::from(times));
        ((of(a, b, times) + of(b, a, times)) / 2.0) as f32
    };
    let mut sizes = vec![0usize; rows + 1];
    let kept: Vec<(u32, u32, f32)> = pairs.iter().map(|p| (p.0, p.1, value(p))).filter(|p| p.2 > 0.0).collect();
    for &(a, b, _) in &kept {
        sizes[a as usize + 1] += 1;
        sizes[b as usize + 1] += 1;
    }
    for n in 1..sizes.len() {
        sizes[n] += sizes[n - 1];
    }
    let mut next = sizes.clone();
    let mut entries = vec![(0, 0.0); kept.len() * 2];
    for (a, b, v) in kept {
        for (row, column) in [(a, b), (b, a)] {
            entries[next[row as usize]] = (column, v);
            next[row as usize] += 1;
        }
    }
    Sparse { starts: sizes, entries }
}

/// Stretches a vector to length one; all zero stays so.
fn to_length_one(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_like_company_are_alike() {
        // 1 and 2 never meet, yet both stand with 10 to 13; 3 stands with 20 to 23.
        let text = |w: Key, base: Key| [vec![w, base, base + 1], vec![base + 2, w, base + 3]];
        let mut texts = Vec::new();
        for _ in 0..4 {
            texts.extend([text(1, 10), text(2, 10), text(3, 20), text(4, 20), text(5, 30), text(6, 30), text(7, 40), text(8, 40)]);
        }
        let vectors = Vectors::learn(&texts);
        let like = |a, b| dot(vectors.word(a).unwrap_or_default(), vectors.word(b).unwrap_or_default());
        assert!(like(1, 2) > like(1, 3) + 0.3, "{} {}", like(1, 2), like(1, 3));
    }

    #[test]
    fn too_little_to_learn_from_is_no_error() {
        assert_eq!(Vectors::learn(&[]).width(), 0);
        assert!(Vectors::learn(&[[vec![1, 2], vec![3]]]).text([(1, 1.0)].into_iter()).is_empty());
    }
}
