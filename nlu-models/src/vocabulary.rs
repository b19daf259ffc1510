//! Which n-grams the model knows, and how much each says.

use std::collections::HashMap;

/// The known n-grams: row `i` of every bag table belongs to `hashes[i]`.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Ascending, without duplicates.
    hashes: Vec<u32>,
    /// Inverse document frequency, natural logarithm plus one: rare n-grams weigh more.
    idf: Vec<f32>,
}

/// One known n-gram of a text: its row and its weight. The squares of a text's weights add up to 1.
pub type Feature = (usize, f32);

impl Vocabulary {
    /// Learns from the n-grams of every training sentence: those in at least `min_lines` sentences are kept.
    #[must_use]
    pub fn learn(sentences: &[Vec<u32>], min_lines: u32) -> Vocabulary {
        let mut lines: HashMap<u32, u32> = HashMap::new();
        for sentence in sentences {
            let mut unique = sentence.clone();
            unique.sort_unstable();
            unique.dedup();
            for hash in unique {
                *lines.entry(hash).or_default() += 1;
            }
        }
        let mut kept: Vec<(u32, u32)> = lines.into_iter().filter(|&(_, count)| count >= min_lines).collect();
        kept.sort_unstable();
        let total = sentences.len() as f32;
        let idf = |count: u32| ((1.0 + total) / (1.0 + count as f32)).ln() + 1.0;
        Vocabulary {
            hashes: kept.iter().map(|&(hash, _)| hash).collect(),
            idf: kept.iter().map(|&(_, count)| idf(count)).collect(),
        }
    }

    /// From stored tensors. `None` when they do not belong together or are not sorted.
    #[must_use]
    pub fn from_parts(hashes: Vec<u32>, idf: Vec<f32>) -> Option<Vocabulary> {
        let sorted = hashes.windows(2).all(|pair| pair[0] < pair[1]);
        (sorted && hashes.len() == idf.len()).then_some(Vocabulary { hashes, idf })
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    #[must_use]
    pub fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    #[must_use]
    pub fn idf(&self) -> &[f32] {
        &self.idf
    }

    /// How much an n-gram says; none when it is not known.
    #[must_use]
    pub fn weight(&self, hash: u32) -> Option<f32> {
        self.hashes.binary_search(&hash).ok().and_then(|at| self.idf.get(at).copied())
    }

    /// The known ones among `ngrams`, weighted: (1 + ln count) * idf, scaled to unit length.
    #[must_use]
    pub fn features(&self, mut ngrams: Vec<u32>) -> Vec<Feature> {
        ngrams.sort_unstable();
        let mut out: Vec<Feature> = Vec::with_capacity(ngrams.len());
        // Both lists are sorted: search only to the right of the last hit.
        let mut from = 0;
        for group in ngrams.chunk_by(|a, b| a == b) {
            match self.hashes[from..].binary_search(&group[0]) {
                Ok(at) => {
                    let row = from + at;
                    out.push((row, (1.0 + (group.len() as f32).ln()) * self.idf[row]));
                    from = row;
                }
                Err(at) => from += at,
            }
        }
        unit(&mut out);
        out
    }
}

/// Scales the weights so that their squares add up to 1.
pub fn unit(features: &mut [Feature]) {
    let length = features.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    if length > 0.0 {
        for (_, weight) in features {
            *weight /= length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_ngrams_are_dropped_and_weights_are_of_unit_length() {
        let vocabulary = Vocabulary::learn(&[vec![1, 2, 2, 9], vec![1, 2, 7], vec![1, 5]], 2);
        assert_eq!(vocabulary.hashes(), [1, 2]);
        let features = vocabulary.features(vec![9, 2, 2, 1, 400]);
        assert_eq!(features.iter().map(|f| f.0).collect::<Vec<_>>(), [0, 1]);
        assert!(features[1].1 > features[0].1);
        let length: f32 = features.iter().map(|f| f.1 * f.1).sum();
        assert!((length - 1.0).abs() < 1e-5);
        assert!(vocabulary.features(vec![]).is_empty());
        assert!(Vocabulary::from_parts(vec![2, 1], vec![1.0, 1.0]).is_none());
    }
}
