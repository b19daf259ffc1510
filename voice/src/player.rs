//! What is to be played, sentence by sentence; can be held, taken up again and thrown away.

use crate::{FRAME, Frame, RATE};
use std::{collections::VecDeque, sync::Arc};

/// Between sentences: 180 ms.
const GAP: usize = RATE * 18 / 100;
/// Who was interrupted this early in a sentence begins it again; later, goes back half a second.
const BEGIN_AGAIN: usize = 2 * RATE;

#[derive(Default)]
pub(crate) struct Player {
    queue: VecDeque<Arc<[i16]>>,
    at: usize,
    gap: usize,
    held: bool,
    batch: u64,
    /// The batch is complete: when the queue is empty, it has been said.
    complete: bool,
}

impl Player {
    /// A sentence of a batch. Those of a batch that was replaced come too late.
    pub fn add(&mut self, batch: u64, audio: Arc<[i16]>, last: bool) {
        if batch < self.batch {
            return;
        }
        if batch > self.batch {
            self.clear(batch);
        }
        self.queue.push_back(audio);
        self.complete = last;
    }

    pub fn clear(&mut self, batch: u64) {
        self.queue.clear();
        (self.at, self.gap, self.held, self.complete) = (0, 0, false, false);
        self.batch = self.batch.max(batch);
    }

    /// Throws the rest of what is being said away, and lets nothing of it follow. The talk, which numbers its answers, is at most
    /// one answer behind.
    pub fn stop(&mut self) {
        let more_to_come = self.batch > 0 && !self.complete;
        self.clear(self.batch + u64::from(more_to_come));
        self.complete = true;
    }

    pub fn sounding(&self) -> bool {
        !self.held && !self.queue.is_empty()
    }

    pub fn hold(&mut self) {
        self.held = true;
    }

    pub fn held(&self) -> bool {
        self.held
    }

    pub fn resume(&mut self) {
        if self.held {
            self.held = false;
            self.at = if self.at < BEGIN_AGAIN { 0 } else { self.at - RATE / 2 };
        }
    }

    /// The next 20 ms, if there is anything to play, and the batch that ended with it.
    pub fn step(&mut self) -> (Option<Frame>, Option<u64>) {
        if self.held {
            return (None, None);
        }
        let Some(first) = self.queue.front() else { return (None, None) };
        let mut frame = [0; FRAME];
        if self.gap > 0 {
            self.gap = self.gap.saturating_sub(FRAME);
            return (Some(frame), None);
        }
        let rest = first.get(self.at..).unwrap_or_default();
        for (to, from) in frame.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += FRAME;
        if self.at < first.len() {
            return (Some(frame), None);
        }
        self.queue.pop_front();
        (self.at, self.gap) = (0, GAP);
        let said = (self.queue.is_empty() && self.complete).then_some(self.batch);
        (Some(frame), said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(value: i16, frames: usize) -> Arc<[i16]> {
        vec![value; frames * FRAME].into()
    }

    fn play(player: &mut Player, steps: usize) -> (Vec<i16>, Vec<u64>) {
        let mut said = Vec::new();
        let heard = (0..steps).map(|_| {
            let (frame, ended) = player.step();
            said.extend(ended);
            frame.map_or(0, |frame| frame[0])
        });
        (heard.collect(), said)
    }

    #[test]
    fn sentences_follow_each_other_and_the_end_is_told_once() {
        let mut player = Player::default();
        player.add(1, sentence(5, 3), false);
        assert_eq!(play(&mut player, 5), (vec![5, 5, 5, 0, 0], vec![]), "the second sentence is not there yet");
        player.add(1, sentence(6, 2), true);
        let (heard, said) = play(&mut player, 14);
        assert_eq!((heard.iter().filter(|s| **s == 6).count(), said), (2, vec![1]));
    }

    #[test]
    fn what_was_held_begins_its_sentence_again() {
        let mut player = Player::default();
        player.add(1, sentence(5, 10), true);
        play(&mut player, 4);
        player.hold();
        assert_eq!(play(&mut player, 3).0, [0, 0, 0]);
        player.resume();
        assert_eq!(play(&mut player, 11), (vec![5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0], vec![1]));
        let mut player = Player::default();
        player.add(1, sentence(5, 300), true);
        play(&mut player, 200);
        player.hold();
        player.resume();
        assert_eq!(play(&mut player, 400).0.iter().filter(|s| **s == 5).count(), 100 + 25, "half a second again");
    }

    #[test]
    fn a_replaced_batch_is_silent_even_where_its_sentences_are_still_being_made() {
        let mut player = Player::default();
        player.add(1, sentence(5, 10), false);
        play(&mut player, 2);
        player.stop();
        // Every key of a number stops; the next answer is still the next.
        (0..10).for_each(|_| player.stop());
        player.add(1, sentence(6, 10), true);
        assert_eq!(play(&mut player, 5), (vec![0; 5], vec![]));
        player.add(2, sentence(7, 1), true);
        assert_eq!(play(&mut player, 1), (vec![7], vec![2]));
    }
}
