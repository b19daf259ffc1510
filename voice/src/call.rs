//! One call, a step each 20 ms. Pure: whoever steps it decides what time it is.

use crate::{
    Activity, Digits, Frame, SILENCE, STEPS,
    ear::{Ear, Sound},
    keypad::Keypad,
    player::Player,
};
use std::sync::Arc;

/// Silence after a question until the caller is asked again: 7 s.
const QUIET: u32 = 7 * STEPS;
/// Without any packet from the caller's side for this long, there is no line: 60 s.
pub(crate) const DEAD: u32 = 60 * STEPS;

/// What the talk wants of the call.
#[derive(Clone, Debug)]
pub enum Order {
    /// A sentence of an answer; `last` completes the answer. A higher batch replaces a lower one.
    Say { batch: u64, audio: Arc<[i16]>, last: bool },
    /// Says nothing any more of what is older than this batch.
    Hush { batch: u64 },
    /// The interruption was none: go on.
    Resume,
    /// How long the pause of this take is waited out, in steps since the voice ended.
    Wait { take: u32, steps: u32 },
    /// What keys stand for from now on.
    Digits(Digits),
    /// A key that came another way than with the sound.
    Press(char),
    /// The other side listens to something else (or again to us).
    Hold(bool),
}

/// What the talk learns of the call.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A pause that may be the end of an utterance; everything of it so far. Recognition can begin.
    Paused { take: u32, audio: Vec<i16> },
    /// It was not the end.
    Resumed { take: u32 },
    /// The utterance is over. `over`: it began while we were speaking; our speech is held.
    Ended { take: u32, over: bool },
    Digits(String),
    /// An answer has been spoken to its end.
    Said { batch: u64 },
    /// Nothing came after it.
    Quiet,
    /// No sound comes from the other side at all.
    Dead,
    /// The other side has hung up.
    Gone,
}

/// What goes out in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Playing {
    pub frame: Frame,
    /// Something that was going out was broken off: what the carrier still has of it must go.
    pub broken_off: bool,
}

#[derive(Default)]
pub struct Call {
    activity: Activity,
    ear: Ear,
    keypad: Keypad,
    player: Player,
    /// The utterance that is being heard began while we were speaking.
    over: bool,
    quiet: Option<u32>,
    dead: u32,
    on_hold: bool,
    broken_off: bool,
    pressed: Vec<char>,
}

impl Call {
    pub(crate) fn on_hold(&self) -> bool {
        self.on_hold
    }

    pub fn order(&mut self, order: Order) {
        match order {
            Order::Say { batch, audio, last } => {
                self.player.add(batch, audio, last);
                self.quiet = None;
            }
            Order::Hush { batch } => {
                self.broken_off |= self.player.sounding();
                self.player.clear(batch);
            }
            Order::Resume => self.player.resume(),
            Order::Wait { take, steps } => self.ear.wait(take, steps),
            Order::Digits(digits) => self.keypad.expect(digits),
            Order::Press(key) => self.pressed.push(key),
            Order::Hold(hold) => {
                self.on_hold = hold;
                self.quiet = None;
                if hold {
                    self.player.hold();
                    self.ear.forget();
                } else {
                    self.player.resume();
                }
            }
        }
    }

    /// 20 ms: what was heard and pressed in them, what is to be played next.
    pub fn step(&mut self, heard: Option<&Frame>, pressed: &[char], events: &mut Vec<Event>) -> Playing {
        self.dead = if heard.is_some() || !pressed.is_empty() || self.on_hold { 0 } else { self.dead + 1 };
        if self.dead == DEAD {
            events.push(Event::Dead);
        }
        let mut pressed: Vec<char> = pressed.to_vec();
        pressed.append(&mut self.pressed);
        if pressed.is_empty() {
            events.extend(self.keypad.step().map(Event::Digits));
        }
        for key in pressed {
            self.press(key, events);
        }
        if !self.on_hold {
            self.listen(heard.unwrap_or(&SILENCE), events);
        }
        let (frame, said) = self.player.step();
        if let Some(batch) = said {
            events.push(Event::Said { batch });
            self.quiet = Some(0);
        }
        self.count_quiet(events);
        let frame = frame.unwrap_or(SILENCE);
        self.activity.played(&frame);
        Playing { frame, broken_off: std::mem::take(&mut self.broken_off) }
    }

    fn press(&mut self, key: char, events: &mut Vec<Event>) {
        self.broken_off |= self.player.sounding();
        self.player.stop();
        self.ear.forget();
        self.quiet = None;
        events.extend(self.keypad.press(key).map(Event::Digits));
    }

    fn listen(&mut self, frame: &Frame, events: &mut Vec<Event>) {
        let voiced = self.activity.voiced(frame);
        match self.ear.hear(frame, voiced) {
            None => {}
            Some(Sound::Began) => {
                self.over = self.player.sounding();
                self.quiet = None;
                if self.over {
                    // At once: whether it was meant to interrupt is found out in the silence.
                    self.player.hold();
                    self.broken_off = true;
                }
            }
            Some(Sound::Paused { take, audio }) => events.push(Event::Paused { take, audio }),
            Some(Sound::Resumed { take }) => events.push(Event::Resumed { take }),
            Some(Sound::Ended { take }) => events.push(Event::Ended { take, over: self.over }),
            Some(Sound::Noise) => {
                if self.player.held() {
                    self.player.resume();
                } else {
                    self.quiet = Some(0);
                }
            }
        }
    }

