use crate::{
    EncoderError,
    folder::{CONFIG, Folder},
};
use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::{bert, modernbert, xlm_roberta};
use serde_json::Value;

/// A transformer of one of the known layouts.
pub(crate) enum Layout {
    Bert { model: bert::BertModel, longest: usize },
    XlmRoberta { model: xlm_roberta::XLMRobertaModel, longest: usize },
    ModernBert { model: modernbert::ModernBert, longest: usize },
}

/// XLM-RoBERTa counts positions from the padding id on: that many of them are never used.
const XLM_OFFSET: usize = 2;

impl Layout {
    pub(crate) fn load(folder: &Folder<'_>) -> std::result::Result<Layout, EncoderError> {
        let config: Value = folder.json(CONFIG)?;
        let fits = |e: candle_core::Error| folder.not_fitting(&e);
        let builder = |prefix: &str, add: &str| -> std::result::Result<VarBuilder<'static>, EncoderError> {
            let tensors = folder.tensors(prefix)?;
            let tensors = tensors.into_iter().map(|(name, tensor)| (format!("{add}{name}"), tensor)).collect();
            Ok(VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu))
        };
        match config["model_type"].as_str().unwrap_or("(none)") {
            "bert" => {
                let config: bert::Config = folder.json(CONFIG)?;
                let model = bert::BertModel::load(builder("bert.", "")?, &config).map_err(fits)?;
                Ok(Layout::Bert { model, longest: config.max_position_embeddings })
            }
            "xlm-roberta" => {
                let config: xlm_roberta::Config = folder.json(CONFIG)?;
                let model = xlm_roberta::XLMRobertaModel::new(&config, builder("roberta.", "")?).map_err(fits)?;
                Ok(Layout::XlmRoberta { model, longest: config.max_position_embeddings.saturating_sub(XLM_OFFSET) })
            }
            "modernbert" => {
                let config: modernbert::Config = folder.json(CONFIG)?;
                let model = modernbert::ModernBert::load(builder("model.", "model.")?, &config).map_err(fits)?;
                Ok(Layout::ModernBert { model, longest: config.max_position_embeddings })
            }
            other => Err(EncoderError::Layout { path: folder.0.join(CONFIG), found: other.to_owned() }),
        }
    }

    /// The most tokens that have a position.
    pub(crate) fn longest(&self) -> usize {
        match self {
            Layout::Bert { longest, .. } | Layout::XlmRoberta { longest, .. } | Layout::ModernBert { longest, .. } => *longest,
        }
    }

    /// `ids` is [1, T]; the answer is [1, T, width].
    pub(crate) fn forward(&self, ids: &Tensor) -> Result<Tensor> {
        let mask = ids.ones_like()?;
        match self {
            Layout::Bert { model, .. } => model.forward(ids, &ids.zeros_like()?, Some(&mask)),
            Layout::XlmRoberta { model, .. } => model.forward(ids, &mask, &ids.zeros_like()?, None, None, None),
            Layout::ModernBert { model, .. } => model.forward(ids, &mask),
        }
    }
}
