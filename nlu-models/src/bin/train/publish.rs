//! Writes the weight files.

use crate::fit::Fitted;
use anyhow::Result;
use candle_core::{DType, Device, Tensor, safetensors};
use nlu_models::{
    manifest::{Manifest, MemberInfo},
    table::SmallTable,
    vocabulary::Vocabulary,
    weights::{MANIFEST, WEIGHTS},
};
use std::{collections::HashMap, fs, path::Path};

/// Vectors as bytes with a scale for each row, dense tensors and scales in half precision, hashes as they are.
pub fn write(folder: &Path, manifest: &Manifest, vocabulary: Option<&Vocabulary>, members: &[Fitted]) -> Result<()> {
    fs::create_dir_all(folder)?;
    let device = &Device::Cpu;
    let mut tensors: HashMap<String, Tensor> = HashMap::new();
    if let Some(vocabulary) = vocabulary {
        let rows = vocabulary.len();
        tensors.insert("vocabulary.hashes".into(), Tensor::from_vec(vocabulary.hashes().to_vec(), rows, device)?);
        tensors.insert("vocabulary.idf".into(), Tensor::from_vec(vocabulary.idf().to_vec(), rows, device)?.to_dtype(DType::F16)?);
    }
    for member in members {
        let name = &member.plan.name;
        if let Some(table) = &member.table {
            let small = SmallTable::shrink(table);
            let rows = table.rows();
            tensors.insert(format!("{name}.table"), Tensor::from_vec(small.bytes().to_vec(), (rows, small.width()), device)?);
            tensors.insert(format!("{name}.scales"), Tensor::from_vec(small.scales().to_vec(), rows, device)?);
        }
        for (part, tensor) in &member.dense {
            tensors.insert(format!("{name}.{part}"), tensor.to_dtype(DType::F16)?);
        }
    }
    safetensors::save(&tensors, folder.join(WEIGHTS))?;
    fs::write(folder.join(MANIFEST), serde_json::to_string_pretty(manifest)? + "\n")?;
    Ok(())
}

/// How a member is listed in the manifest.
pub fn info(member: &Fitted) -> MemberInfo {
    let plan = &member.plan;
    MemberInfo { name: plan.name.clone(), weight: plan.weight, alarm_weight: plan.alarm_weight }
}

/// Replaces the manifest alone.
pub fn rewrite_manifest(folder: &Path, manifest: &Manifest) -> Result<()> {
    Ok(fs::write(folder.join(MANIFEST), serde_json::to_string_pretty(manifest)? + "\n")?)
}
