//! Keys as tones within the sound, for lines that have no other way; speech must not press any.

use crate::{FRAME, Frame, RATE};

const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f32; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
const PAD: [&[u8; 4]; 4] = [b"123A", b"456B", b"789C", b"*0#D"];
/// How much of all the sound the two tones are at least, off their pitch as much as ITU-T Q.24 allows (1.5%); a voice
/// spreads over many more.
const SHARE: f32 = 0.6;
/// So many times as strong as the others of its group each tone is.
const CLEAR: f32 = 4.0;
/// One tone is at most so many times as strong as the other (8 dB).
const TWIST: f32 = 6.3;
/// Quieter than this is no tone (-36 dB).
const QUIET: f32 = 500.0 * 500.0;
/// Frames that must agree: 40 ms, as ITU-T Q.24 asks.
const STEADY: u32 = 2;

#[derive(Default)]
pub struct InBand {
    candidate: Option<char>,
    steady: u32,
}

impl InBand {
    /// The key, once, when its tones have lasted.
    pub fn hear(&mut self, frame: &Frame) -> Option<char> {
        let key = tones(frame);
        if key.is_some() && key == self.candidate {
            self.steady += 1;
        } else {
            (self.candidate, self.steady) = (key, 1);
        }
        key.filter(|_| self.steady == STEADY)
    }
}

fn tones(frame: &Frame) -> Option<char> {
    let whole: f32 = frame.iter().map(|s| f32::from(*s).powi(2)).sum::<f32>() / FRAME as f32;
    if whole < QUIET {
        return None;
    }
    let strongest = |tones: &[f32; 4]| {
        let powers = tones.map(|hertz| power(frame, hertz));
        let first = (0..4).max_by(|a, b| powers[*a].total_cmp(&powers[*b]))?;
        let clear = (0..4).all(|at| at == first || powers[at] * CLEAR < powers[first]);
        clear.then_some((first, powers[first]))
    };
    let ((row, low), (column, high)) = (strongest(&ROWS)?, strongest(&COLUMNS)?);
    let fine = low + high > SHARE * whole && low < TWIST * high && high < TWIST * low;
    fine.then(|| char::from(PAD[row][column]))
}

/// The mean power of the frame at one frequency (Goertzel's algorithm).
fn power(frame: &Frame, hertz: f32) -> f32 {
    let coefficient = 2.0 * (std::f32::consts::TAU * hertz / RATE as f32).cos();
    let (mut one, mut two) = (0.0_f32, 0.0_f32);
    for sample in frame {
        (one, two) = (f32::from(*sample) + coefficient * one - two, one);
    }
    2.0 * (one * one + two * two - coefficient * one * two) / (FRAME * FRAME) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(low: f32, high: f32, from: usize) -> Frame {
        std::array::from_fn(|n| {
            let at = std::f32::consts::TAU * (from + n) as f32 / RATE as f32;
            (4_000.0 * (at * low).sin() + 4_000.0 * (at * high).sin()) as i16
        })
    }

    #[test]
    fn every_key_is_heard_once_and_again_after_a_pause() {
        let mut ear = InBand::default();
        let mut heard = String::new();
        for low in ROWS {
            for high in COLUMNS {
                for press in 0..2 {
                    // An odd beginning, and 2% beside the nominal tone.
                    (0..4).for_each(|n| heard.extend(ear.hear(&pair(low * 1.012, high * 0.99, press * 37 + n * FRAME))));
                    (0..3).for_each(|_| heard.extend(ear.hear(&[0; FRAME])));
                }
            }
        }
        assert_eq!(heard, "112233AA445566BB778899CC**00##DD");
    }

    #[test]
    fn a_single_tone_a_chord_and_noise_press_nothing() {
        let mut ear = InBand::default();
        for n in 0..50 {
            assert_eq!(ear.hear(&pair(770.0, 770.0, n * FRAME)), None);
            // A voice's harmonics of 150 Hz.
            let voice: Frame = std::array::from_fn(|k| {
                let at = std::f32::consts::TAU * (n * FRAME + k) as f32 / RATE as f32;
                (1..12).map(|harmonic| 6_000.0 / harmonic as f32 * (at * 150.0 * harmonic as f32).sin()).sum::<f32>().clamp(-32_000.0, 32_000.0) as i16
            });
            assert_eq!(ear.hear(&voice), None);
        }
    }
}
