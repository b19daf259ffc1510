use crate::{
    Doc, Encode,
    encode::Encoded,
    mix::Mix,
    postings::{Builder, Postings},
    synonyms::Synonyms,
    terms::{Key, Terms, Unit, exactly, terms},
    vectors::{Sequence, Vectors},
};
use std::{collections::HashMap, sync::Arc};

/// Texts longer than this (characters) say nothing new at their end.
const LONGEST: usize = 4_000;

/// Entries, ready to be searched.
pub struct Index {
    pub(crate) docs: Vec<Doc>,
    pub(crate) synonyms: Synonyms,
    pub(crate) mix: Mix,
    pub(crate) words: Postings,
    pub(crate) pairs: Postings,
    pub(crate) grams: Postings,
    pub(crate) concepts: Postings,
    pub(crate) sounds: Postings,
    pub(crate) vectors: Vectors,
    /// The entries that are asked in just these words.
    pub(crate) exact: HashMap<Key, Vec<u32>>,
    /// The direction of each question and of each whole entry, one after the other.
    pub(crate) directions: [Vec<f32>; 2],
    /// As a larger encoder sees them, where there is one.
    pub(crate) encoded: Option<Encoded>,
}

/// An entry that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// For [`Index::doc`].
    pub doc: usize,
    /// For ordering within one query.
    pub score: f32,
    /// 0 to 1: how sure it is that the entry answers the query, comparable between queries; 1 = it asks just that.
    pub confidence: f32,
}

impl Index {
    /// Takes the entries apart, with the synonyms that come with the crate.
    #[must_use]
    pub fn build(docs: Vec<Doc>) -> Index {
        Index::with(docs, Synonyms::ours(), None)
    }

    /// Takes the entries apart, with a list of synonyms of one's own and the help of a larger encoder.
    #[must_use]
    pub fn with(docs: Vec<Doc>, synonyms: Synonyms, encoder: Option<Arc<dyn Encode>>) -> Index {
        let encoded = encoder.map(|e| Encoded::new(e, docs.iter().map(|d| (cut(&d.question), cut(&d.answer)))));
        let mix = Mix::of(docs.len());
        let mut builders: [Builder; 5] = std::array::from_fn(|_| Builder::new());
        let mut texts: Vec<Sequence> = Vec::with_capacity(docs.len());
        let mut exact: HashMap<Key, Vec<u32>> = HashMap::new();
        for (doc, n) in docs.iter().zip(0..) {
            for wording in std::iter::once(doc.question.as_str()).chain(doc.extra.lines()) {
                if let Some(key) = exactly(wording) {
                    exact.entry(key).or_default().push(n);
                }
            }
            let fields = [&doc.question, &doc.answer, &doc.extra].map(|t| terms(cut(t), &synonyms));
            let [words, pairs, grams, concepts, sounds] = &mut builders;
            add(words, &fields, |t| t.words.iter().map(|u| (u.0, 1.0)).chain(t.parts.iter().copied()));
            add(pairs, &fields, |t| ones(&t.pairs));
            add(grams, &fields, |t| ones(&t.grams));
            add(concepts, &fields, |t| ones(&t.concepts));
            add(sounds, &fields, |t| t.sounds.iter().flatten().copied());
            let keys = |t: &Terms| t.words.iter().chain(&t.parts).chain(&t.concepts).map(|u| u.0).collect::<Vec<Key>>();
            let [question, answer, extra] = &fields;
            texts.push([[keys(question), keys(extra)].concat(), keys(answer)]);
        }
        let [words, pairs, grams, concepts, sounds] = builders;
        let mut index = Index {
            docs,
            synonyms,
            exact,
            words: words.finish(mix.word_shape),
            pairs: pairs.finish(mix.word_shape),
            grams: grams.finish(mix.gram_shape),
            concepts: concepts.finish(mix.word_shape),
            sounds: sounds.finish(mix.word_shape),
            vectors: Vectors::learn(&texts),
            directions: [Vec::new(), Vec::new()],
            encoded,
            mix,
        };
        for [question, answer] in &texts {
            let weighed = |k: &Key| (*k, index.telling(*k));
            let asked = index.vectors.text(question.iter().map(weighed));
            let whole = index.vectors.text(question.iter().map(weighed).map(|u| (u.0, u.1 * 2.0)).chain(answer.iter().map(weighed)));
            index.directions[0].extend(asked);
            index.directions[1].extend(whole);
        }
        index
    }

    /// The entry of a hit.
    ///
    /// # Panics
    /// When there are not so many entries; a hit's number is always good.
    #[must_use]
    pub fn doc(&self, n: usize) -> &Doc {
        &self.docs[n]
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }
}

pub(crate) fn cut(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
}

fn ones(units: &[Unit]) -> impl Iterator<Item = Unit> {
    units.iter().map(|u| (u.0, 1.0))
}

fn add<'a, I: Iterator<Item = Unit>>(builder: &mut Builder, fields: &'a [Terms; 3], units: impl Fn(&'a Terms) -> I) {
    let [mut question, mut answer, mut extra] = [units(&fields[0]), units(&fields[1]), units(&fields[2])];
    builder.add([&mut question, &mut answer, &mut extra]);
}
