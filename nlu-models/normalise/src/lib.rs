//! From what a resident said to values a service can use.
//!
//! [`read`] takes one utterance and the time it arrived and gives back at most one value of each of
//! sixteen kinds (date, time, head count, phone number ...), each with the place it was read from and
//! how precise it is. Nothing is guessed: a word that names no day gives no day.
//!
//! The way of an utterance:
//!
//! 1. [`fold`] brings full-width and half-width forms together.
//! 2. `text` drops hesitation sounds, so that 「12月の、えー、3日」 reads like 「12月の3日」.
//! 3. `guard` hides names, titles and idioms that only look like values.
//! 4. `identifier`, `phone`, `email` take out the long digit strings.
//! 5. `scan` walks once from left to right and notes every mention of a day, a time or a count.
//! 6. `settle` joins the mentions: ranges, corrections, sums.
//!
//! There is no I/O and no clock here; the same input always gives the same output.
#![forbid(unsafe_code)]

mod age;
mod choice;
mod clock;
mod correction;
mod count;
mod date;
mod day;
mod day_written;
mod digits;
mod email;
mod fold;
mod foreign;
mod guard;
mod impossible;
pub mod holidays;
mod identifier;
pub mod kana;
mod money;
pub mod number;
mod phone;
mod receipt;
mod scan;
mod settle;
mod settle_count;
mod settle_date;
mod settle_time;
mod slots;
mod text;
mod time;
mod weekday;

pub use clock::Clock;
pub use fold::fold;
pub use impossible::names_no_day;
pub use slots::{Kind, Precision, Slot, Slots, Span, Value};

use chrono::{DateTime, FixedOffset};

/// Reads every slot value that `text` holds. `now` is when the utterance arrived, in the city's zone;
/// its calendar day is what 今日 means.
#[must_use]
pub fn read(text: &str, now: DateTime<FixedOffset>) -> Slots {
    let mut text = text::Text::new(fold(text));
    let mut found = Vec::new();
    // Addresses come first: their spelling may hold anything, also words that `guard` hides.
    email::take(&mut text, &mut found);
    guard::hide(&mut text);
    identifier::take(&mut text, &mut found);
    phone::take(&mut text, &mut found);
    receipt::take(&mut text, &mut found);
    let mentions = scan::scan(&text, now.date_naive());
    settle::settle(&text, &mentions, now.date_naive(), &mut found);
    Slots::new(text.into_folded(), found)
}
