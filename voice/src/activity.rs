use crate::Frame;
use webrtc_vad::{SampleRate, Vad, VadMode};

/// Quieter than this is nobody: the line's own hiss (about -60 dB of full scale).
const FLOOR: f32 = 33.0;
/// What comes back of our own voice is no caller (18 dB below it; lines suppress more).
const ECHO: f32 = 0.12;

/// Tells voice from the rest of what is heard. WebRTC's detector works at 8 kHz as it comes; it lives on one thread.
pub struct Activity {
    detector: Vad,
    /// How loud we have been of late.
    ours: f32,
}

impl Default for Activity {
    fn default() -> Self {
        Self { detector: Vad::new_with_rate_and_mode(SampleRate::Rate8kHz, VadMode::Aggressive), ours: 0.0 }
    }
}

impl Activity {
    /// What we play, so that its echo is known.
    pub fn played(&mut self, frame: &Frame) {
        self.ours = loudness(frame).max(self.ours * 0.9);
    }

    pub fn voiced(&mut self, frame: &Frame) -> bool {
        // The detector learns the noise from every frame, so it hears every one.
        let voice = self.detector.is_voice_segment(frame).unwrap_or(false);
        voice && loudness(frame) > FLOOR.max(ECHO * self.ours)
    }
}

pub(crate) fn loudness(frame: &Frame) -> f32 {
    (frame.iter().map(|s| f32::from(*s).powi(2)).sum::<f32>() / frame.len() as f32).sqrt()
}
