//! What is played where packets are missing: the last pitch period again, softer and softer.

use crate::{FRAME, Frame};

/// The periods of a voice, in samples: 400 Hz down to 57 Hz.
const SHORTEST: usize = 20;
const LONGEST: usize = 140;
/// Frames after which what is missing is silence: 60 ms.
const MOST: u32 = 3;

#[derive(Default)]
pub(crate) struct Concealment {
    /// The last sound that was real.
    past: Vec<i16>,
    /// Frames made up since.
    made: u32,
    /// Where in the period the last made-up frame ended.
    phase: usize,
}

impl Concealment {
    pub fn real(&mut self, frame: &Frame) {
        self.past.extend_from_slice(frame);
        let surplus = self.past.len().saturating_sub(2 * FRAME + LONGEST);
        self.past.drain(..surplus);
        (self.made, self.phase) = (0, 0);
    }

    /// A frame in place of one that is missing; `None` when nobody would believe it any more.
    pub fn made_up(&mut self) -> Option<Frame> {
        if self.made >= MOST || self.past.len() < 2 * LONGEST {
            return None;
        }
        let period = self.period();
        let last = &self.past[self.past.len() - period..];
        let mut frame = [0; FRAME];
        for (n, sample) in frame.iter_mut().enumerate() {
            let at = (self.phase + n) % period;
            let gone = f32::from(u16::try_from(self.made as usize * FRAME + n).unwrap_or(u16::MAX)) / (MOST as usize * FRAME) as f32;
            *sample = (f32::from(last[at]) * (1.0 - gone)) as i16;
        }
        self.phase = (self.phase + FRAME) % period;
        self.made += 1;
        Some(frame)
    }

    /// The shift at which the past looks most like itself.
    fn period(&self) -> usize {
        let (past, end) = (&self.past, self.past.len());
        let likeness = |lag: usize| -> f32 {
            let (mut product, mut energy) = (0.0_f32, 1.0_f32);
            for at in end - LONGEST..end {
                let (now, before) = (f32::from(past[at]), f32::from(past[at - lag]));
                product += now * before;
                energy += before * before;
            }
            product / energy.sqrt()
        };
        (SHORTEST..=LONGEST).max_by(|a, b| likeness(*a).total_cmp(&likeness(*b))).unwrap_or(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(from: usize) -> Frame {
        std::array::from_fn(|n| (8_000.0 * (std::f32::consts::TAU * 200.0 * (from + n) as f32 / 8_000.0).sin()) as i16)
    }

    #[test]
    fn a_missing_frame_goes_on_with_the_voice_and_fades() {
        let mut concealment = Concealment::default();
        (0..4).for_each(|n| concealment.real(&tone(n * FRAME)));
        let (made, real) = (concealment.made_up().expect("a frame"), tone(4 * FRAME));
        let error: f64 = made[..40].iter().zip(&real).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt();
        let power: f64 = real[..40].iter().map(|s| f64::from(*s).powi(2)).sum::<f64>().sqrt();
        assert!(error < 0.2 * power, "{error} of {power}");
        let level = |frame: &Frame| frame.iter().map(|s| i32::from(*s).abs()).sum::<i32>();
        let second = concealment.made_up().expect("a second");
        assert!(level(&second) < level(&made));
        assert!(concealment.made_up().is_some());
        assert!(concealment.made_up().is_none(), "after 60 ms there is silence");
        concealment.real(&tone(0));
        assert!(concealment.made_up().is_some());
    }

    #[test]
    fn nothing_is_made_of_nothing() {
        assert!(Concealment::default().made_up().is_none());
    }
}
