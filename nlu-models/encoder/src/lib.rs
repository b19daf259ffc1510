//! Text to one vector, by an encoder that lies in a local folder.
//!
//! A folder holds what model hubs ship: `config.json`, `tokenizer.json`, `model.safetensors`, and, where it was made with
//! sentence-transformers, `1_Pooling/config.json` and `config_sentence_transformers.json`, which are obeyed.
//! Three layouts are known by `model_type`: `bert`, `xlm-roberta` and `modernbert`.

#![forbid(unsafe_code)]

mod error;
mod folder;
mod layout;
mod pooling;
pub mod sample;

pub use error::EncoderError;

use candle_core::{Device, Tensor};
use folder::Folder;
use layout::Layout;
use pooling::Pooling;
use std::path::{Path, PathBuf};
use tokenizers::Tokenizer;

/// Longer texts are cut: what a resident wants is said in the first sentences.
const MOST_TOKENS: usize = 256;

/// An encoder, ready. Holds no state besides its weights: share one among all threads.
pub struct Encoder {
    path: PathBuf,
    tokenizer: Tokenizer,
    layout: Layout,
    pooling: Pooling,
    /// Put before a query and before a passage, for models that were trained so.
    prompts: [String; 2],
    width: usize,
}

impl Encoder {
    /// Reads a folder and tries the encoder on one short text, so that what does not fit together shows at once.
    pub fn load(path: &Path) -> Result<Encoder, EncoderError> {
        let folder = Folder(path);
        let tokenizer = folder.tokenizer()?;
        let layout = Layout::load(&folder)?;
        let (pooling, prompts) = (folder.pooling()?, folder.prompts()?);
        let mut encoder = Encoder { path: path.to_owned(), tokenizer, layout, pooling, prompts, width: 0 };
        encoder.width = encoder.encode("市役所")?.len();
        Ok(encoder)
    }

    /// How many numbers a vector has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The vector of a question, of length one.
    pub fn query(&self, text: &str) -> Result<Vec<f32>, EncoderError> {
        self.encode(&format!("{}{text}", self.prompts[0]))
    }

    /// The vector of a text that answers questions, of length one.
    pub fn passage(&self, text: &str) -> Result<Vec<f32>, EncoderError> {
        self.encode(&format!("{}{text}", self.prompts[1]))
    }

    fn encode(&self, text: &str) -> Result<Vec<f32>, EncoderError> {
        let encoding = self.tokenizer.encode_fast(text, true).map_err(|e| self.broken("tokenizer.json", &e))?;
        let ids = encoding.get_ids();
        let ids = &ids[..ids.len().min(MOST_TOKENS).min(self.layout.longest())];
        if ids.is_empty() {
            return Ok(vec![0.0; self.width]);
        }
        let fail = |e: candle_core::Error| self.broken("model.safetensors", &e);
        let ids = Tensor::new(ids, &Device::Cpu).and_then(|t| t.unsqueeze(0)).map_err(fail)?;
        let states = self.layout.forward(&ids).map_err(fail)?;
        let mut vector = self.pooling.pool(&states).and_then(|t| t.to_vec1::<f32>()).map_err(fail)?;
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length > 0.0 && length.is_finite() {
            vector.iter_mut().for_each(|x| *x /= length);
        }
        Ok(vector)
    }

    fn broken(&self, file: &str, problem: &dyn std::fmt::Display) -> EncoderError {
        EncoderError::Broken { path: self.path.join(file), problem: problem.to_string() }
    }
}
