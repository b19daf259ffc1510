//! The sub-word tokeniser: byte-pair pieces of a prepared text, as ids.

use tokenizers::{Model, models::bpe::BPE};

/// The encoder reads this many tokens; about 150 characters of Japanese.
pub const MAX_TOKENS: usize = 96;

/// A byte-pair model without normaliser or pre-tokeniser: [`crate::prepare`] has done that work.
pub struct Tokens {
    bpe: BPE,
}

impl Tokens {
    /// Switches the library's cache off: it would keep what residents wrote.
    #[must_use]
    pub fn new(mut bpe: BPE) -> Tokens {
        bpe.resize_cache(0);
        Tokens { bpe }
    }

    /// From the text of `tokenizer.json`.
    pub fn from_json(json: &[u8]) -> Result<Tokens, String> {
        let tokenizer = tokenizers::Tokenizer::from_bytes(json).map_err(|e| e.to_string())?;
        match tokenizer.get_model() {
            tokenizers::ModelWrapper::BPE(bpe) => Ok(Tokens::new(bpe.clone())),
            _ => Err("the tokeniser is not a byte-pair model".to_owned()),
        }
    }

    /// Number of ids; they run from 0, which stands for an unknown character.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bpe.get_vocab_size()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// At least one id, at most [`MAX_TOKENS`].
    #[must_use]
    pub fn encode(&self, prepared: &[char]) -> Vec<u32> {
        let text: String = prepared.iter().collect();
        let mut ids: Vec<u32> = match self.bpe.tokenize(&text) {
            Ok(tokens) => tokens.into_iter().map(|token| token.id).take(MAX_TOKENS).collect(),
            Err(_) => Vec::new(),
        };
        if ids.is_empty() {
            ids.push(0);
        }
        ids
    }
}
