//! The learnt part of understanding: text in, intent, emergency and language out.
//!
//! An utterance is folded to one spelling ([`prepare`]), cut into n-grams of what is written and of how it sounds, and into
//! word families ([`ngrams`], [`concepts`]), and scored by a small ensemble ([`member`]). The average is calibrated by one
//! temperature. [`Nlu`] does all of it behind the trait `model::Understand`. A larger encoder from a local folder can
//! take the place of the n-grams.
//!
//! The training command `train` and the measuring command `evaluate` are binaries of this crate; what they share with
//! the tests ([`corpus`], [`near`], [`measure`]) is here and costs the server nothing.

#![forbid(unsafe_code)]

pub mod concepts;
pub mod corpus;
mod error;
pub mod expecting;
pub mod fillers;
mod language;
pub mod manifest;
pub mod measure;
pub mod memory;
pub mod member;
pub mod near;
pub mod network;
pub mod ngrams;
mod nlu;
pub mod prepare;
pub mod reading;
pub mod rng;
pub mod table;
pub mod vocabulary;
pub mod weights;

pub use error::NluError;
pub use language::language;
pub use manifest::Manifest;
pub use nlu::{Nlu, Raw, softmax};
