//! Which documents hold a unit, and how strongly: BM25 over several fields at once.

use crate::terms::{Key, Unit};
use std::collections::HashMap;

/// Question, answer, other wordings.
pub(crate) const FIELDS: usize = 3;

/// How units of one space are weighed.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// How much a unit in each field counts.
    pub(crate) fields: [f32; FIELDS],
    /// How far long texts are held back, 0 to 1, by field.
    pub(crate) lengths: [f32; FIELDS],
    /// From which frequency on more of the same hardly counts.
    pub(crate) k: f32,
    /// Units in more than this share of the documents are left out.
    pub(crate) commonest: f32,
}

/// Frequencies are kept in quarters, so that a part of a word can count less than one.
const QUARTER: f32 = 4.0;

struct Row {
    unit: u32,
    doc: u32,
    counts: [u8; FIELDS],
}

/// Collects the units of documents.
pub(crate) struct Builder {
    known: HashMap<Key, u32>,
    rows: Vec<Row>,
    /// Units in each field, by document.
    sizes: Vec<[f32; FIELDS]>,
}

impl Builder {
    pub(crate) fn new() -> Builder {
        Builder { known: HashMap::new(), rows: Vec::new(), sizes: Vec::new() }
    }

    /// Adds the next document: for each field its units, with how many times each counts.
    pub(crate) fn add(&mut self, fields: [&mut dyn Iterator<Item = Unit>; FIELDS]) {
        let doc = u32::try_from(self.sizes.len()).unwrap_or(u32::MAX);
        let from = self.rows.len();
        let mut size = [0.0; FIELDS];
        for (field, units) in fields.into_iter().enumerate() {
            for (key, count) in units {
                let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
                let unit = *self.known.entry(key).or_insert(next);
                let mut counts = [0; FIELDS];
                counts[field] = (count * QUARTER).round().clamp(1.0, 255.0) as u8;
                size[field] += count;
                self.rows.push(Row { unit, doc, counts });
            }
        }
        self.sizes.push(size);
        self.rows[from..].sort_unstable_by_key(|r| r.unit);
        let mut last = from;
        for at in from + 1..self.rows.len() {
            if self.rows[at].unit == self.rows[last].unit {
                let more = self.rows[at].counts;
                self.rows[last].counts.iter_mut().zip(more).for_each(|(c, m)| *c = c.saturating_add(m));
            } else {
                last += 1;
                self.rows.swap(last, at);
            }
        }
        self.rows.truncate(self.rows.len().min(last + 1));
    }

    pub(crate) fn finish(mut self, shape: Shape) -> Postings {
        let docs = self.sizes.len();
        let mean = std::array::from_fn(|f| (self.sizes.iter().map(|s| f64::from(s[f])).sum::<f64>() / docs.max(1) as f64) as f32);
        self.rows.sort_unstable_by_key(|r| (r.unit, r.doc));
        let mut counts = vec![0usize; self.known.len()];
        self.rows.iter().for_each(|r| counts[r.unit as usize] += 1);
        // Small corpora have no commonplaces to speak of.
        let most = ((docs as f32 * shape.commonest) as usize).max(50);
        let mut postings = Postings { known: HashMap::new(), lists: Vec::new(), entries: Vec::new(), docs };
        let mut from = 0;
        let mut place = vec![None; counts.len()];
        for (unit, &count) in counts.iter().enumerate() {
            let rows = &self.rows[from..from + count];
            from += count;
            let start = postings.entries.len();
            if count <= most {
                postings.entries.extend(rows.iter().map(|r| (r.doc, impact(r, &self.sizes[r.doc as usize], &mean, shape))));
            }
            place[unit] = u32::try_from(postings.lists.len()).ok();
            postings.lists.push(List { start, end: postings.entries.len(), df: count });
        }
        postings.known = self.known.into_iter().filter_map(|(k, u)| Some((k, place[u as usize]?))).collect();
        postings
    }
}

/// 0 to 1: how strongly a document holds a unit.
fn impact(row: &Row, size: &[f32; FIELDS], mean: &[f32; FIELDS], shape: Shape) -> f32 {
    let mut frequency = 0.0;
    for field in 0..FIELDS {
        if row.counts[field] > 0 {
            let b = shape.lengths[field];
            let length = 1.0 - b + b * size[field] / mean[field].max(1.0);
            frequency += shape.fields[field] * f32::from(row.counts[field]) / QUARTER / length;
        }
    }
    frequency / (frequency + shape.k)
}

struct List {
    start: usize,
    end: usize,
    df: usize,
}

pub(crate) struct Postings {
    known: HashMap<Key, u32>,
    lists: Vec<List>,
    entries: Vec<(u32, f32)>,
    docs: usize,
}

impl Postings {
    fn list(&self, key: Key) -> Option<&List> {
        self.known.get(&key).and_then(|&n| self.lists.get(n as usize))
    }

    /// In how many documents the unit stands.
    pub(crate) fn df(&self, key: Key) -> usize {
        self.list(key).map_or(0, |l| l.df)
    }

    /// How telling the unit is: BM25's, never negative, for an unknown unit as if one document had it.
    pub(crate) fn idf(&self, key: Key) -> f32 {
        let df = self.df(key).max(1) as f32;
        (1.0 + (self.docs as f32 - df + 0.5).max(0.0) / (df + 0.5)).ln()
    }

    /// Adds `weight` times the impact to each document that holds the unit.
    pub(crate) fn score(&self, key: Key, weight: f32, scores: &mut [f32]) {
        if let Some(list) = self.list(key) {
            for &(doc, impact) in &self.entries[list.start..list.end] {
                scores[doc as usize] += weight * impact;
            }
        }
    }
}
