//! A larger encoder beside what is learnt from the entries themselves.

use crate::svd::dot;
use std::sync::Arc;

/// Turns texts into vectors of length one, in which likeness of meaning is likeness of direction.
pub trait Encode: Send + Sync {
    /// `None` where the text cannot be encoded.
    fn query(&self, text: &str) -> Option<Vec<f32>>;
    fn passage(&self, question: &str, answer: &str) -> Option<Vec<f32>>;
}

/// The entries as an encoder sees them.
pub(crate) struct Encoded {
    encoder: Arc<dyn Encode>,
    /// One for each entry; empty where it could not be encoded.
    passages: Vec<Vec<f32>>,
}

impl Encoded {
    pub(crate) fn new<'a>(encoder: Arc<dyn Encode>, texts: impl Iterator<Item = (&'a str, &'a str)>) -> Encoded {
        let passages = texts.map(|(question, answer)| encoder.passage(question, answer).unwrap_or_default()).collect();
        Encoded { encoder, passages }
    }

    /// Adds up to `share` to each entry: as much as its likeness stands out from that of all entries. Encoders differ in
    /// how alike they find texts that have nothing in common; what stands out does not.
    pub(crate) fn score(&self, query: &str, share: f32, scores: &mut [f32]) {
        let Some(query) = self.encoder.query(query) else { return };
        let alike: Vec<f32> = self.passages.iter().map(|p| if p.len() == query.len() { dot(&query, p) } else { 0.0 }).collect();
        let mean = alike.iter().sum::<f32>() / alike.len().max(1) as f32;
        let room = (1.0 - mean).max(1e-3);
        for (score, alike) in scores.iter_mut().zip(alike) {
            *score += share * ((alike - mean) / room).max(0.0);
        }
    }
}
