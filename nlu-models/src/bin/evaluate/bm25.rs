//! Plain BM25 over pairs of characters, with the usual constants: what a search must at least be better than.

use std::collections::HashMap;

const SATURATION: f64 = 1.2;
const LENGTH: f64 = 0.75;

pub struct Bm25 {
    by_pair: HashMap<[char; 2], Vec<(usize, f64)>>,
    lengths: Vec<f64>,
    mean: f64,
}

fn pairs(text: &str) -> Vec<[char; 2]> {
    let chars: Vec<char> = normalise::fold(text).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    chars.windows(2).map(|w| [w[0], w[1]]).collect()
}

impl Bm25 {
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Bm25 {
        let mut by_pair: HashMap<[char; 2], Vec<(usize, f64)>> = HashMap::new();
        let mut lengths: Vec<f64> = Vec::new();
        for (at, text) in texts.enumerate() {
            let all = pairs(text);
            lengths.push(all.len() as f64);
            let mut counts: HashMap<[char; 2], f64> = HashMap::new();
            all.into_iter().for_each(|pair| *counts.entry(pair).or_default() += 1.0);
            counts.into_iter().for_each(|(pair, count)| by_pair.entry(pair).or_default().push((at, count)));
        }
        let mean = lengths.iter().sum::<f64>() / lengths.len().max(1) as f64;
        Bm25 { by_pair, lengths, mean }
    }

    /// The best ten, by place.
    pub fn rank(&self, query: &str) -> Vec<usize> {
        let all = self.lengths.len() as f64;
        let mut scores = vec![0.0; self.lengths.len()];
        for postings in pairs(query).iter().filter_map(|pair| self.by_pair.get(pair)) {
            let rarity = (1.0 + (all - postings.len() as f64 + 0.5) / (postings.len() as f64 + 0.5)).ln();
            for &(at, count) in postings {
                let norm = SATURATION * (1.0 - LENGTH + LENGTH * self.lengths[at] / self.mean);
                scores[at] += rarity * count * (SATURATION + 1.0) / (count + norm);
            }
        }
        let mut best: Vec<usize> = (0..scores.len()).filter(|&at| scores[at] > 0.0).collect();
        best.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        best.truncate(10);
        best
    }
}
