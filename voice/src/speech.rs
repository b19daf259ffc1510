/// Hearing or speaking failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SpeechError(pub String);

/// What helps hearing.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// Words that are likely: the city's names, the choices that were offered.
    pub words: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// Empty: nothing was said.
    pub text: String,
    /// 0 to 1.
    pub confidence: f32,
}

/// Speech to text. Takes its time: called on threads that may wait.
pub trait Ears: Send + Sync {
    /// `audio`: linear samples at 8 kHz.
    fn hear(&self, audio: &[i16], hints: &Hints) -> Result<Heard, SpeechError>;
}

/// Text to speech. Takes its time: called on threads that may wait.
pub trait Mouth: Send + Sync {
    /// Linear samples at 8 kHz; `speed` 1 is as usual, less is slower.
    fn speak(&self, sentence: &str, speed: f32) -> Result<Vec<i16>, SpeechError>;
}
