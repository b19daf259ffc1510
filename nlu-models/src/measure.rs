//! Scores of an [`crate::Nlu`] on labelled utterances.

use crate::rng::Rng;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// One line of a labelled `.jsonl` file.
#[derive(Clone, Debug, Deserialize)]
pub struct Labelled {
    pub text: String,
    pub intent: String,
    #[serde(default)]
    pub register: String,
    #[serde(default = "japanese")]
    pub lang: String,
}

fn japanese() -> String {
    "ja".to_owned()
}

/// One line of a labelled emergency file; no kind means no emergency.
#[derive(Clone, Debug, Deserialize)]
pub struct Alarm {
    pub text: String,
    pub kind: Option<String>,
}

/// The lines of a `.jsonl` text; blank lines are skipped.
pub fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<Vec<T>, serde_json::Error> {
    text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str).collect()
}

impl Labelled {
    /// `phone` for what was spoken in Japanese, `typed` for what was written in it, else `other`.
    #[must_use]
    pub fn group(&self) -> &'static str {
        if self.lang != "ja" && self.lang != "ja-easy" {
            "other"
        } else if matches!(self.register.as_str(), "spoken" | "story" | "asr_error" | "elderly") {
            "phone"
        } else {
            "typed"
        }
    }
}

/// What was wanted, what came, how sure it was.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub wanted: String,
    pub got: String,
    /// 0.0 to 1.0
    pub confidence: f32,
}

impl Outcome {
    #[must_use]
    pub fn right(&self) -> bool {
        self.wanted == self.got
    }
}

/// Share of right answers; 0 of nothing.
#[must_use]
pub fn accuracy<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> f64 {
    let (mut right, mut all) = (0usize, 0usize);
    for outcome in outcomes {
        right += usize::from(outcome.right());
        all += 1;
    }
    ratio(right, all)
}

#[must_use]
pub fn ratio(part: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

/// The mean over the wanted labels of the harmonic mean of precision and recall.
#[must_use]
pub fn macro_f1(outcomes: &[Outcome]) -> f64 {
    let labels: BTreeSet<&str> = outcomes.iter().map(|o| o.wanted.as_str()).collect();
    let sum: f64 = labels
        .iter()
        .map(|&label| {
            let hit = outcomes.iter().filter(|o| o.wanted == label && o.got == label).count();
            let wanted = outcomes.iter().filter(|o| o.wanted == label).count();
            let got = outcomes.iter().filter(|o| o.got == label).count();
            ratio(2 * hit, wanted + got)
        })
        .sum();
    sum / labels.len().max(1) as f64
}

/// The pairs (wanted, got) that are mixed up most, most first.
#[must_use]
pub fn confusions(outcomes: &[Outcome]) -> Vec<(String, String, usize)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|o| !o.right()) {
        *counts.entry((&outcome.wanted, &outcome.got)).or_default() += 1;
    }
    let mut pairs: Vec<_> = counts.into_iter().map(|((a, b), n)| (a.to_owned(), b.to_owned(), n)).collect();
    pairs.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.cmp(b)));
    pairs
}

/// Mean gap between confidence and accuracy over ten equal bins, weighted by their size. 0 is honest.
#[must_use]
pub fn calibration_error(outcomes: &[Outcome]) -> f64 {
    (0..10)
        .map(|bin| {
            let inside: Vec<&Outcome> =
                outcomes.iter().filter(|o| ((o.confidence * 10.0) as usize).min(9) == bin).collect();
            let sure: f64 = inside.iter().map(|o| f64::from(o.confidence)).sum();
            let right = inside.iter().filter(|o| o.right()).count() as f64;
            (sure - right).abs() / outcomes.len().max(1) as f64
        })
        .sum()
}

/// The 95% interval of [`calibration_error`]: by drawing as many outcomes again, with repetition, a thousand times.
#[must_use]
pub fn calibration_interval(outcomes: &[Outcome], seed: u64) -> (f64, f64) {
    let mut rng = Rng::new(seed);
    let mut errors: Vec<f64> = (0..1_000)
        .map(|_| {
            // Of each bin: how sure, how many right.
            let mut bins = [(0.0, 0.0); 10];
            for _ in outcomes {
                let outcome = &outcomes[rng.below(outcomes.len())];
                let bin = &mut bins[((outcome.confidence * 10.0) as usize).min(9)];
                bin.0 += f64::from(outcome.confidence);
                bin.1 += f64::from(u8::from(outcome.right()));
            }
            bins.iter().map(|(sure, right)| (sure - right).abs()).sum::<f64>() / outcomes.len().max(1) as f64
        })
        .collect();
    (percentile(&mut errors, 0.025), percentile(&mut errors, 0.975))
}

/// Among the values, the one below which `share` of them lie.
#[must_use]
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = ((values.len().saturating_sub(1)) as f64 * share).round() as usize;
    values.get(at).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(wanted: &str, got: &str, confidence: f32) -> Outcome {
        Outcome { wanted: wanted.into(), got: got.into(), confidence }
    }

    #[test]
    fn small_sums() {
        let all = [outcome("a", "a", 1.0), outcome("a", "b", 0.5), outcome("b", "b", 1.0), outcome("b", "b", 0.5)];
        assert!((accuracy(&all) - 0.75).abs() < 1e-9);
        // a: 2*1/(2+1), b: 2*2/(2+3)
        assert!((macro_f1(&all) - (2.0 / 3.0 + 0.8) / 2.0).abs() < 1e-9);
        assert_eq!(confusions(&all), [("a".to_owned(), "b".to_owned(), 1)]);
        assert!(calibration_error(&all).abs() < 1e-9);
        assert!((percentile(&mut [3.0, 1.0, 2.0], 0.5) - 2.0).abs() < 1e-9);
    }
}
