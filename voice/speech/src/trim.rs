//! A sentence without the silence around it, at a telephone's level.

use voice::RATE;

/// Quieter than this is silence, of full scale.
const QUIET: f32 = 0.004;
/// What stays on either side: 30 ms.
const STAYS: usize = RATE * 3 / 100;
/// The loudest sample, of full scale: -3 dB.
const PEAK: f32 = 0.7;

pub(crate) fn trimmed(samples: &[f32]) -> Vec<i16> {
    let full = f32::from(i16::MAX);
    let loud = |sample: &f32| sample.abs() > QUIET * full;
    let (Some(first), Some(last)) = (samples.iter().position(loud), samples.iter().rposition(loud)) else { return Vec::new() };
    let samples = &samples[first.saturating_sub(STAYS)..(last + STAYS).min(samples.len())];
    let peak = samples.iter().fold(1.0_f32, |peak, sample| peak.max(sample.abs()));
    let gain = (PEAK * full / peak).min(2.0);
    samples.iter().map(|sample| (sample * gain).clamp(-full, full) as i16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_goes_and_the_level_is_even() {
        let mut samples = vec![0.0; 4_000];
        samples.extend([20_000.0, -10_000.0].repeat(500));
        samples.extend(vec![10.0; 4_000]);
        let heard = trimmed(&samples);
        assert_eq!(heard.len(), 1_000 + 2 * STAYS - 1);
        assert_eq!(heard.iter().max(), Some(&22_936));
        assert!(trimmed(&[0.0; 100]).is_empty());
    }
}
