//! Speech to text with whisper.cpp, for any model file of its format (ggml) that a city owns.

#![forbid(unsafe_code)]

mod file;

pub use file::{BadModel, Shape};

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};
use voice::{Ears, Heard, Hints, RATE, SpeechError, up};
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState};

/// Whisper hears 16 kHz.
const WIDE: usize = 16_000;
/// Samples of one position of the encoder: 20 ms.
const POSITION: usize = 320;
/// Positions beside those that the sound fills: without some silence the last word is lost.
const MARGIN: usize = 32;
/// An answer at a counter has no more tokens than this.
const TOKENS: i32 = 96;
/// Less than a fifth of a second is padded: the encoder wants something to look at.
const LEAST: usize = WIDE / 5;

pub struct Whisper {
    context: WhisperContext,
    shape: Shape,
    threads: i32,
    /// What an utterance is worked out in; large, so it is used again.
    states: Mutex<Vec<WhisperState>>,
}

impl Whisper {
    /// `threads` work on one utterance.
    pub fn load(path: &Path, threads: usize) -> Result<Self, BadModel> {
        // whisper.cpp ends the process over some files that it cannot read; those are refused before it sees them.
        let shape = file::check(path)?;
        whisper_rs::install_logging_hooks();
        let context = WhisperContext::new_with_params(path, WhisperContextParameters::default()).map_err(|error| BadModel::refused(path, &error))?;
        Ok(Self { context, shape, threads: i32::try_from(threads.max(1)).unwrap_or(1), states: Mutex::default() })
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// `sound`: 16 kHz, 1 is full scale.
    pub fn transcribe(&self, sound: &[f32], hints: &Hints) -> Result<Heard, SpeechError> {
        let failed = |error: whisper_rs::WhisperError| SpeechError(error.to_string());
        let mut sound = sound.to_vec();
        sound.resize(sound.len().max(LEAST), 0.0);
        let positions = (sound.len().div_ceil(POSITION) + MARGIN).min(self.shape.audio_positions);
        let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        params.set_n_threads(self.threads);
        params.set_language(Some("ja"));
        // The encoder works on so much as was said, not on the usual half minute.
        params.set_audio_ctx(i32::try_from(positions).unwrap_or(0));
        params.set_no_context(true);
        params.set_single_segment(true);
        params.set_no_timestamps(true);
        // An answer may be empty; and whisper.cpp ends the process here over a vocabulary without a blank.
        params.set_suppress_blank(false);
        params.set_suppress_nst(true);
        params.set_max_tokens(TOKENS);
        // One try: a caller waits.
        params.set_temperature_inc(0.0);
        params.set_print_special(false);
        params.set_print_progress(false);
        params.set_print_realtime(false);
        params.set_print_timestamps(false);
        let words = hints.words.join("、").replace('\0', "");
        if !words.is_empty() {
            params.set_initial_prompt(&words);
        }
        let kept = self.states.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut state = match kept {
            Some(state) => state,
            None => self.context.create_state().map_err(failed)?,
        };
        let done = state.full(params, &sound).map_err(failed);
        let heard = read(&state);
        self.states.lock().unwrap_or_else(PoisonError::into_inner).push(state);
        done.map(|()| heard)
    }
}

fn read(state: &WhisperState) -> Heard {
    let (mut text, mut sure, mut count) = (String::new(), 0.0, 0.0);
    for segment in state.as_iter() {
        text.push_str(&segment.to_str_lossy().unwrap_or_default());
        for token in (0..segment.n_tokens()).filter_map(|n| segment.get_token(n)) {
            sure += token.token_probability();
            count += 1.0;
        }
    }
    Heard { text: text.trim().to_owned(), confidence: if count > 0.0 { sure / count } else { 0.0 } }
}

impl Ears for Whisper {
    fn hear(&self, audio: &[i16], hints: &Hints) -> Result<Heard, SpeechError> {
        let sound: Vec<f32> = audio.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        self.transcribe(&up(&sound, WIDE / RATE), hints)
    }
}
