use crate::{EncoderError, pooling::Pooling};
use candle_core::{Device, Tensor};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{collections::HashMap, fs, io::ErrorKind, path::Path};
use tokenizers::Tokenizer;

pub(crate) const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";
const WEIGHTS: &str = "model.safetensors";

/// The files of an encoder.
pub(crate) struct Folder<'a>(pub(crate) &'a Path);

impl Folder<'_> {
    fn read(&self, name: &str) -> Result<Vec<u8>, EncoderError> {
        let path = self.0.join(name);
        fs::read(&path).map_err(|source| EncoderError::Missing { path, source })
    }

    pub(crate) fn broken(&self, name: &str, problem: impl std::fmt::Display) -> EncoderError {
        EncoderError::Broken { path: self.0.join(name), problem: problem.to_string() }
    }

    /// A JSON file that must be there.
    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T, EncoderError> {
        serde_json::from_slice(&self.read(name)?).map_err(|e| self.broken(name, e))
    }

    /// A JSON file that need not be there.
    fn optional(&self, name: &str) -> Result<Value, EncoderError> {
        match self.json(name) {
            Err(EncoderError::Missing { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(Value::Null),
            other => other,
        }
    }

    pub(crate) fn tokenizer(&self) -> Result<Tokenizer, EncoderError> {
        let mut tokenizer = Tokenizer::from_bytes(self.read(TOKENIZER)?).map_err(|e| self.broken(TOKENIZER, e))?;
        // One text at a time: padding to a fixed length would only cost.
        tokenizer.with_padding(None);
        Ok(tokenizer)
    }

    /// All tensors by name, without the prefix under which models with a head keep their encoder.
    pub(crate) fn tensors(&self, prefix: &str) -> Result<HashMap<String, Tensor>, EncoderError> {
        let tensors =
            candle_core::safetensors::load_buffer(&self.read(WEIGHTS)?, &Device::Cpu).map_err(|e| self.broken(WEIGHTS, e))?;
        Ok(tensors.into_iter().map(|(name, tensor)| (name.strip_prefix(prefix).unwrap_or(&name).to_owned(), tensor)).collect())
    }

    pub(crate) fn not_fitting(&self, error: &candle_core::Error) -> EncoderError {
        self.broken(WEIGHTS, error)
    }

    pub(crate) fn pooling(&self) -> Result<Pooling, EncoderError> {
        let config = self.optional("1_Pooling/config.json")?;
        Ok(if config["pooling_mode_cls_token"] == true { Pooling::First } else { Pooling::Mean })
    }

    /// What goes before a query and before a passage.
    pub(crate) fn prompts(&self) -> Result<[String; 2], EncoderError> {
        let config = self.optional("config_sentence_transformers.json")?;
        let prompt = |names: [&str; 2]| {
            names.iter().find_map(|name| config["prompts"][*name].as_str()).unwrap_or_default().to_owned()
        };
        Ok([prompt(["query", "検索クエリ"]), prompt(["passage", "document"])])
    }
}
