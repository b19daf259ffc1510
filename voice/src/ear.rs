//! From frames with and without voice to utterances: where one begins, where it may end, where it does.

use crate::Frame;
use std::collections::VecDeque;

/// Somebody speaks when so many of the last frames have voice: 80 of 100 ms.
const ONSET: usize = 4;
const WINDOW: usize = 5;
/// What is kept from before the onset: 300 ms.
const BEFORE: usize = 15;
/// After so long a silence the words are looked at: 200 ms. Recognition then runs while we still wait.
const PAUSE: u32 = 10;
/// Who must judge the pause and does not is waited for this long: 2 s.
const UNJUDGED: u32 = 100;
/// Fewer frames with voice than this were a cough: 120 ms.
const LEAST: u32 = 6;
/// Nobody speaks longer than this without a pause: 30 s.
const LONGEST: usize = 1_500;

#[derive(Debug, PartialEq)]
pub(crate) enum Sound {
    Began,
    /// A pause that may be the end; everything said so far.
    Paused { take: u32, audio: Vec<i16> },
    /// It was not the end.
    Resumed { take: u32 },
    Ended { take: u32 },
    /// What began was no speech.
    Noise,
}

#[derive(Default)]
pub(crate) struct Ear {
    state: State,
    recent: VecDeque<bool>,
    before: VecDeque<Frame>,
    speech: Vec<i16>,
    voiced: u32,
    quiet: u32,
    take: u32,
    /// How long a pause is waited out, once that has been judged.
    patience: Option<u32>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum State {
    #[default]
    Idle,
    Speaking,
    Paused,
}

impl Ear {
    pub fn speaking(&self) -> bool {
        self.state != State::Idle
    }

    /// How long the pause of this take is waited out, in steps since the voice ended.
    pub fn wait(&mut self, take: u32, steps: u32) {
        if take == self.take && self.state == State::Paused {
            self.patience = Some(steps);
        }
    }

    /// What is being said no longer matters.
    pub fn forget(&mut self) {
        self.take += 1;
        self.state = State::Idle;
        self.recent.clear();
        self.speech.clear();
    }

    pub fn hear(&mut self, frame: &Frame, voiced: bool) -> Option<Sound> {
        self.recent.push_back(voiced);
        if self.recent.len() > WINDOW {
            self.recent.pop_front();
        }
        match self.state {
            State::Idle => self.idle(frame),
            State::Speaking => {
                self.speech.extend_from_slice(frame);
                self.count(voiced);
                if self.speech.len() / frame.len() >= LONGEST {
                    // Heard to here, and no further.
                    self.patience = Some(0);
                    self.state = State::Paused;
                    return Some(Sound::Paused { take: self.take, audio: self.speech.clone() });
                }
                if self.quiet < PAUSE {
                    return None;
                }
                if self.voiced < LEAST {
                    self.forget();
                    return Some(Sound::Noise);
                }
                self.take += 1;
                self.patience = None;
                self.state = State::Paused;
                Some(Sound::Paused { take: self.take, audio: self.speech.clone() })
            }
            State::Paused => {
                self.speech.extend_from_slice(frame);
                self.count(voiced);
                let take = self.take;
                if self.patience != Some(0) && self.recent.iter().filter(|voice| **voice).count() >= ONSET {
                    self.state = State::Speaking;
                    return Some(Sound::Resumed { take });
                }
                if self.quiet < self.patience.unwrap_or(UNJUDGED) {
                    return None;
                }
                self.state = State::Idle;
                self.recent.clear();
                self.speech.clear();
                Some(Sound::Ended { take })
            }
        }
    }

    fn idle(&mut self, frame: &Frame) -> Option<Sound> {
        self.before.push_back(*frame);
        if self.before.len() > BEFORE {
            self.before.pop_front();
        }
        let voiced = self.recent.iter().filter(|voice| **voice).count();
        if voiced < ONSET {
            return None;
        }
        self.speech.clear();
        self.speech.extend(self.before.drain(..).flatten());
        self.state = State::Speaking;
        self.take += 1;
        self.patience = None;
        (self.voiced, self.quiet) = (u32::try_from(voiced).unwrap_or(0), 0);
        Some(Sound::Began)
    }

    fn count(&mut self, voiced: bool) {
        if voiced {
            self.voiced += 1;
            self.quiet = 0;
        } else {
            self.quiet += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SILENCE;

    /// `#` a frame with voice, `.` one without; what was heard, with the step at which it was.
    fn hear(ear: &mut Ear, frames: &str) -> Vec<(usize, Sound)> {
        frames.chars().enumerate().filter_map(|(n, c)| ear.hear(&SILENCE, c == '#').map(|sound| (n, sound))).collect()
    }

    fn kinds(heard: &[(usize, Sound)]) -> String {
        let letter = |(_, sound): &(usize, Sound)| match sound {
            Sound::Began => 'B',
            Sound::Paused { .. } => 'P',
            Sound::Resumed { .. } => 'R',
            Sound::Ended { .. } => 'E',
            Sound::Noise => 'N',
        };
        heard.iter().map(letter).collect()
    }

    #[test]
    fn an_utterance_begins_within_80_ms_pauses_and_ends_when_it_was_judged() {
        let mut ear = Ear::default();
        let heard = hear(&mut ear, &format!("..{}{}", "#".repeat(20), ".".repeat(12)));
        assert_eq!(kinds(&heard), "BP");
        assert_eq!(heard[0].0, 2 + 3, "the fourth frame with voice");
        let Sound::Paused { take, audio } = &heard[1].1 else { panic!("{heard:?}") };
        assert_eq!(audio.len(), (2 + 20 + 10) * crate::FRAME, "with what came before");
        ear.wait(*take, 18);
        let rest = hear(&mut ear, &".".repeat(20));
        assert_eq!((kinds(&rest), rest[0].0), ("E".to_owned(), 5), "18 steps after the voice ended");
    }

    #[test]
    fn a_pause_in_mid_sentence_is_not_its_end() {
        let mut ear = Ear::default();
        let talk = format!("{}{}{}{}", "#".repeat(20), ".".repeat(15), "#".repeat(20), ".".repeat(11));
        let heard = hear(&mut ear, &talk);
        assert_eq!(kinds(&heard), "BPRP");
        let (Sound::Paused { take: first, audio: a }, Sound::Paused { take: second, audio: b }) = (&heard[1].1, &heard[3].1) else { panic!() };
        assert!(first < second && b.len() > a.len(), "the second has all of it");
        // A verdict on the first changes nothing now.
        ear.wait(*first, 0);
        assert_eq!(kinds(&hear(&mut ear, &".".repeat(50))), "");
        assert_eq!(kinds(&hear(&mut ear, &".".repeat(60))), "E", "nobody judged for two seconds");
    }

    #[test]
    fn a_click_is_nothing_a_cough_is_noise_and_an_endless_voice_is_cut() {
        let mut ear = Ear::default();
        assert_eq!(kinds(&hear(&mut ear, &format!("##{}#.#{}", ".".repeat(9), ".".repeat(20)))), "");
        assert_eq!(kinds(&hear(&mut ear, &format!("####{}", ".".repeat(20)))), "BN");
        let heard = hear(&mut ear, &format!("{}{}", "#".repeat(LONGEST), "#".repeat(10)));
        assert!(kinds(&heard).starts_with("BPE"), "{}", kinds(&heard));
    }
}
