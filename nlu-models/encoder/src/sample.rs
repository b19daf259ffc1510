//! Small models with random weights, one of each layout: what tests try the loading code on.

use crate::EncoderError;
use candle_core::{DType, Device, Tensor};
use candle_nn::{VarBuilder, VarMap};
use candle_transformers::models::{bert, modernbert, xlm_roberta};
use serde_json::{Value, json};
use std::{collections::HashMap, fs, path::Path};

/// The layouts, by `model_type`.
pub const LAYOUTS: [&str; 3] = ["bert", "xlm-roberta", "modernbert"];

/// Characters that the sample's tokenizer knows.
const KNOWN: &str = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをんがぎぐげございますご市役所図書館避難予約申請";

/// Writes `config.json`, `tokenizer.json` and `model.safetensors` into `folder`: two layers, 32 numbers wide.
///
/// # Errors
/// When the folder cannot be written, or the layout is none of [`LAYOUTS`].
pub fn write(folder: &Path, layout: &str) -> Result<(), EncoderError> {
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|source| EncoderError::Missing { path, source })
    };
    let config = config(layout);
    file("config.json", config.to_string().as_bytes())?;
    file("tokenizer.json", tokenizer().to_string().as_bytes())?;
    let path = folder.join("model.safetensors");
    let broken = |e: &dyn std::fmt::Display| EncoderError::Broken { path: path.clone(), problem: e.to_string() };
    let tensors = tensors(layout, &config).map_err(|e| broken(&e))?;
    candle_core::safetensors::save(&tensors, &path).map_err(|e| broken(&e))
}

fn config(layout: &str) -> Value {
    let mut config = json!({
        "model_type": layout, "vocab_size": 4 + KNOWN.chars().count(), "hidden_size": 32, "num_hidden_layers": 2,
        "num_attention_heads": 4, "intermediate_size": 64, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1, "max_position_embeddings": 66, "type_vocab_size": 2, "initializer_range": 0.02,
        "layer_norm_eps": 1e-5, "pad_token_id": 0, "position_embedding_type": "absolute",
    });
    if layout == "modernbert" {
        config["global_attn_every_n_layers"] = json!(3);
        config["global_rope_theta"] = json!(160_000.0);
        config["local_attention"] = json!(16);
        config["local_rope_theta"] = json!(10_000.0);
    }
    config
}

fn tokenizer() -> Value {
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].into_iter().map(str::to_owned);
    let vocabulary: HashMap<String, usize> = special.chain(KNOWN.chars().map(String::from)).zip(0..).collect();
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": { "type": "NFKC" },
        "pre_tokenizer": { "type": "Split", "pattern": { "Regex": "." }, "behavior": "Isolated", "invert": false },
        "post_processor": null, "decoder": null,
        "model": { "type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]" },
    })
}

/// Every tensor that the layout asks for, with numbers of our own generator.
fn tensors(layout: &str, config: &Value) -> candle_core::Result<HashMap<String, Tensor>> {
    let map = VarMap::new();
    let builder = VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu);
    let bad = candle_core::Error::wrap;
    match layout {
        "bert" => drop(bert::BertModel::load(builder, &serde_json::from_value::<bert::Config>(config.clone()).map_err(bad)?)?),
        "xlm-roberta" => {
            let config: xlm_roberta::Config = serde_json::from_value(config.clone()).map_err(bad)?;
            drop(xlm_roberta::XLMRobertaModel::new(&config, builder)?);
        }
        "modernbert" => {
            let config: modernbert::Config = serde_json::from_value(config.clone()).map_err(bad)?;
            drop(modernbert::ModernBert::load(builder, &config)?);
        }
        other => candle_core::bail!("no layout {other}"),
    }
    let data = map.data().lock().map_err(|_| candle_core::Error::msg("poisoned"))?;
    let mut names: Vec<_> = data.iter().collect();
    names.sort_by_key(|(name, _)| name.as_str());
    let mut state = 0x9e37_79b9_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    let mut tensors = HashMap::new();
    for (name, var) in names {
        let scale = if name.ends_with("norm.weight") || name.ends_with("LayerNorm.weight") { 1.0 } else { 0.3 };
        let values: Vec<f32> = (0..var.elem_count()).map(|_| draw() * scale).collect();
        tensors.insert(name.clone(), Tensor::from_vec(values, var.shape(), &Device::Cpu)?);
    }
    Ok(tensors)
}
