//! Reads the weight files: `model.safetensors` and `manifest.json`.

use crate::{
    error::NluError,
    manifest::{Manifest, MemberInfo},
    member::Member,
    network::{Heads, Sizes},
    ngrams,
    table::SmallTable,
    vocabulary::Vocabulary,
};
use encoder::Encoder;
use candle_core::{DType, Device, Tensor, safetensors};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

pub const WEIGHTS: &str = "model.safetensors";
pub const MANIFEST: &str = "manifest.json";

/// The two files in memory, and where they came from (for messages).
pub struct Files<'a> {
    pub folder: PathBuf,
    pub weights: &'a [u8],
    pub manifest: &'a [u8],
}

/// Everything that scoring needs.
pub struct Model {
    pub manifest: Manifest,
    pub view: View,
    pub members: Vec<Member>,
}

/// What turns a text into what the networks see.
pub enum View {
    Grams(Vocabulary),
    Encoder(Box<Encoder>),
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
        let tensors =
            safetensors::load_buffer(files.weights, &Device::Cpu).map_err(|e| damaged(WEIGHTS, e.to_string()))?;
        let mut stored = Stored { path: files.folder.join(WEIGHTS), tensors };
        let view = match &manifest.encoder {
            Some(folder) => View::Encoder(Box::new(Encoder::load(&files.folder.join(folder))?)),
            None => View::Grams(stored.vocabulary()?),
        };
        let mut members = Vec::new();
        for info in &manifest.members {
            members.push(stored.member(info, &manifest, &view)?);
        }
        Ok(Model { manifest, view, members })
    }
}

fn check(manifest: &Manifest) -> Result<(), String> {
    if manifest.format != Manifest::FORMAT {
        return Err(format!("format {} where this version reads {}", manifest.format, Manifest::FORMAT));
    }
    if manifest.encoder.is_none() && manifest.tables != ngrams::tables() {
        return Err("it was trained with other readings or word families; train again".to_owned());
    }
    if manifest.intents.is_empty() || manifest.members.is_empty() {
        return Err("no intents or no networks are listed".to_owned());
    }
    let kinds: Vec<&str> = std::iter::once("none").chain(model::Emergency::ALL.map(model::Emergency::as_str)).collect();
    if manifest.emergencies != kinds {
        return Err(format!("kinds of emergency {:?} where this version knows {kinds:?}", manifest.emergencies));
    }
    let usable = manifest.temperature.is_finite() && manifest.temperature > 0.0 && manifest.outside_bonus.is_finite();
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

    fn member(&mut self, info: &MemberInfo, manifest: &Manifest, view: &View) -> Result<Member, NluError> {
        let (table, width) = match view {
            View::Grams(vocabulary) => {
                let (table, width) = self.table(&info.name, vocabulary)?;
                (Some(table), width)
            }
            View::Encoder(encoder) => (None, encoder.width()),
        };
        let hidden = self.tensors.get(&format!("{}.hidden.bias", info.name)).map_or(0, Tensor::elem_count);
        let sizes =
            Sizes { width, hidden, intents: manifest.intents.len(), emergencies: manifest.emergencies.len() };
        let mut dense = HashMap::new();
        for (part, wanted) in Heads::shapes(sizes).map_err(|e| self.broken(e))? {
            let full = format!("{}.{part}", info.name);
            let tensor = self.take(&full)?;
            if tensor.dims() != wanted {
                return Err(self.shape(&full, format!("{wanted:?}"), format!("{:?}", tensor.dims())));
            }
            dense.insert(part, tensor.to_dtype(DType::F32).map_err(|e| self.broken(e))?);
        }
        Member::new([info.weight, info.alarm_weight], sizes, table, dense).map_err(|e| self.broken(e))
    }

    fn table(&mut self, member: &str, vocabulary: &Vocabulary) -> Result<(SmallTable, usize), NluError> {
        let name = format!("{member}.table");
        let table = self.take(&name)?;
        let scales = self.take(&format!("{member}.scales"))?;
        let (rows, width) = table.dims2().map_err(|e| self.broken(e))?;
        let problem = format!("{name} has {rows} rows of {width} values; the vocabulary has {} entries", vocabulary.len());
        let bytes = table.flatten_all().and_then(|t| t.to_vec1::<u8>()).map_err(|e| self.broken(e))?;
        let scales = scales.to_dtype(DType::F32).and_then(|t| t.to_vec1::<f32>()).map_err(|e| self.broken(e))?;
        match SmallTable::from_parts(width, bytes, scales) {
            Some(small) if rows == vocabulary.len() => Ok((small, width)),
            _ => Err(NluError::Vocabulary { path: self.path.clone(), problem }),
        }
    }
}
