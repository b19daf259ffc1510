//! The language models that the settings name.

use crate::settings::Models;
use anyhow::Context;
use encoder::Encoder;
use nlu_models::Nlu;
use search::Encode;
use std::sync::Arc;

/// Understanding: from the named folder, or as it was built in.
pub fn understanding(models: &Models) -> anyhow::Result<Arc<Nlu>> {
    let nlu = match &models.folder {
        Some(folder) => Nlu::load(folder).context("the language models (models.folder)"),
        None => Nlu::embedded().context("the language models that the program was built with"),
    };
    nlu.map(Arc::new)
}

/// What the search for answers compares meanings with: the larger encoder that is named, or understanding's own vectors.
pub fn encoder(models: &Models, nlu: &Arc<Nlu>) -> anyhow::Result<Arc<dyn Encode>> {
    match &models.encoder {
        Some(folder) => Ok(Arc::new(Larger(Encoder::load(folder).context("the larger encoder (models.encoder)")?))),
        None => Ok(nlu.clone()),
    }
}

/// An encoder as the search wants it: a text that breaks it has no vector.
struct Larger(Encoder);

impl Encode for Larger {
    fn query(&self, text: &str) -> Option<Vec<f32>> {
        self.0.query(text).ok()
    }

    fn passage(&self, question: &str, answer: &str) -> Option<Vec<f32>> {
        self.0.passage(&format!("{question}\n{answer}")).ok()
    }
}
