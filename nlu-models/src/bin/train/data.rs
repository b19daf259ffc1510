//! The training examples, and which of them are held out.

use anyhow::{Context, Result};
use nlu_models::{
    corpus::{Line, read_folder},
    rng::Rng,
};
use std::{collections::BTreeMap, path::Path};

/// One sentence with what is known of it. A label that is not known takes no part in the loss.
#[derive(Clone, Debug)]
pub struct Example {
    pub text: String,
    pub intent: Option<usize>,
    /// 0 is none.
    pub alarm: Option<usize>,
    /// `ja typed`, `ja phone`, `en` …
    pub section: String,
    /// From the emergency files: the look-alikes and the real ones.
    pub from_alarms: bool,
}

pub struct Data {
    pub intents: Vec<String>,
    pub emergencies: Vec<String>,
    pub train: Vec<Example>,
    pub validation: Vec<Example>,
    /// Every line that was read, for the fingerprint.
    pub lines: Vec<Line>,
}

/// Intents whose sentences may well be emergencies: they say nothing about the alarm.
const UNSURE: [&str; 4] = ["disaster.safety_report", "disaster.damage_report", "place.nearest", "shelter.search"];

/// Every eighth sentence, chosen by label and section, is held out.
const HELD_OUT: usize = 8;

pub fn read(folder: &Path, seed: u64) -> Result<Data> {
    let mut lines = read_folder(&folder.join("intents")).with_context(|| format!("{}/intents", folder.display()))?;
    let alarms = read_folder(&folder.join("emergency")).unwrap_or_default();
    let mut intents: Vec<String> = lines.iter().map(|line| line.label.clone()).collect();
    intents.dedup();
    let mut emergencies = vec!["none".to_owned()];
    emergencies.extend(model::Emergency::ALL.iter().map(|kind| kind.as_str().to_owned()));
    let mut groups: BTreeMap<(bool, String, String), Vec<Example>> = BTreeMap::new();
    for (from_alarms, line) in lines.iter().map(|l| (false, l)).chain(alarms.iter().map(|l| (true, l))) {
        let intent = if from_alarms { None } else { intents.iter().position(|name| *name == line.label) };
        let alarm = match from_alarms {
            true => Some(emergencies.iter().position(|kind| *kind == line.label).with_context(|| line.to_string())?),
            false => (!UNSURE.contains(&line.label.as_str())).then_some(0),
        };
        let example =
            Example { text: line.text.clone(), intent, alarm, section: line.section.clone(), from_alarms };
        groups.entry((from_alarms, line.label.clone(), line.section.clone())).or_default().push(example);
    }
    let mut rng = Rng::new(seed ^ 0x5eed);
    let (mut train, mut validation) = (Vec::new(), Vec::new());
    for group in groups.into_values() {
        let mut group = group;
        rng.shuffle(&mut group);
        let held = (group.len() + HELD_OUT / 2) / HELD_OUT;
        validation.extend(group.drain(..held));
        train.extend(group);
    }
    lines.extend(alarms);
    Ok(Data { intents, emergencies, train, validation, lines })
}
