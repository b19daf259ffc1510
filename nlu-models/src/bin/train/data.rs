//! The training examples, and those that only calibrate and measure.

use anyhow::{Context, Result};
use nlu_models::{
    corpus::{Line, read_folder, read_groups},
    measure::{Alarm, parse},
};
use std::{fs, path::Path};

/// One sentence with what is known of it. A label that is not known takes no part in the loss.
#[derive(Clone, Debug)]
pub struct Example {
    pub text: String,
    /// The stem of its file.
    pub label: String,
    pub intent: Option<usize>,
    /// Which question it asks, among the groups of paraphrases.
    pub group: Option<usize>,
    /// 0 is none.
    pub alarm: Option<usize>,
    /// `ja typed`, `ja phone`, `en` …
    pub section: String,
    pub source: Source,
}

/// Where an example comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Sentences with intents, and paraphrases.
    Intents,
    /// The emergency files: real ones and look-alikes, many of them minimal pairs.
    Alarms,
    /// Emergencies and look-alikes by other writers, which decide the thresholds and are never trained on.
    Calibration,
}

pub struct Data {
    pub intents: Vec<String>,
    pub emergencies: Vec<String>,
    /// How many groups of paraphrases there are.
    pub groups: usize,
    pub train: Vec<Example>,
    /// Sentences with intents that are never trained on.
    pub validation: Vec<Example>,
}

/// Intents whose sentences may well be emergencies …
const UNSURE: [&str; 5] = ["disaster.safety_report", "disaster.damage_report", "place.nearest", "place.holiday_clinic", "shelter.search"];
/// … where one of these is said: such a sentence teaches nothing about the alarm.
const SIGNS: [&str; 40] = [
    "火", "煙", "燃", "ガス", "下敷", "閉", "流され", "助け", "たすけ", "意識", "動け", "うごけ", "血", "息", "救", "AED", "出られ", "出れ", "挟", "はさま", "けいれん", "ぐったり",
    "埋", "取り残", "孤立", "沈", "fire", "gas", "help", "stuck", "trapped", "rescue", "着火", "困在", "불", "구조", "갇", "cháy", "cứu", "kẹt",
];

/// Where one of these is said, under whatever intent or question, it is no example of what must not ring.
const NEVER_ORDINARY: [&str; 4] = ["死にたい", "消えたい", "殴られる", "殴られて"];

/// 0, none, unless the text itself speaks against it.
fn ordinary(text: &str) -> Option<usize> {
    (!NEVER_ORDINARY.iter().any(|sign| text.contains(sign))).then_some(0)
}

pub fn read(folder: &Path) -> Result<Data> {
    let lines = read_folder(&folder.join("intents")).with_context(|| format!("{}/intents", folder.display()))?;
    let alarms = read_folder(&folder.join("emergency")).context("the emergency sentences")?;
    let fresh = read_folder(&folder.join("validation")).context("the validation sentences")?;
    let paraphrases = read_groups(&folder.join("paraphrases")).context("the paraphrases")?;
    let mut intents: Vec<String> = lines.iter().map(|line| line.label.clone()).collect();
    intents.dedup();
    let mut emergencies = vec!["none".to_owned()];
    emergencies.extend(model::Emergency::ALL.iter().map(|kind| kind.as_str().to_owned()));
    let mut data = Data { intents, emergencies, groups: 0, train: Vec::new(), validation: Vec::new() };
    data.train = lines.iter().map(|line| data.with_intent(line)).collect::<Result<_>>()?;
    data.validation = fresh.iter().map(|line| data.with_intent(line)).collect::<Result<_>>()?;
    let calibration = folder.join("calibration/emergency.jsonl");
    let others = fs::read_to_string(&calibration).with_context(|| calibration.display().to_string())?;
    for line in parse::<Alarm>(&others).with_context(|| calibration.display().to_string())? {
        data.validation.push(data.for_calibration(&line)?);
    }
    for group in paraphrases.chunk_by(|a, b| a.label == b.label) {
        data.train.extend(group.iter().map(|line| Example::in_group(line, data.groups)));
        data.groups += 1;
    }
    let examples: Vec<Example> = alarms.iter().map(|line| data.with_alarm(line)).collect::<Result<_>>()?;
    data.train.extend(examples);
    Ok(data)
}

impl Example {
    /// One wording of a question. It may be about anything: only that it asks this question is known.
    fn in_group(line: &Line, group: usize) -> Example {
        Example { text: line.text.clone(), label: line.label.clone(), intent: None, alarm: ordinary(&line.text), group: Some(group), section: line.section.clone(), source: Source::Intents }
    }
}

impl Data {
    fn with_intent(&self, line: &Line) -> Result<Example> {
        let intent = self.intents.iter().position(|name| *name == line.label);
        anyhow::ensure!(intent.is_some(), "{line}: the label is not among the intents");
        let told = SIGNS.iter().any(|sign| line.text.contains(sign));
        let alarm = ordinary(&line.text).filter(|_| !UNSURE.contains(&line.label.as_str()) || !told);
        Ok(Example { text: line.text.clone(), label: line.label.clone(), intent, alarm, group: None, section: line.section.clone(), source: Source::Intents })
    }

    fn with_alarm(&self, line: &Line) -> Result<Example> {
        let alarm = self.emergencies.iter().position(|kind| *kind == line.label);
        anyhow::ensure!(alarm.is_some(), "{line}: the label is not a kind of emergency");
        Ok(Example { text: line.text.clone(), label: line.label.clone(), intent: None, alarm, group: None, section: line.section.clone(), source: Source::Alarms })
    }

    fn for_calibration(&self, line: &Alarm) -> Result<Example> {
        let kind = line.kind.as_deref().unwrap_or("none");
        let alarm = self.emergencies.iter().position(|known| known == kind);
        anyhow::ensure!(alarm.is_some(), "{kind} is not a kind of emergency: {}", line.text);
        let label = kind.to_owned();
        Ok(Example { text: line.text.clone(), label, intent: None, alarm, group: None, section: String::new(), source: Source::Calibration })
    }
}
