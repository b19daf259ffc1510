//! Learns the sub-word pieces of the encoder.

use anyhow::{Result, anyhow};
use tokenizers::{
    AddedToken, Tokenizer, Trainer,
    models::bpe::{BPE, BpeTrainerBuilder},
};

/// Byte-pair pieces of the given prepared sentences. Deterministic: ties are broken by the order of the characters.
pub fn learn(sentences: &[String], pieces: usize) -> Result<(BPE, String)> {
    let mut trainer = BpeTrainerBuilder::new()
        .vocab_size(pieces)
        .min_frequency(4)
        .show_progress(false)
        .max_token_length(Some(8))
        .special_tokens(vec![AddedToken::from("<?>", true)])
        .build();
    trainer.feed(sentences.iter(), |sentence| Ok(vec![sentence.to_owned()])).map_err(|e| anyhow!("{e}"))?;
    let mut bpe = BPE::builder().unk_token("<?>".to_owned()).cache_capacity(0).build().map_err(|e| anyhow!("{e}"))?;
    trainer.train(&mut bpe).map_err(|e| anyhow!("{e}"))?;
    let json = Tokenizer::new(bpe.clone()).to_string(false).map_err(|e| anyhow!("{e}"))?;
    Ok((bpe, json))
}
