use crate::units::Counts;
use std::collections::HashMap;

/// Okapi BM25 over one kind of units.
#[derive(Default)]
pub(crate) struct Bm25 {
    /// Unit → the documents that have it, with its weight there.
    postings: HashMap<String, Vec<(u32, f32)>>,
    documents: f32,
}

const K1: f32 = 1.2;
const B: f32 = 0.5;

impl Bm25 {
    pub fn build(documents: &[Counts]) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "corpora are far smaller than 2^24")]
        let count = documents.len() as f32;
        let length = |counts: &Counts| counts.values().sum::<f32>();
        let average = (documents.iter().map(length).sum::<f32>() / count.max(1.0)).max(1.0);
        let mut postings: HashMap<String, Vec<(u32, f32)>> = HashMap::new();
        for (n, counts) in documents.iter().enumerate() {
            let norm = K1 * (1.0 - B + B * length(counts) / average);
            for (unit, weight) in counts {
                let saturated = weight * (K1 + 1.0) / (weight + norm);
                postings.entry(unit.clone()).or_default().push((u32::try_from(n).unwrap_or(u32::MAX), saturated));
            }
        }
        Self { postings, documents: count }
    }

    /// How rare a unit is. One that no document has is as rare as can be.
    fn rarity(&self, unit: &str) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "corpora are far smaller than 2^24")]
        let with = self.postings.get(unit).map_or(0, Vec::len) as f32;
        ((self.documents - with + 0.5) / (with + 0.5) + 1.0).ln()
    }

    /// Adds each document's score for the query to `scores`, times `share` of the best that the query could get: a
    /// document with every unit of the query comes to about `share`.
    pub fn score(&self, query: &Counts, share: f32, scores: &mut [f32]) {
        let best: f32 = query.iter().map(|(unit, weight)| weight.min(1.0) * self.rarity(unit)).sum();
        if best <= 0.0 {
            return;
        }
        for (unit, weight) in query {
            let Some(postings) = self.postings.get(unit) else { continue };
            let value = share * weight.min(1.0) * self.rarity(unit) / best;
            for (document, saturated) in postings {
                if let Some(score) = scores.get_mut(*document as usize) {
                    *score += value * saturated;
                }
            }
        }
    }
}
