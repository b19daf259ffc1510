//! [`Nlu`]: one utterance in, what it means out.

use crate::{
    error::NluError,
    expecting::{bare_answer, shift},
    language::language,
    manifest::Manifest,
    ngrams::ngrams,
    prepare::prepare,
    weights::{self, Files, MANIFEST, Model, TOKENIZER, WEIGHTS},
};
use model::{Emergency, Scored, Understand, Understanding, Utterance};
use std::path::{Path, PathBuf};

/// How many intents an answer lists.
const TOP: usize = 5;

/// The learnt part of understanding. Holds no state besides its weights: share one among all threads.
pub struct Nlu {
    model: Model,
}

/// What the networks say of one text, before the dialogue's state is taken into account.
#[derive(Clone, Debug)]
pub struct Raw {
    /// Averaged score of each intent, in the manifest's order, before temperature and softmax.
    pub intents: Vec<f32>,
    /// Probability of `none` and of each kind of emergency, in the manifest's order; adds up to 1.
    pub emergencies: Vec<f32>,
}

impl Nlu {
    /// Reads the three weight files of a folder.
    pub fn load(dir: &Path) -> Result<Self, NluError> {
        let manifest = weights::read(dir, MANIFEST)?;
        let tokenizer = weights::read(dir, TOKENIZER)?;
        let weights = weights::read(dir, WEIGHTS)?;
        let files = Files { folder: dir.to_owned(), weights: &weights, tokenizer: &tokenizer, manifest: &manifest };
        Ok(Nlu { model: Model::parse(&files)? })
    }

    /// The weights that this crate was built with: no file is needed.
    pub fn embedded() -> Result<Self, NluError> {
        let files = Files {
            folder: PathBuf::from("(built in)"),
            weights: include_bytes!("../weights/model.safetensors"),
            tokenizer: include_bytes!("../weights/tokenizer.json"),
            manifest: include_bytes!("../weights/manifest.json"),
        };
        Ok(Nlu { model: Model::parse(&files)? })
    }

    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.model.manifest
    }

    /// The averaged scores of the networks for a prepared text.
    #[must_use]
    pub fn raw(&self, prepared: &[char]) -> Raw {
        let manifest = &self.model.manifest;
        let features = self.model.vocabulary.features(ngrams(prepared));
        let tokens = self.model.tokens.encode(prepared);
        let mut intents = vec![0.0; manifest.intents.len()];
        let mut emergencies = vec![0.0; manifest.emergencies.len()];
        let mut share = 0.0;
        for member in &self.model.members {
            // The shapes were checked at loading; should a network fail all the same, the others answer.
            let scored = member.score(&features, &tokens);
            let Ok((a, b)) = scored.and_then(|s| Ok((s.intents.flatten_all()?.to_vec1()?, s.emergencies.flatten_all()?.to_vec1()?)))
            else {
                continue;
            };
            add(&mut intents, &a, member.weight);
            add(&mut emergencies, &softmax(&b), member.weight);
            share += member.weight;
        }
        let share = if share > 0.0 { share } else { 1.0 };
        intents.iter_mut().chain(&mut emergencies).for_each(|x| *x /= share);
        Raw { intents, emergencies }
    }

    fn emergency(&self, raw: &Raw) -> Option<Emergency> {
        let none = raw.emergencies.first().copied().unwrap_or(1.0);
        if raw.emergencies.iter().sum::<f32>() < 0.5 || 1.0 - none < self.model.manifest.emergency_threshold {
            return None;
        }
        let kinds = raw.emergencies.iter().skip(1);
        let best = kinds.enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        Emergency::ALL.get(best.0).copied()
    }
}

fn add(sum: &mut [f32], values: &[f32], weight: f32) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += weight * value;
    }
}

/// Scores to probabilities that add up to 1.
#[must_use]
pub fn softmax(scores: &[f32]) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = scores.iter().map(|score| (score - most).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

impl Understand for Nlu {
    fn understand(&self, utterance: &Utterance<'_>) -> Understanding {
        let prepared = prepare(utterance.text);
        let raw = self.raw(&prepared);
        let manifest = &self.model.manifest;
        let bare = bare_answer(&prepared);
        let scores: Vec<f32> = manifest
            .intents
            .iter()
            .zip(&raw.intents)
            .map(|(intent, score)| {
                let mut score = score / manifest.temperature;
                if let Some(expecting) = utterance.expecting {
                    score += shift(expecting, intent, prepared.len());
                }
                if bare == Some(intent.as_str()) { score + BARE } else { score }
            })
            .collect();
        let mut intents: Vec<Scored> = manifest
            .intents
            .iter()
            .zip(softmax(&scores))
            .map(|(intent, confidence)| Scored { intent: intent.clone(), confidence })
            .collect();
        intents.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        intents.truncate(TOP);
        Understanding {
            language: language(utterance.text),
            intents,
            slots: normalise::read(utterance.text, utterance.now),
            entities: Vec::new(),
            emergency: self.emergency(&raw),
        }
    }
}

/// Added to the score of yes or no when the whole utterance is that word: nothing learnt outweighs it.
const BARE: f32 = 12.0;
