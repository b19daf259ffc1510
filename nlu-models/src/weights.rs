//! Reads and writes the weight files: `model.safetensors`, `tokenizer.json`, `manifest.json`.

use crate::{
    error::NluError,
    manifest::{Manifest, MemberInfo, MemberKind},
    member::{Member, Network, Table},
    network::Sizes,
    tokens::Tokens,
    vocabulary::Vocabulary,
};
use candle_core::{DType, Device, Tensor, safetensors};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

pub const WEIGHTS: &str = "model.safetensors";
pub const TOKENIZER: &str = "tokenizer.json";
pub const MANIFEST: &str = "manifest.json";

/// The three files in memory, and where they came from (for messages).
pub struct Files<'a> {
    pub folder: PathBuf,
    pub weights: &'a [u8],
    pub tokenizer: &'a [u8],
    pub manifest: &'a [u8],
}

/// Everything that scoring needs.
pub struct Model {
    pub manifest: Manifest,
    pub vocabulary: Vocabulary,
    pub tokens: Tokens,
    pub members: Vec<Member>,
}

/// Reads one file whole.
pub fn read(folder: &Path, name: &str) -> Result<Vec<u8>, NluError> {
    let path = folder.join(name);
    fs::read(&path).map_err(|source| NluError::Missing { path, source })
}

impl Model {
    pub fn parse(files: &Files<'_>) -> Result<Model, NluError> {
        let damaged = |name: &str, problem: String| NluError::Damaged { path: files.folder.join(name), problem };
        let manifest: Manifest =
            serde_json::from_slice(files.manifest).map_err(|e| damaged(MANIFEST, e.to_string()))?;
        check(&manifest).map_err(|problem| NluError::Vocabulary { path: files.folder.join(MANIFEST), problem })?;
        let tokens = Tokens::from_json(files.tokenizer).map_err(|e| damaged(TOKENIZER, e))?;
        let tensors =
            safetensors::load_buffer(files.weights, &Device::Cpu).map_err(|e| damaged(WEIGHTS, e.to_string()))?;
        let mut stored = Stored { path: files.folder.join(WEIGHTS), tensors };
        let vocabulary = stored.vocabulary()?;
        let mut members = Vec::new();
        for info in &manifest.members {
            members.push(stored.member(info, &manifest, &vocabulary, &tokens)?);
        }
        Ok(Model { manifest, vocabulary, tokens, members })
    }
}

fn check(manifest: &Manifest) -> Result<(), String> {
    if manifest.format != Manifest::FORMAT {
        return Err(format!("format {} where this version reads {}", manifest.format, Manifest::FORMAT));
    }
    if manifest.intents.is_empty() || manifest.members.is_empty() {
        return Err("no intents or no networks are listed".to_owned());
    }
    let kinds: Vec<&str> = std::iter::once("none").chain(model::Emergency::ALL.map(model::Emergency::as_str)).collect();
    if manifest.emergencies != kinds {
        return Err(format!("kinds of emergency {:?} where this version knows {kinds:?}", manifest.emergencies));
    }
    let usable = manifest.temperature.is_finite() && manifest.temperature > 0.0;
    if !usable || !(0.0..=1.0).contains(&manifest.emergency_threshold) {
        return Err("temperature or emergency threshold is out of range".to_owned());
    }
    Ok(())
}

struct Stored {
    path: PathBuf,
    tensors: HashMap<String, Tensor>,
}

impl Stored {
    fn take(&mut self, name: &str) -> Result<Tensor, NluError> {
        self.tensors.remove(name).ok_or_else(|| self.shape(name, "present".to_owned(), "missing".to_owned()))
    }

    fn shape(&self, tensor: &str, wanted: String, found: String) -> NluError {
        NluError::Shape { path: self.path.clone(), tensor: tensor.to_owned(), wanted, found }
    }

    fn broken(&self, error: candle_core::Error) -> NluError {
        NluError::Damaged { path: self.path.clone(), problem: error.to_string() }
    }

    fn vocabulary(&mut self) -> Result<Vocabulary, NluError> {
        let hashes = self.take("vocabulary.hashes")?.to_vec1::<u32>().map_err(|e| self.broken(e))?;
        let idf = self
            .take("vocabulary.idf")?
            .to_dtype(DType::F32)
            .and_then(|t| t.to_vec1::<f32>())
            .map_err(|e| self.broken(e))?;
        Vocabulary::from_parts(hashes, idf).ok_or_else(|| NluError::Vocabulary {
            path: self.path.clone(),
            problem: "the n-gram list is not sorted or has another length than its weights".to_owned(),
        })
    }

    fn member(&mut self, info: &MemberInfo, manifest: &Manifest, vocabulary: &Vocabulary, tokens: &Tokens) -> Result<Member, NluError> {
        let name = format!("{}.table", info.name);
        let table = self.take(&name)?;
        let rows = match info.kind {
            MemberKind::Bag => vocabulary.len(),
            MemberKind::Encoder => tokens.len(),
        };
        let (found, width) = table.dims2().map_err(|e| self.broken(e))?;
        if found != rows || width == 0 {
            return Err(NluError::Vocabulary {
                path: self.path.clone(),
                problem: format!("{name} has {found} rows of {width} values; the vocabulary has {rows} entries"),
            });
        }
        let values = table
            .to_dtype(DType::F32)
            .and_then(|t| t.flatten_all())
            .and_then(|t| t.to_vec1::<f32>())
            .map_err(|e| self.broken(e))?;
        let hidden_name = match info.kind {
            MemberKind::Bag => format!("{}.hidden.bias", info.name),
            MemberKind::Encoder => format!("{}.heads.hidden.bias", info.name),
        };
        let hidden = self.tensors.get(&hidden_name).map_or(0, Tensor::elem_count);
        let sizes =
            Sizes { width, hidden, intents: manifest.intents.len(), emergencies: manifest.emergencies.len() };
        let mut dense = HashMap::new();
        for (part, wanted) in Network::shapes(info.kind, sizes).map_err(|e| self.broken(e))? {
            let full = format!("{}.{part}", info.name);
            let tensor = self.take(&full)?;
            if tensor.dims() != wanted {
                return Err(self.shape(&full, format!("{wanted:?}"), format!("{:?}", tensor.dims())));
            }
            dense.insert(part, tensor.to_dtype(DType::F32).map_err(|e| self.broken(e))?);
        }
        Member::new(info.kind, info.weight, sizes, Table { width, values }, dense).map_err(|e| self.broken(e))
    }
}
