//! Turns scores on validation sentences into a temperature and an alarm threshold.

use crate::data::{Example, Source};
use nlu_models::{Nlu, Raw, manifest::Manifest, measure::ratio, prepare::prepare, softmax};
use std::collections::BTreeMap;

/// What the networks say of every validation sentence.
pub fn raw(nlu: &Nlu, examples: &[Example]) -> Vec<Raw> {
    examples.iter().map(|example| nlu.raw(&example.text, &prepare(&example.text))).collect()
}

/// What to add to the score of `out_of_scope`: as much as keeps its false alarms at 1% or below. Applied to `raws`.
pub fn outside_bonus(manifest: &Manifest, examples: &[Example], raws: &mut [Raw]) -> f32 {
    let Some(outside) = manifest.intents.iter().position(|intent| intent == "out_of_scope") else { return 0.0 };
    let wins = |raw: &Raw, bonus: f32| {
        let rest = raw.intents.iter().enumerate().filter(|(at, _)| *at != outside).map(|(_, s)| *s);
        raw.intents[outside] + bonus >= rest.fold(f32::NEG_INFINITY, f32::max)
    };
    let false_alarms = |bonus: f32| {
        let inside = || examples.iter().zip(raws.iter()).filter(|(e, _)| e.intent.is_some_and(|i| i != outside));
        ratio(inside().filter(|(_, raw)| wins(raw, bonus)).count(), inside().count())
    };
    let bonus = (0..=40).rev().map(|step| step as f32 * 0.05).find(|&b| false_alarms(b) <= 0.01).unwrap_or(0.0);
    raws.iter_mut().for_each(|raw| raw.intents[outside] += bonus);
    bonus
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

/// Whether a sentence rings under the threshold of `manifest`.
fn rings(manifest: &Manifest, raw: &Raw) -> bool {
    raw.urgency(manifest) >= manifest.emergency_threshold
}

/// Of the ordinary sentences and of the look-alikes, this share may ring: a fire brigade that is called for nothing too
/// often is called no more. Six in ten of the ordinary ones that ring are calls for rescue, and may.
const ORDINARY: f64 = 0.0045;
const LOOK_ALIKES: f64 = 0.025;

/// The lowest threshold that keeps within [`ORDINARY`] and [`LOOK_ALIKES`].
pub fn threshold(manifest: &Manifest, examples: &[Example], raws: &[Raw]) -> f32 {
    let of = |wanted: fn(&Example) -> bool| -> Vec<f32> {
        examples.iter().zip(raws).filter(|(example, _)| wanted(example)).map(|(_, raw)| raw.urgency(manifest)).collect()
    };
    let ordinary = of(|example| example.source == Source::Intents);
    let alike = of(|example| example.source != Source::Intents && example.alarm == Some(0));
    let share = |all: &[f32], threshold: f32| ratio(all.iter().filter(|urgency| **urgency >= threshold).count(), all.len());
    let steps = (1..100).map(|step| step as f32 * 0.01);
    steps.into_iter().find(|&step| share(&ordinary, step) <= ORDINARY && share(&alike, step) <= LOOK_ALIKES).unwrap_or(0.99)
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
        let alarmed = rings(manifest, raw);
        match (example.alarm, example.source) {
            (_, Source::Intents) => note("emergency false alarms on ordinary".into(), alarmed),
            (Some(0), _) => note("emergency false alarms on look-alikes".into(), alarmed),
            (Some(_), _) => note("emergency found".into(), alarmed),
            (None, _) => {}
        }
    }
    tally.into_iter().map(|(name, (hit, all))| (name, (ratio(hit, all) * 1e4).round() / 1e4)).collect()
}

/// Prints what rings wrongly and what is missed: reading material for whoever writes the sentences.
pub fn explain_alarms(manifest: &Manifest, examples: &[Example], raws: &[Raw]) {
    for (example, raw) in examples.iter().zip(raws) {
        let rung = rings(manifest, raw);
        let word = match example.alarm {
            Some(0) if rung => "rings",
            Some(kind) if kind > 0 && !rung => "missed",
            _ => continue,
        };
        eprintln!("{word} {:.2} of {:.2} {} {}", raw.urgency(manifest), raw.alarm(), example.label, example.text);
    }
}
