//! Finds the entry of a city's FAQ or catalogue that answers a resident's question.
//!
//! The way of a text, of an entry and of a query alike:
//!
//! 1. `terms` folds it to one spelling and takes it apart: words (`segment`, with the words of `lexicon`), neighbours,
//!    characters, sounds, and ideas of the list `synonyms.txt`, which a city's staff can edit.
//! 2. `postings` weighs each space of units as BM25 does, the question counting twice what the answer does.
//! 3. `vectors` learns from the entries themselves which words keep the same company, so that an entry can be found by
//!    words that it does not hold.
//! 4. `rank` adds the parts in the shares of `mix`; `confidence` tells how sure the result is.
//!
//! Nothing is read or written, there is no clock, and the same entries and query give the same hits every time.

#![forbid(unsafe_code)]

mod confidence;
mod doc;
mod encode;
mod index;
mod lexicon;
mod lines;
mod mix;
mod postings;
mod rank;
mod segment;
mod svd;
mod synonyms;
mod terms;
mod vectors;

pub use doc::Doc;
pub use encode::Encode;
pub use index::{Hit, Index};
pub use lines::{LineError, parse_line, parse_lines};
pub use synonyms::Synonyms;
