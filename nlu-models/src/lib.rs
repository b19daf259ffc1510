//! The learnt part of understanding: text in, intent, emergency and language out.
//!
//! An utterance is folded to one spelling ([`prepare`]), cut into character n-grams ([`ngrams`]) and sub-word tokens
//! ([`tokens`]), and scored by a small ensemble ([`member`]): bags of n-gram vectors and a convolutional encoder.
//! The average is calibrated by one temperature. [`Nlu`] does all of it behind the trait `model::Understand`.
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
pub mod member;
pub mod near;
pub mod network;
pub mod ngrams;
mod nlu;
pub mod prepare;
pub mod reading;
pub mod rng;
pub mod tokens;
pub mod vocabulary;
pub mod weights;

pub use error::NluError;
pub use language::language;
pub use manifest::Manifest;
pub use nlu::{Nlu, Raw, softmax};
