//! Finds the entry of a city's FAQ or catalogue that answers a resident's question.
//!
//! A text is cut into words ([`segment`], with a lexicon of Japanese words) and into pairs of characters; both are
//! weighed as in BM25, the question's words counting double, and added. Pure: no I/O, no clock, the same in the same
//! order every time.

#![forbid(unsafe_code)]

mod bm25;
mod doc;
mod index;
mod lexicon;
mod segment;
mod units;

pub use doc::Doc;
pub use index::{Hit, Index};
