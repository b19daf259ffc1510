use std::path::PathBuf;

/// An encoder's folder is not usable. Every variant names the file and what is wrong with it.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    #[error("{}: cannot be read: {source}", path.display())]
    Missing {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{}: damaged, cut short or of another model: {problem}", path.display())]
    Broken { path: PathBuf, problem: String },
    #[error("{}: model_type `{found}` is not known; bert, xlm-roberta and modernbert are", path.display())]
    Layout { path: PathBuf, found: String },
}
