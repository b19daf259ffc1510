//! Text to Japanese speech: words and accents by jpreprocess, sound by jbonsai. Pure Rust; one voice.
//!
//! The folder that [`Voice::load`] wants is made by `.ci/speech`: the dictionary from Debian's `open-jtalk` source package,
//! the voice from jbonsai's package.

#![forbid(unsafe_code)]

mod spoken;
mod trim;

pub use spoken::spoken;

use jbonsai::Engine;
use jpreprocess::{DefaultTokenizer, JPreprocess, SystemDictionaryConfig};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};
use voice::{Mouth, SpeechError, down};

pub const DICTIONARY: &str = "dictionary";
pub const VOICE: &str = "voice.htsvoice";
/// The voice's rate is this many times the telephone's.
const RATE: usize = 48_000;
/// Slower and faster than these nobody understands.
const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=2.0;
/// A sentence longer than this is cut: it would be spoken for minutes.
const LONGEST: usize = 400;

#[derive(Debug, thiserror::Error)]
pub enum NoVoice {
    #[error("{0} is missing; `make speech` makes it")]
    Missing(PathBuf),
    #[error("{0} cannot be read: {1}")]
    Broken(PathBuf, String),
}

pub struct Voice {
    reader: JPreprocess<DefaultTokenizer>,
    engine: Engine,
}

impl Voice {
    pub fn load(folder: &Path) -> Result<Self, NoVoice> {
        let (dictionary, voice) = (folder.join(DICTIONARY), folder.join(VOICE));
        for path in [&dictionary, &voice] {
            if !path.exists() {
                return Err(NoVoice::Missing(path.clone()));
            }
        }
        let broken = |path: &PathBuf| {
            let path = path.clone();
            move |error: String| NoVoice::Broken(path, error)
        };
        let words = SystemDictionaryConfig::File(dictionary.clone()).load().map_err(|error| error.to_string()).map_err(broken(&dictionary))?;
        let engine = Engine::load([&voice]).map_err(|error| error.to_string()).map_err(broken(&voice))?;
        if engine.condition.get_sampling_frequency() != RATE {
            return Err(broken(&voice)(format!("its rate is {}, not {RATE}", engine.condition.get_sampling_frequency())));
        }
        Ok(Self { reader: JPreprocess::with_dictionaries(words, None), engine })
    }

    fn say(&self, text: &str, speed: f32) -> Result<Vec<i16>, SpeechError> {
        let labels = self.reader.extract_fullcontext(text).map_err(|error| SpeechError(error.to_string()))?;
        if labels.is_empty() {
            return Ok(Vec::new());
        }
        let mut engine = self.engine.clone();
        engine.condition.set_speed(f64::from(speed.clamp(*SPEEDS.start(), *SPEEDS.end())));
        let sound = engine.synthesize(labels).map_err(|error| SpeechError(error.to_string()))?;
        let sound: Vec<f32> = sound.into_iter().map(|sample| sample as f32).collect();
        Ok(trim::trimmed(&down(&sound, RATE / voice::RATE)))
    }
}

impl Mouth for Voice {
    fn speak(&self, sentence: &str, speed: f32) -> Result<Vec<i16>, SpeechError> {
        let text: String = spoken(sentence).chars().take(LONGEST).collect();
        if !text.chars().any(char::is_alphanumeric) {
            return Ok(Vec::new());
        }
        // A text that breaks the reader costs its sentence, not the call.
        catch_unwind(AssertUnwindSafe(|| self.say(&text, speed))).unwrap_or_else(|_| Err(SpeechError("the speech synthesis broke".to_owned())))
    }
}
