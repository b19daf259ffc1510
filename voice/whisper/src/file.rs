//! A look at a model file before whisper.cpp trusts it.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

const MAGIC: u32 = 0x6767_6d6c;
/// The special tokens have fixed numbers: a smaller vocabulary has none.
const LEAST_WORDS: u32 = 51_864;
/// F16, or one of the quantised kinds; whisper.cpp breaks over F32.
const KINDS: [u32; 9] = [1, 2, 3, 7, 8, 10, 11, 12, 14];
/// Versions of quantisation are counted in thousands beside the kind.
const VERSIONS: u32 = 1_000;

#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct BadModel {
    path: PathBuf,
    problem: String,
}

impl BadModel {
    pub(crate) fn refused(path: &Path, problem: &dyn std::fmt::Display) -> Self {
        Self { path: path.to_owned(), problem: problem.to_string() }
    }
}

/// How large a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub words: u32,
    /// Positions of 20 ms that the encoder knows.
    pub audio_positions: usize,
    pub width: u32,
    pub encoder_layers: u32,
    pub decoder_layers: u32,
}

pub(crate) fn check(path: &Path) -> Result<Shape, BadModel> {
    let refused = |problem: String| BadModel { path: path.to_owned(), problem };
    let mut bytes = [0_u8; 48];
    let mut file = File::open(path).map_err(|error| refused(error.to_string()))?;
    file.read_exact(&mut bytes).map_err(|_| refused("is no speech model: too short".to_owned()))?;
    let length = file.metadata().map_err(|error| refused(error.to_string()))?.len();
    let mut words = [0_u32; 12];
    for (word, four) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = four.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte));
    }
    let [magic, vocabulary, audio_positions, audio_width, audio_heads, audio_layers, text_positions, text_width, text_heads, text_layers, mels, kind] = words;
    let problem = if magic != MAGIC {
        "is no model of whisper.cpp (ggml)".to_owned()
    } else if vocabulary < LEAST_WORDS {
        format!("knows {vocabulary} tokens; at least {LEAST_WORDS} are needed")
    } else if audio_width != text_width || [audio_heads, text_heads].iter().any(|heads| *heads == 0 || audio_width % heads != 0) {
        format!("its widths and heads do not fit ({audio_width}/{audio_heads}, {text_width}/{text_heads})")
    } else if !KINDS.contains(&(kind % VERSIONS)) {
        format!("its numbers are of kind {kind}; F16 or a quantised kind is needed")
    } else if [audio_positions, audio_layers, text_positions, text_layers, mels].contains(&0) {
        "a part of it is empty".to_owned()
    } else {
        // Every word has a vector, of four bits a number at least.
        let least = u64::from(vocabulary) * u64::from(text_width) / 2;
        if length >= least {
            return Ok(Shape { words: vocabulary, audio_positions: audio_positions as usize, width: audio_width, encoder_layers: audio_layers, decoder_layers: text_layers });
        }
        format!("is cut off: {length} bytes, and its words alone take {least}")
    };
    Err(refused(problem))
}
