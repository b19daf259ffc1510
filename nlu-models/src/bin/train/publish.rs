//! Writes the weight files.

use crate::fit::Fitted;
use anyhow::Result;
use candle_core::{DType, Device, Tensor, safetensors};
use nlu_models::{
    manifest::{Manifest, MemberInfo},
    vocabulary::Vocabulary,
    weights::{MANIFEST, TOKENIZER, WEIGHTS},
};
use std::{collections::HashMap, fs, path::Path};

/// Vectors and dense tensors in half precision, hashes as they are.
pub fn write(folder: &Path, manifest: &Manifest, vocabulary: &Vocabulary, tokenizer: &str, members: &[Fitted]) -> Result<()> {
    fs::create_dir_all(folder)?;
    let device = &Device::Cpu;
    let mut tensors: HashMap<String, Tensor> = HashMap::new();
    let rows = vocabulary.len();
    tensors.insert("vocabulary.hashes".into(), Tensor::from_vec(vocabulary.hashes().to_vec(), rows, device)?);
    tensors.insert("vocabulary.idf".into(), Tensor::from_vec(vocabulary.idf().to_vec(), rows, device)?.to_dtype(DType::F16)?);
    for member in members {
        let name = &member.plan.name;
        let table = Tensor::from_vec(member.table.values.clone(), (member.table.rows(), member.table.width), device)?;
        tensors.insert(format!("{name}.table"), table.to_dtype(DType::F16)?);
        for (part, tensor) in &member.dense {
            tensors.insert(format!("{name}.{part}"), tensor.to_dtype(DType::F16)?);
        }
    }
    safetensors::save(&tensors, folder.join(WEIGHTS))?;
    fs::write(folder.join(TOKENIZER), tokenizer)?;
    fs::write(folder.join(MANIFEST), serde_json::to_string_pretty(manifest)? + "\n")?;
    Ok(())
}

/// How a member is listed in the manifest.
pub fn info(member: &Fitted, weight: f32) -> MemberInfo {
    MemberInfo { name: member.plan.name.clone(), kind: member.plan.kind, weight }
}

/// Replaces the manifest alone.
pub fn rewrite_manifest(folder: &Path, manifest: &Manifest) -> Result<()> {
    Ok(fs::write(folder.join(MANIFEST), serde_json::to_string_pretty(manifest)? + "\n")?)
}