    fn count_quiet(&mut self, events: &mut Vec<Event>) {
        let busy = self.ear.speaking() || self.keypad.typing() || self.on_hold;
        if let Some(quiet) = self.quiet.as_mut().filter(|_| !busy) {
            *quiet += 1;
            if *quiet >= QUIET {
                self.quiet = None;
                events.push(Event::Quiet);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FRAME, activity::loudness};

    /// Something that the detector takes for a voice: harmonics under a slow envelope.
    fn voice(n: usize) -> Frame {
        std::array::from_fn(|k| {
            let at = (n * FRAME + k) as f32 / 8_000.0;
            let pitch = 140.0 + 12.0 * (at * 5.0).sin();
            let harmonics: f32 = (1..14).map(|h| (std::f32::consts::TAU * pitch * h as f32 * at).sin() / (1.0 + (h as f32 - 4.0).abs())).sum();
            (harmonics * 4_000.0 * (0.7 + 0.3 * (at * 25.0).sin())) as i16
        })
    }

    struct Bench {
        call: Call,
        at: usize,
        events: Vec<(usize, Event)>,
        sound: Vec<bool>,
    }

    impl Bench {
        fn new() -> Self {
            Self { call: Call::default(), at: 0, events: Vec::new(), sound: Vec::new() }
        }

        fn step(&mut self, speaking: bool, pressed: &[char]) {
            let frame = if speaking { voice(self.at) } else { SILENCE };
            let mut events = Vec::new();
            let playing = self.call.step(Some(&frame), pressed, &mut events);
            self.sound.push(loudness(&playing.frame) > 100.0);
            self.events.extend(events.into_iter().map(|event| (self.at, event)));
            self.at += 1;
        }

        fn run(&mut self, steps: usize, speaking: bool) {
            (0..steps).for_each(|_| self.step(speaking, &[]));
        }

        fn say(&mut self, batch: u64, seconds: usize) {
            let audio: Vec<i16> = (0..seconds * 50).flat_map(voice).map(|s| s / 2).collect();
            self.call.order(Order::Say { batch, audio: audio.into(), last: true });
        }
    }

    #[test]
    fn a_caller_who_speaks_silences_us_within_100_ms_and_is_answered() {
        let mut bench = Bench::new();
        bench.say(1, 5);
        bench.run(50, false);
        assert!(bench.sound[10..50].iter().all(|s| *s));
        bench.run(40, true);
        let silent = bench.sound.iter().skip(50).position(|s| !*s).expect("silence");
        assert!(silent <= 5, "{silent} steps of 20 ms");
        assert!(bench.sound[50 + silent..90].iter().all(|s| !*s));
        bench.run(40, false);
        let Some((_, Event::Paused { take, audio })) = bench.events.first() else { panic!("{:?}", bench.events) };
        assert!(audio.len() > 40 * FRAME);
        let take = *take;
        bench.call.order(Order::Wait { take, steps: 18 });
        bench.run(2, false);
        assert_eq!(bench.events.last().map(|(_, event)| event), Some(&Event::Ended { take, over: true }));
    }

    #[test]
    fn a_cough_and_a_back_channel_only_hold_us_for_a_moment() {
        let mut bench = Bench::new();
        bench.say(1, 4);
        bench.run(30, false);
        bench.run(5, true);
        bench.run(30, false);
        assert!(bench.events.is_empty(), "{:?}", bench.events);
        assert!(*bench.sound.last().expect("sound"), "speaking again");
        // A longer 「はい」, which the talk judges to be no answer.
        bench.run(20, true);
        bench.run(20, false);
        bench.call.order(Order::Resume);
        bench.run(5, false);
        assert!(*bench.sound.last().expect("sound"));
        bench.run(250, false);
        assert!(bench.events.iter().any(|(_, event)| *event == Event::Said { batch: 1 }), "to the end");
    }

    #[test]
    fn our_own_echo_does_not_interrupt_us() {
        let mut call = Call::default();
        let audio: Vec<i16> = (0..200).flat_map(voice).collect();
        call.order(Order::Say { batch: 1, audio: audio.into(), last: true });
        let (mut echo, mut events) = (SILENCE, Vec::new());
        for step in 0..190 {
            let playing = call.step(Some(&echo), &[], &mut events);
            assert!(step == 0 || loudness(&playing.frame) > 100.0, "step {step}");
            // 20 dB below, 20 ms later.
            echo = playing.frame.map(|s| s / 10);
        }
        assert!(events.is_empty(), "{events:?}");
    }

    #[test]
    fn keys_silence_us_at_once_and_silence_is_told() {
        let mut bench = Bench::new();
        bench.say(1, 2);
        bench.run(20, false);
        bench.step(false, &['3']);
        bench.run(10, false);
        assert!(bench.sound[20..].iter().all(|s| !*s));
        assert_eq!(bench.events, [(20, Event::Digits("3".to_owned()))]);
        bench.say(2, 1);
        bench.run(49 + 1 + QUIET as usize, false);
        assert_eq!(bench.events.len(), 3);
        assert_eq!(bench.events[2].1, Event::Quiet);
    }

    #[test]
    fn on_hold_nothing_is_said_heard_or_missed() {
        let mut bench = Bench::new();
        bench.say(1, 2);
        bench.run(10, false);
        bench.call.order(Order::Hold(true));
        bench.run(100, true);
        (0..DEAD + 10).for_each(|_| {
            bench.call.step(None, &[], &mut Vec::new());
        });
        assert!(bench.events.is_empty() && bench.sound[10..].iter().all(|s| !*s));
        bench.call.order(Order::Hold(false));
        bench.run(20, false);
        assert!(*bench.sound.last().expect("sound"));
    }

    #[test]
    fn a_line_without_any_sound_is_dead() {
        let (mut call, mut events) = (Call::default(), Vec::new());
        (0..DEAD * 2).for_each(|_| {
            call.step(None, &[], &mut events);
        });
        assert_eq!(events, [Event::Dead]);
    }
}
