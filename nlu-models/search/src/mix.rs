//! How the parts of a score are put together.
//!
//! The shares were set by hand on the demo city's FAQ and on sentences of like intent; both lie on a broad plateau.

use crate::postings::Shape;

/// Shares of the parts, and how units are weighed. A part comes to its share when an entry holds, as strongly as can be,
/// all that the query has of it.
#[derive(Clone, Copy)]
pub(crate) struct Mix {
    pub(crate) words: f32,
    /// Two words in a row.
    pub(crate) pairs: f32,
    /// Single kanji and two characters in a row.
    pub(crate) grams: f32,
    /// Ideas of the synonym list.
    pub(crate) concepts: f32,
    /// For words that are only known by their sound, out of all words.
    pub(crate) sounds: f32,
    /// Likeness of direction to the entry's question, and to all of it.
    pub(crate) directions: [f32; 2],
    /// Likeness to a larger encoder, where there is one.
    pub(crate) encoder: f32,
    /// What an idea counts beside a word, in a direction.
    pub(crate) ideas: f32,
    pub(crate) word_shape: Shape,
    pub(crate) gram_shape: Shape,
}

impl Mix {
    /// The shares for so many entries: a few have too little text to learn directions from.
    pub(crate) fn of(entries: usize) -> Mix {
        let trust = (0.4 + entries as f32 / 2500.0).min(1.0);
        let word_shape = Shape { fields: [2.0, 1.0, 1.5], lengths: [0.4, 0.6, 0.4], k: 1.4, commonest: 1.0 };
        Mix {
            words: 1.0,
            pairs: 0.1,
            grams: 0.7,
            concepts: 0.6,
            sounds: 0.5,
            directions: [0.35 * trust, 0.15 * trust],
            encoder: 1.2,
            ideas: 0.6,
            word_shape,
            gram_shape: Shape { commonest: 0.3, ..word_shape },
        }
    }
}
