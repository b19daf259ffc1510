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
    /// The stem of its file.
    pub label: String,
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
    let lines = read_folder(&folder.join("intents")).with_context(|| format!("{}/intents", folder.display()))?;
    let alarms = read_folder(&folder.join("emergency")).context("the emergency sentences")?;
    let fresh = match folder.join("validation") {
        path if path.exists() => read_folder(&path)?,
        _ => Vec::new(),
    };
    let mut intents: Vec<String> = lines.iter().map(|line| line.label.clone()).collect();
    intents.dedup();
    let mut emergencies = vec!["none".to_owned()];
    emergencies.extend(model::Emergency::ALL.iter().map(|kind| kind.as_str().to_owned()));
    let mut data = Data { intents, emergencies, train: Vec::new(), validation: Vec::new(), lines: Vec::new() };
    let mut rng = Rng::new(seed ^ 0x5eed);
    // Sentences written for validation by other people than the training ones measure best.
    if fresh.is_empty() {
        let examples = lines.iter().map(|line| data.with_intent(line)).collect::<Result<_>>()?;
        data.split(examples, &mut rng);
    } else {
        data.train = lines.iter().map(|line| data.with_intent(line)).collect::<Result<_>>()?;
        data.validation = fresh.iter().map(|line| data.with_intent(line)).collect::<Result<_>>()?;
    }
    let examples = alarms.iter().map(|line| data.with_alarm(line)).collect::<Result<_>>()?;
    data.split(examples, &mut rng);
    data.lines = lines.into_iter().chain(alarms).chain(fresh).collect();
    Ok(data)
}

impl Data {
    fn with_intent(&self, line: &Line) -> Result<Example> {
        let intent = self.intents.iter().position(|name| *name == line.label);
        anyhow::ensure!(intent.is_some(), "{line}: the label is not among the intents");
        let alarm = (!UNSURE.contains(&line.label.as_str())).then_some(0);
        Ok(Example { text: line.text.clone(), label: line.label.clone(), intent, alarm, section: line.section.clone(), from_alarms: false })
    }

    fn with_alarm(&self, line: &Line) -> Result<Example> {
        let alarm = self.emergencies.iter().position(|kind| *kind == line.label);
        anyhow::ensure!(alarm.is_some(), "{line}: the label is not a kind of emergency");
        Ok(Example { text: line.text.clone(), label: line.label.clone(), intent: None, alarm, section: line.section.clone(), from_alarms: true })
    }

    /// Holds out a share of each label and section.
    fn split(&mut self, examples: Vec<Example>, rng: &mut Rng) {
        let mut groups: BTreeMap<(String, String), Vec<Example>> = BTreeMap::new();
        for example in examples {
            groups.entry((example.label.clone(), example.section.clone())).or_default().push(example);
        }
        for mut group in groups.into_values() {
            rng.shuffle(&mut group);
            let held = (group.len() + HELD_OUT / 2) / HELD_OUT;
            self.validation.extend(group.drain(..held));
            self.train.extend(group);
        }
    }
}
