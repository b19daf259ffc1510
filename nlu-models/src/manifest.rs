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
    /// An emergency is reported when its urgency (see [`urgency`]) reaches this probability.
    pub emergency_threshold: f32,
    /// Scores on the sentences that were never trained on, by name.
    #[serde(default)]
    pub scores: BTreeMap<String, f64>,
}

/// Who says what goes for one of these may well be in danger.
const NEAR_EMERGENCIES: [&str; 8] = [
    "disaster.damage_report",
    "disaster.safety_report",
    "report.new",
    "shelter.search",
    "place.nearest",
    "place.holiday_clinic",
    "control.human",
    "smalltalk.complaint",
];

/// How much a sure intent speaks against an emergency: little where emergencies are often taken for it, more for talk about
/// anything at all, most for a service. Who reserves a book is hardly in danger.
fn calm(intent: &str) -> f32 {
    match intent {
        "out_of_scope" => 0.5,
        near if NEAR_EMERGENCIES.contains(&near) => 0.3,
        _ => 0.7,
    }
}

/// The probability that it is an emergency, once it is weighed how sure the likeliest intent is: the odds of the alarm,
/// divided by a power of the odds of the intent when these are better than even.
#[must_use]
pub fn urgency(alarm: f32, intent: &str, confidence: f32) -> f32 {
    let odds = |p: f32, least: f32| (p.clamp(least, 1.0 - least) / (1.0 - p.clamp(least, 1.0 - least))).ln();
    let weighed = odds(alarm, 1e-4) - calm(intent) * odds(confidence, 1e-3).max(0.0);
    1.0 / (1.0 + (-weighed).exp())
}

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

    pub const FORMAT: u32 = 3;
}

#[cfg(test)]
mod tests {
    use super::urgency;

    #[test]
    fn a_sure_service_calms_and_an_unsure_one_does_not() {
        let near = |a: f32, b: f32| (a - b).abs() < 1e-3;
        assert!(near(urgency(0.8, "library.reserve", 0.4), 0.8));
        assert!(urgency(0.8, "library.reserve", 0.99) < urgency(0.8, "out_of_scope", 0.99));
        assert!(urgency(0.8, "out_of_scope", 0.99) < urgency(0.8, "disaster.safety_report", 0.99));
        assert!(urgency(0.999, "disaster.safety_report", 1.0) > 0.9, "who calls for rescue is heard");
        assert!(urgency(f32::NAN, "faq", f32::NAN).is_nan() || urgency(0.0, "faq", 0.0) < 0.01);
    }
}
