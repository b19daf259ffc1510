//! What can go wrong with the weight files, said so that an operator can act on it.

use std::path::PathBuf;

/// The understanding model could not be loaded. Every variant names the file and what is wrong with it.
#[derive(Debug, thiserror::Error)]
pub enum NluError {
    #[error("{}: cannot be read: {source}", path.display())]
    Missing {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{}: damaged or cut short: {problem}", path.display())]
    Damaged { path: PathBuf, problem: String },
    #[error("{}: tensor {tensor:?} should be {wanted}, is {found}", path.display())]
    Shape { path: PathBuf, tensor: String, wanted: String, found: String },
    #[error("{}: belongs to another model: {problem}", path.display())]
    Vocabulary { path: PathBuf, problem: String },
    #[error(transparent)]
    Encoder(#[from] encoder::EncoderError),
}
