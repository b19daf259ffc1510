//! `manifest.json`: what the weights are, and how to use them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// The labels in the order of the outputs.
    pub intents: Vec<String>,
    /// `none`, then the six kinds.
    pub emergencies: Vec<String>,
    /// The networks whose answers are averaged, by the prefix of their tensors.
    pub members: Vec<MemberInfo>,
    /// Averaged scores are divided by this before the softmax: confidences become honest.
    pub temperature: f32,
    /// An emergency is reported when 1 - p(none) reaches this.
    pub emergency_threshold: f32,
    /// Scores on the validation sentences, by name; from the run in which they were held out.
    #[serde(default)]
    pub scores: BTreeMap<String, f64>,
}

/// One network of the ensemble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberInfo {
    pub name: String,
    pub kind: MemberKind,
    /// Share in the average.
    pub weight: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    /// Weighted mean of n-gram vectors, then a small perceptron.
    Bag,
    /// Sub-word tokens through convolutions and attention pooling.
    Encoder,
}

impl Manifest {
    pub const FORMAT: u32 = 1;
}
