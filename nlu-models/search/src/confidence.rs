//! From scores to a sureness that means the same for every query.
//!
//! A logistic curve over the score and its distance to the next best entry (for the others: to the best). Fitted on
//! questions of three invented cities that the entries answer in other words, and on sentences that no entry answers: of
//! the best hits at 0.7, about seven in ten are right.

/// A curve of sureness.
pub(crate) struct Curve {
    base: f32,
    score: f32,
    /// For each point that the best entry is ahead of the second.
    ahead: f32,
    /// For each point that another entry is behind the best.
    behind: f32,
}

/// For scores from the words alone.
pub(crate) const WORDS: Curve = Curve { base: -2.83, score: 1.76, ahead: 5.86, behind: 3.62 };
/// For scores with the help of an encoder, which are higher.
pub(crate) const ENCODED: Curve = Curve { base: -2.34, score: 1.29, ahead: 3.78, behind: 2.34 };
/// Only an entry that is asked in just these words gets more.
const MOST: f32 = 0.99;

/// Sureness of each of `scores`, the best first.
pub(crate) fn confidences(curve: &Curve, scores: &[f32]) -> Vec<f32> {
    let best = scores.first().copied().unwrap_or(0.0);
    let second = scores.get(1).copied().unwrap_or(0.0);
    let sure = |(n, &score): (usize, &f32)| {
        let gap = if n == 0 { curve.ahead * (best - second) } else { curve.behind * (score - best) };
        (1.0 / (1.0 + (-(curve.base + curve.score * score + gap)).exp())).min(MOST)
    };
    scores.iter().enumerate().map(sure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_makes_sure_and_a_crowd_does_not() {
        let alone = confidences(&WORDS, &[1.6, 0.7]);
        let crowd = confidences(&WORDS, &[1.0, 0.98, 0.97]);
        assert!(alone[0] > 0.9 && alone[1] < 0.1, "{alone:?}");
        assert!((0.2..0.5).contains(&crowd[0]) && crowd[0] > crowd[1], "{crowd:?}");
        assert!(confidences(&WORDS, &[0.2])[0] < 0.3);
        assert!(confidences(&WORDS, &[]).is_empty());
    }
}
