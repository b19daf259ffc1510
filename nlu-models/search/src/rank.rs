use crate::{
    Hit, Index,
    confidence::{ENCODED, WORDS, confidences},
    index::cut,
    postings::Postings,
    svd::dot,
    terms::{Key, Terms, Unit, exactly, terms},
};

/// What an entry gains that is asked in just the query's words: more than all other parts together.
const EXACT: f32 = 4.0;
/// A word inside a long word beside one by itself.
const PART: f32 = 0.5;
/// Entries below this share nothing with the query worth showing.
const LEAST: f32 = 1e-4;

impl Index {
    /// The best entries for a query, best first; entries that share nothing with it are left out.
    #[must_use]
    pub fn rank(&self, query: &str, limit: usize) -> Vec<Hit> {
        let exact = exactly(query).and_then(|key| self.exact.get(&key));
        let mut scores = vec![0.0; self.docs.len()];
        let mix = &self.mix;
        if let Some(encoded) = &self.encoded {
            encoded.score(cut(query), mix.encoder, &mut scores);
        }
        let query = terms(cut(query), &self.synonyms);
        let words = once(&query.words);
        self.score_words(&query, &words, &mut scores);
        spread(&self.pairs, &once(&query.pairs), mix.pairs, &mut scores);
        spread(&self.grams, &once(&query.grams), mix.grams, &mut scores);
        spread(&self.concepts, &once(&query.concepts), mix.concepts, &mut scores);
        if let Some(docs) = exact {
            docs.iter().for_each(|&doc| scores[doc as usize] += EXACT);
        }
        self.score_direction(&[&words[..], &once(&query.concepts)].concat(), &mut scores);
        let mut hits: Vec<Hit> = (0..scores.len())
            .filter(|&doc| scores[doc] > LEAST)
            .map(|doc| Hit { doc, score: scores[doc], confidence: 0.0 })
            .collect();
        let order = |a: &Hit, b: &Hit| b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc));
        // The second is needed to tell how sure the first is.
        let kept = limit.max(2);
        if hits.len() > kept {
            hits.select_nth_unstable_by(kept - 1, order);
            hits.truncate(kept);
        }
        hits.sort_by(order);
        let scores: Vec<f32> = hits.iter().map(|h| h.score).collect();
        for (hit, confidence) in hits.iter_mut().zip(confidences(if self.encoded.is_some() { &ENCODED } else { &WORDS }, &scores)) {
            let said = exact.is_some_and(|docs| docs.iter().any(|&doc| doc as usize == hit.doc));
            hit.confidence = if said { 1.0 } else { confidence };
        }
        hits.truncate(limit);
        hits
    }

    /// Words as they are written and, where that does not find them, as they sound.
    fn score_words(&self, query: &Terms, words: &[Unit], scores: &mut [f32]) {
        let mass = mass(&self.words, words).max(1e-6);
        for &(key, weight) in words {
            self.words.score(key, self.mix.words * weight * self.words.idf(key) / mass, scores);
        }
        for (key, weight) in once(&query.parts) {
            self.words.score(key, self.mix.words * PART * weight * self.words.idf(key) / mass, scores);
        }
        if !query.spoken.is_empty() {
            spread(&self.sounds, &once(&query.spoken), self.mix.sounds, scores);
            return;
        }
        let unwritten = |n: usize, key: Key| query.in_kana[n] || self.words.df(key) == 0;
        for (n, &(key, weight)) in query.words.iter().enumerate() {
            if unwritten(n, key) {
                let share = self.mix.sounds * weight * self.words.idf(key) / mass;
                spread(&self.sounds, &once(&query.sounds[n]), share, scores);
            }
        }
    }

    /// How telling a word or an idea is.
    pub(crate) fn telling(&self, key: Key) -> f32 {
        if key < 1 << 32 { self.concepts.idf(key) * self.mix.ideas } else { self.words.idf(key) }
    }

    fn score_direction(&self, words: &[Unit], scores: &mut [f32]) {
        let direction = self.vectors.text(words.iter().map(|&(key, weight)| (key, weight * self.telling(key))));
        let width = self.vectors.width();
        if width == 0 {
            return;
        }
        for (directions, share) in self.directions.iter().zip(self.mix.directions) {
            if share > 0.0 {
                for (doc, there) in directions.chunks_exact(width).enumerate() {
                    scores[doc] += share * dot(&direction, there).max(0.0);
                }
            }
        }
    }
}

/// Each unit once, with its greatest weight: said twice is not meant twice.
fn once(units: &[Unit]) -> Vec<Unit> {
    let mut units = units.to_vec();
    units.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    units.dedup_by_key(|u| u.0);
    units
}

/// What a document would score that held all the units as strongly as can be.
fn mass(postings: &Postings, units: &[Unit]) -> f32 {
    units.iter().map(|&(key, weight)| weight * postings.idf(key)).sum()
}

fn spread(postings: &Postings, units: &[Unit], share: f32, scores: &mut [f32]) {
    let mass = mass(postings, units).max(1e-6);
    for &(key, weight) in units {
        postings.score(key, share * weight * postings.idf(key) / mass, scores);
    }
}
