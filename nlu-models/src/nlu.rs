//! [`Nlu`]: one utterance in, what it means out.

use crate::{
    error::NluError,
    expecting::{bare_answer, shift},
    language::language,
    manifest::{Manifest, urgency},
    ngrams::ngrams,
    member::Seen,
    memory::Memory,
    prepare::{MAX_CHARS, prepare},
    weights::{self, Files, MANIFEST, Model, View, WEIGHTS},
};
use search::Encode;
use model::{Emergency, Recall, Scored, Understand, Understanding, Utterance};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

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
    /// Reads the two weight files of a folder, and the encoder that they name, if they do.
    pub fn load(dir: &Path) -> Result<Self, NluError> {
        let manifest = weights::read(dir, MANIFEST)?;
        let weights = weights::read(dir, WEIGHTS)?;
        let files = Files { folder: dir.to_owned(), weights: &weights, manifest: &manifest };
        Ok(Nlu { model: Model::parse(&files)? })
    }

    /// The weights that this crate was built with: no file is needed.
    pub fn embedded() -> Result<Self, NluError> {
        let files = Files {
            folder: PathBuf::from("(built in)"),
            weights: include_bytes!("../weights/model.safetensors"),
            manifest: include_bytes!("../weights/manifest.json"),
        };
        Ok(Nlu { model: Model::parse(&files)? })
    }

    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.model.manifest
    }

    /// The averaged scores of the networks for a text and its prepared form.
    #[must_use]
    pub fn raw(&self, text: &str, prepared: &[char]) -> Raw {
        let manifest = &self.model.manifest;
        let seen = self.see(text, prepared);
        let mut intents = vec![0.0; manifest.intents.len()];
        let mut emergencies = vec![0.0; manifest.emergencies.len()];
        let (mut share, mut alarm_share) = (0.0, 0.0);
        for member in &self.model.members {
            // The shapes were checked at loading; should a network fail all the same, the others answer.
            let scored = member.score(&seen);
            let Ok((a, b)) = scored.and_then(|s| Ok((s.intents.flatten_all()?.to_vec1()?, s.emergencies.flatten_all()?.to_vec1()?)))
            else {
                continue;
            };
            add(&mut intents, &a, member.weight);
            add(&mut emergencies, &softmax(&b), member.alarm_weight);
            share += member.weight;
            alarm_share += member.alarm_weight;
        }
        intents.iter_mut().for_each(|x| *x /= if share > 0.0 { share } else { 1.0 });
        emergencies.iter_mut().for_each(|x| *x /= if alarm_share > 0.0 { alarm_share } else { 1.0 });
        let outside = manifest.intents.iter().position(|intent| intent == "out_of_scope");
        if let Some(score) = outside.and_then(|at| intents.get_mut(at)) {
            *score += manifest.outside_bonus;
        }
        Raw { intents, emergencies }
    }

    /// What the networks make of a text before they judge it, as one vector of length one: texts of like meaning point the
    /// same way. All zero for a text that they know nothing of.
    #[must_use]
    pub fn vector(&self, text: &str) -> Vec<f32> {
        let seen = self.see(text, &prepare(text));
        let mut vector = Vec::new();
        for member in self.model.members.iter().filter(|member| member.weight > 0.0) {
            vector.extend(member.view(&seen).unwrap_or_default());
        }
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length > 0.0 {
            vector.iter_mut().for_each(|x| *x /= length);
        }
        vector
    }

    fn see(&self, text: &str, prepared: &[char]) -> Seen {
        match &self.model.view {
            View::Grams(vocabulary) => Seen::Grams(vocabulary.features(ngrams(prepared))),
            View::Encoder(encoder) => {
                let cut: String = text.chars().take(MAX_CHARS).collect();
                // It answered when it was loaded; should a text of all texts break it, the networks see nothing in it.
                Seen::Vector(encoder.query(&cut).unwrap_or_else(|_| vec![0.0; encoder.width()]))
            }
        }
    }

    /// The emergency that the networks are sure of.
    #[must_use]
    pub fn emergency(&self, raw: &Raw) -> Option<Emergency> {
        let manifest = &self.model.manifest;
        if raw.urgency(manifest) < manifest.emergency_threshold {
            return None;
        }
        let best = raw.emergencies.iter().skip(1).enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        Emergency::ALL.get(best.0).copied()
    }
}

impl Raw {
    /// Probability that this is some emergency; 0 when no network answered.
    #[must_use]
    pub fn alarm(&self) -> f32 {
        self.emergencies.iter().skip(1).sum()
    }

    /// The alarm, weighed against how sure the intent is.
    #[must_use]
    pub fn urgency(&self, manifest: &Manifest) -> f32 {
        let (intent, confidence) = self.likeliest(manifest);
        urgency(self.alarm(), intent, confidence)
    }

    /// The likeliest intent and its probability.
    #[must_use]
    pub fn likeliest<'a>(&self, manifest: &'a Manifest) -> (&'a str, f32) {
        let scaled: Vec<f32> = self.intents.iter().map(|score| score / manifest.temperature).collect();
        let best = manifest.intents.iter().zip(softmax(&scaled)).max_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or(("", 0.0), |(intent, confidence)| (intent, confidence))
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
        let raw = self.raw(utterance.text, &prepared);
        let manifest = &self.model.manifest;
        let bare = bare_answer(&prepared);
        let own = utterance.own.and_then(|own| own.recall(utterance.text)).filter(|hit| hit.confidence > OWN);
        let mut names: Vec<&str> = manifest.intents.iter().map(String::as_str).collect();
        let mut scores: Vec<f32> = manifest
            .intents
            .iter()
            .zip(&raw.intents)
            .map(|(intent, score)| {
                let mut score = score / manifest.temperature;
                if let Some(expecting) = utterance.expecting {
                    score += shift(expecting, intent, prepared.len());
                }
                if let Some(hit) = own.as_ref().filter(|hit| hit.intent == *intent) {
                    score += BARE * (hit.confidence - OWN) / (1.0 - OWN);
                }
                if bare == Some(intent.as_str()) { score + BARE } else { score }
            })
            .collect();
        // What only this city knows competes with the likeliest of what all know.
        if let Some(hit) = own.as_ref().filter(|hit| !names.contains(&hit.intent.as_str())) {
            let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            scores.push(best + BARE * (hit.confidence - OWN) / (1.0 - OWN));
            names.push(&hit.intent);
        }
        let mut intents: Vec<Scored> = names
            .iter()
            .zip(softmax(&scores))
            .map(|(intent, confidence)| Scored { intent: (*intent).to_owned(), confidence })
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

    fn remember(&self, sentences: &[(String, String)]) -> Arc<dyn Recall> {
        Arc::new(Memory::new(sentences, |gram| match &self.model.view {
            View::Grams(vocabulary) => vocabulary.weight(gram),
            View::Encoder(_) => Some(1.0),
        }))
    }
}

impl Encode for Nlu {
    fn query(&self, text: &str) -> Option<Vec<f32>> {
        Some(self.vector(text))
    }

    fn passage(&self, question: &str, _answer: &str) -> Option<Vec<f32>> {
        Some(self.vector(question))
    }
}

/// A city's own sentence counts from this likeness on; the very same one outweighs everything learnt.
const OWN: f32 = 0.5;
/// Added to the score of yes or no when the whole utterance is that word: nothing learnt outweighs it.
const BARE: f32 = 12.0;
