//! Trains the understanding model from the repository's sentences and writes `weights/`.
//!
//! `cargo run --release -p nlu-models --bin train` trains twice: once without the held-out sentences, to measure and
//! calibrate, and once with all of them, for shipping. The same data, seed and options give the same weights.

#![forbid(unsafe_code)]

mod augment;
mod calibrate;
mod data;
mod fit;
mod options;
mod plans;
mod publish;
mod subwords;
mod table;

use anyhow::Result;
use data::Example;
use fit::{Fitted, Materials};
use nlu_models::{Nlu, corpus::fingerprint, manifest::Manifest, ngrams::ngrams, prepare::prepare, tokens::Tokens, vocabulary::Vocabulary};
use options::Options;
use std::{path::Path, time::Instant};

fn main() -> Result<()> {
    let options = Options::from_args()?;
    let began = Instant::now();
    let data = data::read(&options.data, options.seed)?;
    eprintln!("{} sentences for training, {} held out", data.train.len(), data.validation.len());
    let mut manifest = Manifest {
        format: Manifest::FORMAT,
        code: env!("CARGO_PKG_VERSION").to_owned(),
        seed: options.seed,
        data: fingerprint(data.lines.iter()),
        sentences: data.lines.len(),
        intents: data.intents.clone(),
        emergencies: data.emergencies.clone(),
        members: Vec::new(),
        temperature: 1.0,
        emergency_threshold: 0.5,
        scores: Default::default(),
    };
    train(&data.train, &options, &mut manifest, &options.out)?;
    let nlu = Nlu::load(&options.out)?;
    let raws = calibrate::raw(&nlu, &data.validation);
    manifest.temperature = calibrate::temperature(&data.validation, &raws);
    manifest.emergency_threshold = calibrate::threshold(&data.validation, &raws);
    manifest.scores = calibrate::scores(&manifest, &data.validation, &raws);
    eprintln!("{}", serde_json::to_string_pretty(&manifest.scores)?);
    if options.explain {
        calibrate::explain_alarms(&data.validation, &raws, manifest.emergency_threshold);
    }
    eprintln!("temperature {}, threshold {}", manifest.temperature, manifest.emergency_threshold);
    if options.held_out_only {
        publish::rewrite_manifest(&options.out, &manifest)?;
    } else {
        let all: Vec<Example> = data.train.iter().chain(&data.validation).cloned().collect();
        train(&all, &options, &mut manifest, &options.out)?;
    }
    eprintln!("done in {:.0} s", began.elapsed().as_secs_f32());
    Ok(())
}

/// Trains every member on `examples` and writes the weights.
fn train(examples: &[Example], options: &Options, manifest: &mut Manifest, out: &Path) -> Result<()> {
    let prepared: Vec<Vec<char>> = examples.iter().map(|example| prepare(&example.text)).collect();
    let grams: Vec<Vec<u32>> = prepared.iter().map(|text| ngrams(text)).collect();
    let vocabulary = Vocabulary::learn(&grams, options.min_lines);
    let sentences: Vec<String> = prepared.iter().map(|text| text.iter().collect()).collect();
    let (bpe, tokenizer) = subwords::learn(&sentences, options.pieces)?;
    let tokens = Tokens::new(bpe);
    eprintln!("{} n-grams, {} pieces", vocabulary.len(), tokens.len());
    let noise = augment::Noise { strength: options.noise };
    let materials = Materials {
        vocabulary: &vocabulary,
        tokens: &tokens,
        noise: &noise,
        intents: manifest.intents.len(),
        emergencies: manifest.emergencies.len(),
    };
    let mut members: Vec<Fitted> = Vec::new();
    for plan in plans::plans(options) {
        members.push(fit::fit(&plan, examples, &materials)?);
    }
    manifest.members = members.iter().map(|m| publish::info(m, 1.0)).collect();
    publish::write(out, manifest, &vocabulary, &tokenizer, &members)
}
