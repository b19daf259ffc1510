//! Names in a sentence despite typing errors: a name of some length counts although a sign of it is wrong.

use crate::{Name, names::key};
use std::collections::HashMap;

/// Shorter names (signs, as they sound) are found only when they are written right.
const SHORTEST: usize = 4;
/// From this length on two signs may be wrong.
const LONG: usize = 9;
/// So many names at most are compared in full.
const COMPARED: usize = 24;

/// The sounds of all names, by their pairs of signs.
pub struct LooseNames {
    /// (which name, its sound)
    sounds: Vec<(usize, Vec<char>)>,
    by_pair: HashMap<(char, char), Vec<usize>>,
}

impl LooseNames {
    pub fn new(names: &[Name]) -> LooseNames {
        let mut loose = LooseNames { sounds: Vec::new(), by_pair: HashMap::new() };
        for (at, name) in names.iter().enumerate() {
            for said in &name.said {
                let sound = sound(said);
                if sound.len() < SHORTEST {
                    continue;
                }
                let mut pairs: Vec<_> = sound.windows(2).map(|w| (w[0], w[1])).collect();
                pairs.sort_unstable();
                pairs.dedup();
                for pair in pairs {
                    loose.by_pair.entry(pair).or_default().push(loose.sounds.len());
                }
                loose.sounds.push((at, sound));
            }
        }
        loose
    }

    /// The name that a piece of the text comes nearest to, if it comes near enough and no other name does as well.
    pub fn find(&self, text: &str) -> Option<usize> {
        let text = sound(text);
        let mut shared: HashMap<usize, usize> = HashMap::new();
        let mut pairs: Vec<_> = text.windows(2).map(|w| (w[0], w[1])).collect();
        pairs.sort_unstable();
        pairs.dedup();
        for at in pairs.iter().filter_map(|pair| self.by_pair.get(pair)).flatten() {
            *shared.entry(*at).or_default() += 1;
        }
        // One wrong sign breaks two pairs.
        let likely = |(at, shared): &(usize, usize)| *shared + 2 * allowed(self.sounds[*at].1.len()) + 1 >= self.sounds[*at].1.len();
        let mut candidates: Vec<(usize, usize)> = shared.into_iter().filter(likely).collect();
        candidates.sort_by_key(|(at, shared)| (std::cmp::Reverse(*shared), *at));
        candidates.truncate(COMPARED);
        let mut best: Option<(usize, usize, usize)> = None;
        let mut tied = false;
        for (at, _) in candidates {
            let (name, sound) = &self.sounds[at];
            let Some(wrong) = nearest_piece(&text, sound) else { continue };
            // The longest name counts, among equals the one with fewer errors.
            let rank = (wrong, usize::MAX - sound.len());
            match best {
                Some((_, w, l)) if (w, l) == rank => tied |= best.is_some_and(|(n, ..)| n != *name),
                Some((_, w, l)) if (w, l) < rank => {}
                _ => (best, tied) = (Some((*name, rank.0, rank.1)), false),
            }
        }
        best.filter(|_| !tied).map(|(name, ..)| name)
    }
}

fn sound(text: &str) -> Vec<char> {
    normalise::kana::loose_key(&key(text)).chars().collect()
}

/// How many signs of a name of this length may be wrong.
fn allowed(length: usize) -> usize {
    if length >= LONG { 2 } else { 1 }
}

/// The fewest errors with which `name` stands somewhere in `text` (Sellers 1980); none when there are too many, or when
/// its first sign is wrong: people err inside a word.
fn nearest_piece(text: &[char], name: &[char]) -> Option<usize> {
    let mut row: Vec<usize> = (0..=name.len()).collect();
    let mut best = usize::MAX;
    for &c in text {
        let mut diagonal = row[0];
        // A name may begin anywhere.
        row[0] = 0;
        for (k, &n) in name.iter().enumerate() {
            let change = diagonal + usize::from(n != c);
            diagonal = row[k + 1];
            row[k + 1] = change.min(row[k] + 1).min(row[k + 1] + 1);
        }
        best = best.min(row[name.len()]);
    }
    (best <= allowed(name.len()) && text.contains(&name[0])).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::EntityKind;

    fn found(text: &str) -> &'static str {
        const NAMES: [(&str, &str); 5] =
            [("pan", "フライパン"), ("hall", "市民会館"), ("center", "東部コミュニティセンター"), ("can", "缶"), ("clean", "空気清浄機")];
        let names = NAMES.map(|(id, said)| Name { kind: EntityKind::Facility, id: id.into(), label: said.into(), said: vec![said.into()], point: None });
        LooseNames::new(&names).find(text).map_or("", |at| NAMES[at].0)
    }

    #[test]
    fn a_wrong_sign_is_forgiven_in_a_name_of_some_length() {
        for (text, id) in [
            ("ふらいばんってなにごみ", "pan"),
            ("フラパンの捨て方", "pan"),
            ("東部コミニュティセンターあいてる？", "center"),
            ("とうぶコミュニティセンタ", ""),
            ("空気洗浄機を捨てたい", "clean"),
            ("市民会館", "hall"),
            ("缶", ""),
            ("住民票がほしい", ""),
            ("", ""),
        ] {
            assert_eq!(found(text), id, "{text}");
        }
    }
}
