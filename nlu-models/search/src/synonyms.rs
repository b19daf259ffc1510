//! Words that residents use for one another, as a list that a city's staff can edit.

use crate::terms::{Key, Unit, content, plain, word_key};
use std::collections::HashMap;

/// The list that comes with the crate.
const OURS: &str = include_str!("../synonyms.txt");

/// Groups of words of one meaning. A group is an idea of its own: a text that holds any of its words holds the idea.
///
/// One group a line, words separated by blanks; a word of several words is written together (健康保険料). A line that
/// begins with `~` holds words that only touch one another and counts half. `#` begins a remark.
pub struct Synonyms {
    /// By the first word of a phrase: the words that follow, and the group.
    phrases: HashMap<Key, Vec<(Vec<Key>, u32)>>,
    weights: Vec<f32>,
}

impl Synonyms {
    /// Reads a list. Lines that name no two words are passed over.
    #[must_use]
    pub fn parse(list: &str) -> Synonyms {
        let mut synonyms = Synonyms { phrases: HashMap::new(), weights: Vec::new() };
        for line in list.lines() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let (line, weight) = line.strip_prefix('~').map_or((line, 1.0), |rest| (rest, 0.5));
            let group = u32::try_from(synonyms.weights.len()).unwrap_or(u32::MAX);
            let mut phrases: Vec<Vec<Key>> =
                line.split_whitespace().map(|w| content(&plain(w)).iter().map(word_key).collect()).collect();
            phrases.retain(|p| !p.is_empty());
            phrases.sort_unstable();
            phrases.dedup();
            if phrases.len() < 2 {
                continue;
            }
            for phrase in phrases {
                synonyms.phrases.entry(phrase[0]).or_default().push((phrase[1..].to_vec(), group));
            }
            synonyms.weights.push(weight);
        }
        synonyms
    }

    /// The list that comes with the crate.
    #[must_use]
    pub fn ours() -> Synonyms {
        Synonyms::parse(OURS)
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether there is no group at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// The ideas that a row of words holds.
    pub(crate) fn find(&self, words: &[Key]) -> Vec<Unit> {
        let mut found = Vec::new();
        for (at, word) in words.iter().enumerate() {
            for (rest, group) in self.phrases.get(word).into_iter().flatten() {
                if words[at + 1..].starts_with(rest) {
                    let weight = self.weights.get(*group as usize).copied().unwrap_or(1.0);
                    found.push((Key::from(*group) + 1, weight));
                }
            }
        }
        found
    }
}
