//! Puts packets in order and in step.

use crate::{FRAME, Frame, concealment::Concealment};
use std::collections::BTreeMap;

/// Samples that wait before the first is played: 40 ms.
const TARGET: usize = 2 * FRAME;
/// After each time that the sound ran dry, one frame more waits, up to this many samples.
const MOST_TARGET: usize = 5 * FRAME;
/// More than this waiting is no jitter but delay: the oldest goes.
const TOO_LATE: usize = 10 * FRAME;
/// A jump of sequence numbers by more than this is another stream.
const ANOTHER: i64 = 500;
/// One packet holds no more than this: 200 ms.
const LARGEST: usize = 10 * FRAME;

pub struct Jitter {
    /// Packets that have come, by their number without wrap-around.
    waiting: BTreeMap<i64, Vec<i16>>,
    /// The number of the next that is to be played.
    next: Option<i64>,
    ready: Vec<i16>,
    target: usize,
    playing: bool,
    concealment: Concealment,
    /// Packets that never came in time.
    pub lost: u64,
}

impl Default for Jitter {
    fn default() -> Self {
        Self { waiting: BTreeMap::new(), next: None, ready: Vec::new(), target: TARGET, playing: false, concealment: Concealment::default(), lost: 0 }
    }
}

impl Jitter {
    pub fn push(&mut self, sequence: u16, samples: Vec<i16>) {
        if samples.is_empty() || samples.len() > LARGEST {
            return;
        }
        let number = match self.next {
            None => i64::from(sequence),
            Some(next) => {
                // The nearest number that ends like this.
                let nearest = next + i64::from(sequence.wrapping_sub(next.rem_euclid(65_536) as u16) as i16);
                if (nearest - next).abs() > ANOTHER {
                    self.begin_again();
                    i64::from(sequence)
                } else {
                    nearest
                }
            }
        };
        let next = *self.next.get_or_insert(number);
        if number < next {
            // Before anything was played, an earlier packet is only out of order.
            if self.playing || !self.ready.is_empty() {
                return;
            }
            self.next = Some(number);
        }
        self.waiting.entry(number).or_insert(samples);
        let waiting: usize = self.waiting.values().map(Vec::len).sum::<usize>() + self.ready.len();
        if waiting > TOO_LATE {
            self.move_on();
            let surplus = self.ready.len().saturating_sub(self.target);
            self.ready.drain(..surplus);
        }
    }

    /// The next 20 ms; `None` while nothing comes.
    pub fn pop(&mut self) -> Option<Frame> {
        if !self.playing {
            let waiting: usize = self.waiting.values().map(Vec::len).sum();
            if waiting + self.ready.len() < self.target {
                return None;
            }
            self.playing = true;
        }
        self.in_order();
        if self.ready.len() < FRAME && !self.waiting.is_empty() {
            // Later ones are here: what is missing will not come in time.
            if let Some(frame) = self.conceal_gap() {
                return Some(frame);
            }
        }
        if self.ready.len() >= FRAME {
            let mut frame = [0; FRAME];
            for (to, from) in frame.iter_mut().zip(self.ready.drain(..FRAME)) {
                *to = from;
            }
            self.concealment.real(&frame);
            return Some(frame);
        }
        let made = self.concealment.made_up();
        if made.is_none() {
            // Dry: the sound waits a little longer from now on.
            self.playing = false;
            self.target = (self.target + FRAME).min(MOST_TARGET);
        }
        made
    }

    fn in_order(&mut self) {
        while let Some(next) = self.next
            && let Some(samples) = self.waiting.remove(&next)
        {
            self.ready.extend(samples);
            self.next = Some(next + 1);
        }
    }

    /// One packet's worth in place of a missing one; the rest of a gap that is too long is passed over.
    fn conceal_gap(&mut self) -> Option<Frame> {
        let next = self.next?;
        let (first, _) = self.waiting.first_key_value()?;
        self.lost += 1;
        self.next = Some(next + 1);
        let made = self.concealment.made_up();
        if made.is_none() {
            self.lost += u64::try_from(first - next - 1).unwrap_or(0);
            self.move_on();
        }
        made
    }

    fn move_on(&mut self) {
        while let Some((first, _)) = self.waiting.first_key_value() {
            self.next = Some(*first);
            self.in_order();
        }
    }

    fn begin_again(&mut self) {
        self.waiting.clear();
        self.ready.clear();
        self.next = None;
        self.playing = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(n: i16) -> Vec<i16> {
        vec![n; FRAME]
    }

    fn all(jitter: &mut Jitter) -> Vec<i16> {
        std::iter::from_fn(|| jitter.pop()).map(|frame| frame[0]).collect()
    }

    #[test]
    fn packets_out_of_order_twice_and_over_the_wrap_are_played_in_order_once() {
        let mut jitter = Jitter::default();
        for sequence in [65_534_u16, 0, 65_535, 65_535, 1, 3, 2, 65_534] {
            jitter.push(sequence, packet(sequence as i16 + 2));
        }
        assert_eq!(all(&mut jitter)[..6], [0, 1, 2, 3, 4, 5]);
        assert_eq!(jitter.lost, 0);
    }

    #[test]
    fn a_lost_packet_costs_its_own_20_ms_and_no_more() {
        let mut jitter = Jitter::default();
        for sequence in [10, 11, 12, 13, 15, 16] {
            jitter.push(sequence, packet(sequence as i16 * 100));
        }
        let heard: Vec<i16> = (0..7).map(|_| jitter.pop().expect("sound")[0]).collect();
        assert_eq!((&heard[..4], &heard[5..]), (&[1_000, 1_100, 1_200, 1_300][..], &[1_500, 1_600][..]));
        assert_ne!(heard[4], 0, "the gap is not silent");
        assert_eq!(jitter.lost, 1);
    }

    #[test]
    fn a_long_gap_is_passed_over_and_a_new_stream_is_taken_up() {
        let mut jitter = Jitter::default();
        (0..4).for_each(|n| jitter.push(n, packet(7)));
        (200..206).for_each(|n| jitter.push(n, packet(n as i16)));
        let heard: Vec<i16> = (0..20).filter_map(|_| jitter.pop()).map(|frame| frame[0]).collect();
        assert!(heard.windows(6).any(|six| six == [200, 201, 202, 203, 204, 205]), "{heard:?}");
        (30_000..30_004).for_each(|n| jitter.push(n, packet(n as i16)));
        assert!(all(&mut jitter).starts_with(&[30_000, 30_001, 30_002, 30_003]));
    }

    #[test]
    fn packets_of_any_length_are_cut_into_frames_and_delay_does_not_grow() {
        let mut jitter = Jitter::default();
        (0..8).for_each(|n| jitter.push(n, vec![n as i16; 80]));
        assert_eq!(all(&mut jitter)[..4], [0, 2, 4, 6]);
        let mut jitter = Jitter::default();
        (0..200).for_each(|n| jitter.push(n, packet(n as i16)));
        assert!(jitter.pop().expect("sound")[0] >= 185, "only the last moments are kept");
        // Nonsense is no sound.
        jitter.push(201, Vec::new());
        jitter.push(202, vec![0; 100_000]);
    }
}
