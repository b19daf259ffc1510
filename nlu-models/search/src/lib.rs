#![forbid(unsafe_code)]
mod lexicon;
mod segment;
