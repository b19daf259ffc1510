//! `manifest.json`: what the weights are, and how to use them.

use crate::{error::NluError, weights::MANIFEST};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, path::Path};

/// Written by the training command beside the weights, read when they are loaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Layout of the tensors; weights of another format are refused.
    pub format: u32,
    /// Version of the crate that trained them.
    pub code: String,
    pub seed: u64,
    /// Fingerprint of the training sentences (see `corpus::fingerprint`).
    pub data: String,
    pub sentences: usize,
    /// Fingerprint of the readings and word families that the n-grams are made with (see `ngrams::tables`).
    pub tables: String,
    /// The folder of the larger encoder that the networks stand on, seen from the manifest's own; none for n-grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<String>,
    /// The labels in the order of the outputs.
    pub intents: Vec<String>,
    /// `none`, then the six kinds.
    pub emergencies: Vec<String>,
    /// The networks whose answers are averaged, by the prefix of their tensors.
    pub members: Vec<MemberInfo>,
    /// Averaged scores are divided by this before the softmax: confidences become honest.
    pub temperature: f32,
    /// Added to the score of `out_of_scope` before the temperature: false alarms there are cheaper than wrong forms.
    pub outside_bonus: f32,
    /// An emergency is reported when 1 - p(none) reaches this …
    pub emergency_threshold: f32,
    /// … or this, when an intent is sure (see [`Manifest::SURE`]) that emergencies are often taken for ([`NEAR_EMERGENCIES`]) …
    pub emergency_threshold_near: f32,
    /// … or this, when any other intent is sure.
    pub emergency_threshold_sure: f32,
    /// Scores on the sentences that were never trained on, by name.
    #[serde(default)]
    pub scores: BTreeMap<String, f64>,
}

/// Who says what goes for one of these may well be in danger.
pub const NEAR_EMERGENCIES: [&str; 9] = [
    "disaster.damage_report",
    "disaster.safety_report",
    "report.new",
    "shelter.search",
    "place.nearest",
    "place.holiday_clinic",
    "control.human",
    "smalltalk.complaint",
    "out_of_scope",
];

/// One network of the ensemble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberInfo {
    /// Prefix of its tensors.
    pub name: String,
    /// Share in the average of the intents.
    pub weight: f32,
    /// Share in the average of the emergencies.
    pub alarm_weight: f32,
}

impl Manifest {
    /// The manifest of a folder of weights.
    pub fn read(folder: &Path) -> Result<Manifest, NluError> {
        let path = folder.join(MANIFEST);
        let bytes = fs::read(&path).map_err(|source| NluError::Missing { path: path.clone(), source })?;
        serde_json::from_slice(&bytes).map_err(|e| NluError::Damaged { path, problem: e.to_string() })
    }

    pub const FORMAT: u32 = 2;
    /// From which alarm on an emergency is reported, by the likeliest intent and how sure it is.
    #[must_use]
    pub fn threshold(&self, intent: &str, confidence: f32) -> f32 {
        match (confidence >= Self::SURE, NEAR_EMERGENCIES.contains(&intent)) {
            (false, _) => self.emergency_threshold,
            (true, true) => self.emergency_threshold_near,
            (true, false) => self.emergency_threshold_sure,
        }
    }

    /// Confidence from which on an intent counts as sure: who reserves a book is hardly in danger.
    pub const SURE: f32 = 0.6;
}
