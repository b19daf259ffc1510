//! What is heard while one waits: a quiet round of four chords, our own, made once.

use crate::RATE;
use std::{
    f32::consts::TAU,
    sync::{Arc, LazyLock},
};

/// Seconds of one note.
const NOTE: f32 = 0.4;
/// Of full scale: music must not drown a word.
const LEVEL: f32 = 0.09;
/// Broken chords, in hertz: D, G, E minor, A.
const CHORDS: [[f32; 4]; 4] = [[293.66, 369.99, 440.0, 587.33], [392.0, 493.88, 587.33, 783.99], [329.63, 392.0, 493.88, 659.26], [440.0, 554.37, 659.26, 880.0]];
/// The order of a chord's notes.
const FIGURE: [usize; 8] = [0, 2, 1, 2, 3, 2, 1, 2];

static ROUND: LazyLock<Arc<[i16]>> = LazyLock::new(|| {
    let length = (NOTE * RATE as f32) as usize;
    let notes = CHORDS.iter().flat_map(|chord| FIGURE.iter().filter_map(|n| chord.get(*n)));
    let sound = notes.flat_map(|pitch| {
        (0..length).map(move |n| {
            let at = n as f32 / RATE as f32;
            // Struck, and dying away; nothing clicks at either end.
            let envelope = (at * 60.0).min(1.0) * (-at * 5.0).exp() * ((NOTE - at) * 40.0).min(1.0);
            let tone = (TAU * pitch * at).sin() + 0.3 * (TAU * 2.0 * pitch * at).sin();
            (tone * envelope * LEVEL * f32::from(i16::MAX)) as i16
        })
    });
    sound.collect()
});

/// One round, some 13 s.
pub(crate) fn round() -> Arc<[i16]> {
    ROUND.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_soft_and_long_enough_to_say_something_between_two() {
        let sound = round();
        assert!((10 * RATE..20 * RATE).contains(&sound.len()));
        let peak = sound.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
        assert!((1_000..6_000).contains(&peak), "{peak}");
    }
}
