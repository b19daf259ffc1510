//! Trains the understanding model from the repository's sentences and writes `weights/`.
//!
//! It trains on `data/intents`, `data/emergency` and `data/paraphrases`, then calibrates and measures on `data/validation` and
//! `data/calibration`, which are never trained on. The same data, seed and options give the same weights.

#![forbid(unsafe_code)]

mod augment;
mod calibrate;
mod data;
mod fit;
mod learnt;
mod options;
mod plans;
mod publish;

use anyhow::{Context, Result};
use data::Example;
use fit::{Fitted, Materials, Sight};
use nlu_models::{Nlu, corpus::fingerprint, manifest::Manifest, ngrams::{ngrams, tables}, prepare::prepare, vocabulary::{Feature, Vocabulary}};
use options::Options;
use std::{path::Path, time::Instant};

fn main() -> Result<()> {
    let options = Options::from_args()?;
    let began = Instant::now();
    let data = data::read(&options.data)?;
    eprintln!("{} sentences for training ({} groups of paraphrases), {} for validation", data.train.len(), data.groups, data.validation.len());
    let mut manifest = Manifest {
        format: Manifest::FORMAT,
        code: env!("CARGO_PKG_VERSION").to_owned(),
        seed: options.seed,
        data: fingerprint(&options.data)?,
        sentences: data.train.len(),
        tables: tables(),
        outside_bonus: 0.0,
        encoder: encoder_folder(&options)?,
        intents: data.intents.clone(),
        emergencies: data.emergencies.clone(),
        members: Vec::new(),
        temperature: 1.0,
        emergency_threshold: 0.5,
        scores: Default::default(),
    };
    if options.calibrate_only {
        manifest.members = Manifest::read(&options.out)?.members;
        publish::rewrite_manifest(&options.out, &manifest)?;
    } else {
        train(&data.train, data.groups, &options, &mut manifest, &options.out)?;
    }
    let nlu = Nlu::load(&options.out)?;
    let mut raws = calibrate::raw(&nlu, &data.validation);
    manifest.outside_bonus = calibrate::outside_bonus(&manifest, &data.validation, &mut raws);
    manifest.temperature = calibrate::temperature(&data.validation, &raws);
    manifest.emergency_threshold = calibrate::threshold(&manifest, &data.validation, &raws);
    manifest.scores = calibrate::scores(&manifest, &data.validation, &raws);
    publish::rewrite_manifest(&options.out, &manifest)?;
    eprintln!("{}", serde_json::to_string_pretty(&manifest.scores)?);
    if options.explain {
        calibrate::explain_alarms(&manifest, &data.validation, &raws);
    }
    eprintln!("bonus {}, temperature {}, threshold {}", manifest.outside_bonus, manifest.temperature, manifest.emergency_threshold);
    eprintln!("done in {:.0} s", began.elapsed().as_secs_f32());
    Ok(())
}

/// The encoder's folder as the manifest names it: the whole path, since the two folders may lie anywhere.
fn encoder_folder(options: &Options) -> Result<Option<String>> {
    let Some(folder) = &options.encoder else { return Ok(None) };
    let folder = folder.canonicalize().with_context(|| format!("the encoder's folder {}", folder.display()))?;
    Ok(Some(folder.to_string_lossy().into_owned()))
}

/// Trains every member on `examples` and writes the weights.
fn train(examples: &[Example], groups: usize, options: &Options, manifest: &mut Manifest, out: &Path) -> Result<()> {
    let vectors;
    let vocabulary;
    let clean: Vec<Vec<Feature>>;
    let noise = augment::Noise { strength: options.noise };
    let sight = match &manifest.encoder {
        Some(folder) => {
            let encoder = encoder::Encoder::load(Path::new(folder))?;
            vectors = examples.iter().map(|example| encoder.query(&example.text)).collect::<Result<Vec<_>, _>>()?;
            eprintln!("{} sentences encoded", vectors.len());
            Sight::Vectors(&vectors)
        }
        None => {
            let grams: Vec<Vec<u32>> = examples.iter().map(|example| ngrams(&prepare(&example.text))).collect();
            vocabulary = Vocabulary::learn(&grams, options.min_lines);
            eprintln!("{} n-grams", vocabulary.len());
            clean = grams.into_iter().map(|grams| vocabulary.features(grams)).collect();
            Sight::Grams { vocabulary: &vocabulary, noise: &noise, clean: &clean }
        }
    };
    let materials = Materials { sight, intents: manifest.intents.len(), emergencies: manifest.emergencies.len(), groups };
    // They know nothing of each other, and their seeds are their own: side by side they come out the same.
    let members: Vec<Fitted> = std::thread::scope(|scope| {
        let plans = plans::plans(options);
        let running: Vec<_> = plans.into_iter().map(|plan| { let materials = &materials; scope.spawn(move || fit::fit(&plan, examples, materials)) }).collect();
        running.into_iter().map(|one| one.join().map_err(|_| anyhow::anyhow!("a training thread panicked"))?).collect::<Result<_>>()
    })?;
    manifest.members = members.iter().map(publish::info).collect();
    let vocabulary = match materials.sight {
        Sight::Grams { vocabulary, .. } => Some(vocabulary),
        Sight::Vectors(_) => None,
    };
    publish::write(out, manifest, vocabulary, &members)
}
