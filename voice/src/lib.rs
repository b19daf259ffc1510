//! A telephone call, from the caller's sound to an answer in sound.
//!
//! [`Call`] is the pure part: a step each 20 ms, sound in, sound and events out; it has no sockets, no clock and no
//! threads. [`Media`] steps all calls of the process on one thread of its own, so that nothing else can make them stutter.
//! [`converse`] is the talk of one call: hears ([`Ears`]), asks the dialogue ([`Talk`]), speaks ([`Mouth`]). How a call gets
//! here and how its sound travels is a trunk's: it brings a [`Leg`] and waits in the [`Lobby`].

#![forbid(unsafe_code)]

mod activity;
mod call;
mod concealment;
mod converse;
#[cfg(test)]
mod converse_tests;
mod desks;
mod dial;
mod ear;
mod g711;
mod in_band;
mod jitter;
mod keypad;
mod keys;
mod lobby;
mod media;
mod music;
mod player;
mod prompts;
mod resample;
mod script;
mod speech;
mod transfer;
mod turns;

pub use activity::Activity;
pub use call::{Call, Event, Order, Playing};
pub use converse::{Line, converse};
pub use desks::{Connect, Desks, Patience};
pub use dial::{Dial, Dialled, NotReached};
pub use g711::Law;
pub use in_band::InBand;
pub use jitter::Jitter;
pub use keypad::Digits;
pub use keys::Keys;
pub use lobby::{Admitted, Answer, Caller, Connection, Ends, Incoming, Lobby, Refusal, Switchboard, Talk, TalkError, Tried, Word, Words};
pub use media::{Handle, Leg, Media, Packet, Pace};
pub use prompts::Prompts;
pub use resample::{down, up};
pub use script::sentences;
pub use speech::{Ears, Heard, Hints, Mouth, SpeechError};
pub use turns::{is_back_channel, patience};

/// Samples a second of telephone sound.
pub const RATE: usize = 8_000;
/// Samples of one step: 20 ms.
pub const FRAME: usize = 160;
/// Steps a second.
pub const STEPS: u32 = 50;

/// 20 ms of sound, linear.
pub type Frame = [i16; FRAME];

pub const SILENCE: Frame = [0; FRAME];
