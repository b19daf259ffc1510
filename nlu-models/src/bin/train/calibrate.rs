//! Turns scores on held-out sentences into a temperature and an alarm threshold.

use crate::data::Example;
use nlu_models::{Nlu, Raw, manifest::Manifest, measure::ratio, prepare::prepare, softmax};
use std::collections::BTreeMap;

/// What the networks say of every held-out sentence.
pub fn raw(nlu: &Nlu, examples: &[Example]) -> Vec<Raw> {
    examples.iter().map(|example| nlu.raw(&prepare(&example.text))).collect()
}

/// The temperature (among steps of 0.02) under which the right intents are likeliest.
pub fn temperature(examples: &[Example], raws: &[Raw]) -> f32 {
    let loss = |temperature: f32| -> f64 {
        examples
            .iter()
            .zip(raws)
            .filter_map(|(example, raw)| Some((example.intent?, raw)))
            .map(|(intent, raw)| {
                let scaled: Vec<f32> = raw.intents.iter().map(|s| s / temperature).collect();
                -f64::from(softmax(&scaled)[intent].max(1e-9).ln())
            })
            .sum()
    };
    (5..150).map(|step| step as f32 * 0.02).min_by(|a, b| loss(*a).total_cmp(&loss(*b))).unwrap_or(1.0)
}

fn alarm(raw: &Raw) -> f32 {
    1.0 - raw.emergencies[0]
}

/// The lowest threshold, from 0.3 up, at which at most 0.2% of the ordinary sentences and 2% of the look-alikes alarm.
pub fn threshold(examples: &[Example], raws: &[Raw]) -> f32 {
    let both = || examples.iter().zip(raws).filter(|(example, _)| example.alarm == Some(0));
    let share = |from_alarms: bool, threshold: f32| {
        let wrong = both().filter(|(e, raw)| e.from_alarms == from_alarms && alarm(raw) >= threshold).count();
        ratio(wrong, both().filter(|(e, _)| e.from_alarms == from_alarms).count())
    };
    (15..49)
        .map(|step| step as f32 * 0.02)
        .find(|&threshold| share(false, threshold) <= 0.002 && share(true, threshold) <= 0.02)
        .unwrap_or(0.97)
}

/// The scores for the manifest.
pub fn scores(manifest: &Manifest, examples: &[Example], raws: &[Raw]) -> BTreeMap<String, f64> {
    let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut note = |name: String, hit: bool| {
        let entry = tally.entry(name).or_default();
        entry.0 += usize::from(hit);
        entry.1 += 1;
    };
    let outside = manifest.intents.iter().position(|intent| intent == "out_of_scope");
    for (example, raw) in examples.iter().zip(raws) {
        if let Some(intent) = example.intent {
            let best = raw.intents.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(at, _)| at);
            note(format!("accuracy {}", example.section), best == Some(intent));
            if Some(intent) == outside {
                note("out of scope found".into(), best == outside);
            } else {
                note("out of scope false alarms".into(), best == outside);
            }
        }
        let alarmed = alarm(raw) >= manifest.emergency_threshold;
        match (example.alarm, example.from_alarms) {
            (Some(0), true) => note("emergency false alarms on look-alikes".into(), alarmed),
            (Some(0), false) => note("emergency false alarms on ordinary".into(), alarmed),
            (Some(_), _) => note("emergency found".into(), alarmed),
            (None, _) => {}
        }
    }
    tally.into_iter().map(|(name, (hit, all))| (name, (ratio(hit, all) * 1e4).round() / 1e4)).collect()
}

/// Prints what rings wrongly and what is missed, worst first: reading material for whoever writes the sentences.
pub fn explain_alarms(examples: &[Example], raws: &[Raw], threshold: f32) {
    let mut order: Vec<(f32, &Example)> = examples.iter().zip(raws).map(|(e, raw)| (alarm(raw), e)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (score, example) in order.iter().filter(|(score, e)| e.alarm == Some(0) && *score > threshold * 0.5).take(40) {
        eprintln!("rings {score:.2} {} {}", example.label, example.text);
    }
    for (score, example) in order.iter().rev().filter(|(score, e)| e.alarm.is_some_and(|a| a > 0) && *score < threshold).take(80) {
        eprintln!("missed {score:.2} {} {}", example.label, example.text);
    }
}
