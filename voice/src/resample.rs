//! Between the telephone's 8 kHz and a whole multiple of it.

use std::f32::consts::PI;

/// Half the length of the filter, in samples at the lower rate.
const REACH: usize = 12;
/// Where the filter cuts, of half the lower rate: 3.6 kHz.
const CUT: f32 = 0.9;

/// From `factor` times the rate down.
pub fn down(samples: &[f32], factor: usize) -> Vec<f32> {
    let taps = taps(factor);
    let middle = taps.len() / 2;
    (0..samples.len().div_ceil(factor))
        .map(|n| {
            let centre = n * factor;
            let from = centre.saturating_sub(middle);
            let to = (centre + middle + 1).min(samples.len());
            let first = from + middle - centre;
            samples[from..to].iter().zip(&taps[first..]).map(|(sample, tap)| sample * tap).sum::<f32>() / factor as f32
        })
        .collect()
}

/// To `factor` times the rate.
pub fn up(samples: &[f32], factor: usize) -> Vec<f32> {
    let taps = taps(factor);
    let middle = taps.len() / 2;
    (0..samples.len() * factor)
        .map(|n| {
            // The samples whose place lies within the filter's reach.
            let from = n.saturating_sub(middle).div_ceil(factor);
            let to = ((n + middle) / factor + 1).min(samples.len());
            (from..to).map(|at| samples[at] * taps[n + middle - at * factor]).sum()
        })
        .collect()
}

/// A windowed sinc at the higher rate; its taps sum up to `factor`.
fn taps(factor: usize) -> Vec<f32> {
    let middle = REACH * factor;
    let taps: Vec<f32> = (0..=2 * middle)
        .map(|n| {
            let x = (n as f32 - middle as f32) / factor as f32;
            let sinc = if x == 0.0 { CUT } else { (PI * CUT * x).sin() / (PI * x) };
            let at = n as f32 / (2 * middle) as f32;
            sinc * (0.42 - 0.5 * (2.0 * PI * at).cos() + 0.08 * (4.0 * PI * at).cos())
        })
        .collect();
    let sum: f32 = taps.iter().sum();
    taps.into_iter().map(|tap| tap * factor as f32 / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f32, rate: usize, count: usize) -> Vec<f32> {
        (0..count).map(|n| (2.0 * PI * hertz * n as f32 / rate as f32).sin()).collect()
    }

    fn level(samples: &[f32]) -> f32 {
        let inner = &samples[100..samples.len() - 100];
        (inner.iter().map(|s| s * s).sum::<f32>() / inner.len() as f32).sqrt()
    }

    #[test]
    fn voices_pass_and_what_would_fold_over_does_not() {
        for hertz in [300.0, 1_000.0, 3_000.0] {
            let low = down(&tone(hertz, 48_000, 24_000), 6);
            assert_eq!(low.len(), 4_000);
            assert!((level(&low) - 0.707).abs() < 0.02, "{hertz}");
            let high = up(&tone(hertz, 8_000, 4_000), 2);
            assert!(high.len() == 8_000 && (level(&high) - 0.707).abs() < 0.02, "{hertz}");
            let expected = tone(hertz, 16_000, 8_000);
            let error: Vec<f32> = high.iter().zip(&expected).map(|(a, b)| a - b).collect();
            assert!(level(&error) < 0.02, "{hertz}: in step with what it was made of");
        }
        for hertz in [5_000.0, 9_000.0, 20_000.0] {
            assert!(level(&down(&tone(hertz, 48_000, 24_000), 6)) < 0.01, "{hertz}");
        }
        assert!(down(&[], 6).is_empty() && up(&[], 2).is_empty());
    }
}
