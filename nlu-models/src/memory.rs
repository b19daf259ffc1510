//! A city's own sentences: what is said like one of them means the same, without new training.

use crate::{ngrams::ngrams, prepare::prepare};
use model::{Recall, Scored};
use std::collections::HashMap;

/// Sentences as bags of n-grams, each scaled to length one.
pub struct Memory {
    intents: Vec<String>,
    /// By n-gram: the sentences that hold it, and how much it is of them.
    by_gram: HashMap<u32, Vec<(usize, f32)>>,
    /// How much an n-gram says; `unknown` for those that are not listed, such as the city's own names.
    telling: HashMap<u32, f32>,
    unknown: f32,
}

impl Memory {
    /// `sentences` are (intent, text); `telling` weighs n-grams.
    #[must_use]
    pub fn new(sentences: &[(String, String)], telling: impl Fn(u32) -> Option<f32>) -> Memory {
        let unknown = 8.0;
        let mut memory = Memory { intents: Vec::new(), by_gram: HashMap::new(), telling: HashMap::new(), unknown };
        for (intent, text) in sentences {
            let grams = ngrams(&prepare(text));
            for &gram in &grams {
                if let Some(weight) = telling(gram) {
                    memory.telling.insert(gram, weight);
                }
            }
            for (gram, weight) in memory.bag(grams) {
                memory.by_gram.entry(gram).or_default().push((memory.intents.len(), weight));
            }
            memory.intents.push(intent.clone());
        }
        memory
    }

    fn bag(&self, mut grams: Vec<u32>) -> Vec<(u32, f32)> {
        grams.sort_unstable();
        let weight = |group: &[u32]| (1.0 + (group.len() as f32).ln()) * self.telling.get(&group[0]).copied().unwrap_or(self.unknown);
        let mut bag: Vec<(u32, f32)> = grams.chunk_by(|a, b| a == b).map(|group| (group[0], weight(group))).collect();
        let length = bag.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
        if length > 0.0 {
            bag.iter_mut().for_each(|(_, w)| *w /= length);
        }
        bag
    }
}

impl Recall for Memory {
    fn recall(&self, text: &str) -> Option<Scored> {
        if self.intents.is_empty() {
            return None;
        }
        let mut alike = vec![0.0f32; self.intents.len()];
        for (gram, weight) in self.bag(ngrams(&prepare(text))) {
            for (at, theirs) in self.by_gram.get(&gram).into_iter().flatten() {
                alike[*at] += weight * theirs;
            }
        }
        let (at, likeness) = alike.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        Some(Scored { intent: self.intents[at].clone(), confidence: likeness.clamp(0.0, 1.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_alike_is_recalled() {
        let own = |intent: &str, text: &str| (intent.to_owned(), text.to_owned());
        let memory = Memory::new(&[own("facility.book", "ぐるりん号に乗りたい"), own("waste.sort", "チョイソコの袋はどこ")], |_| None);
        let likeness = |text: &str| memory.recall(text).map(|hit| (hit.intent, hit.confidence));
        assert!(likeness("ぐるりん号に乗りたい！").is_some_and(|(intent, c)| intent == "facility.book" && c > 0.95));
        assert!(likeness("ぐるりん号に乗りたいんですけど").is_some_and(|(intent, c)| intent == "facility.book" && c > 0.6));
        assert!(likeness("住民票がほしい").is_some_and(|(_, c)| c < 0.3));
        let dogs = Memory::new(&[own("p", "子犬を飼い始めたので届けを出したい")], |_| None);
        assert!(dogs.recall("子犬を飼い始めたから届けを出したいです").is_some_and(|hit| hit.confidence > 0.6), "other words around it");
        assert!(dogs.recall("子どもの医療証の届けを出したい").is_some_and(|hit| hit.confidence < 0.5), "another matter");
        assert!(Memory::new(&[], |_| None).recall("").is_none());
    }
}
