//! Clock times, parts of the day and lengths.

use crate::clock::Clock;
use crate::correction;
use crate::scan::{Mention, What};
use crate::settle::{linked, push};
use crate::slots::{Precision, Slot, Value};
use crate::text::Text;
use crate::time::{Hour, Part, Said};

/// What is known so far, in the order it was said.
#[derive(Default)]
struct State {
    part: Option<Part>,
    part_end: Option<Part>,
    start: Option<(Clock, Option<Part>)>,
    end: Option<Clock>,
    /// Only an end was said (5時まで).
    only_end: bool,
    length: Option<u32>,
    about: bool,
    from: usize,
    to: usize,
    length_at: (usize, usize),
}

pub(crate) fn settle(text: &Text, mentions: &[Mention], found: &mut Vec<Slot>) {
    let all: Vec<&Mention> = mentions.iter().filter(|m| matches!(m.what, What::Time(_) | What::Minutes(_))).collect();
    let kept: Vec<&Mention> = all.iter().copied().filter(|m| !m.negated || all.len() == 1).collect();
    let negated: Vec<&Mention> = all.iter().copied().filter(|m| m.negated && all.len() > 1).collect();
    let mut state = State::default();
    let mut previous: Option<&Mention> = None;
    for mention in kept {
        // What was taken back still lends its am or pm.
        for gone in negated.iter().filter(|g| g.end <= mention.start && previous.is_none_or(|p| p.end <= g.start)) {
            if let What::Time(Said { part: Some(part), .. }) = gone.what {
                state.part = Some(part);
            }
        }
        let corrected = previous.is_some_and(|p| correction::between(text, p.end, mention.start))
            || negated.iter().any(|g| g.end <= mention.start && mention.start <= g.end + 16);
        match mention.what {
            What::Time(said) => state.time(text, mention, said, previous, corrected),
            What::Minutes(n) => state.minutes(mention, n, previous, corrected),
            _ => {}
        }
        previous = Some(mention);
    }
    state.finish(text, found);
}

impl State {
    fn time(&mut self, text: &Text, mention: &Mention, said: Said, previous: Option<&Mention>, corrected: bool) {
        let follows = previous.is_some_and(|p| matches!(p.what, What::Time(_)) && linked(text, p.end, mention.start, mention.end));
        let Some(hour) = said.hour else {
            if follows && self.start.is_none() {
                self.part_end = said.part;
                self.to = mention.end;
            } else if self.start.is_none() || corrected {
                *self = State { part: said.part, from: mention.start, to: mention.end, length: self.length, length_at: self.length_at, ..State::default() };
            }
            return;
        };
        self.about = said.about;
        let until = text.has(text.blank(mention.end), &["まで", "迄"]);
        let onward = text.has(text.blank(mention.end), &["から", "~", "-", "スタート", "開始", "より"]);
        if let Some((start, part)) = self.start {
            let old_range = self.end.is_some();
            // A new end: linked, or said again after a correction.
            let new_end = follows && !old_range || corrected && old_range && !onward || corrected && until && !self.only_end;
            if new_end && let Some(end) = end_clock(hour, said.part, start) {
                self.end = Some(end);
                self.length = None;
                self.to = mention.end;
                return;
            }
            // A new start for a range that keeps its end.
            if corrected
                && old_range
                && onward
                && let Some(clock) = clock(hour, said.part.or(part).filter(|_| carries(hour, said.part, part)))
                && self.end.is_some_and(|e| e > clock)
            {
                self.start = Some((clock, said.part.or(part)));
                self.to = mention.end;
                return;
            }
        }
        let inherited = match (said.part, &self.start) {
            (Some(part), _) => Some(part),
            (None, Some((start, part))) if corrected => part.filter(|p| carries(hour, None, Some(*p)) || start.minutes() >= EVENING),
            (None, Some(_)) => None,
            (None, None) => self.part.filter(|p| carries(hour, None, Some(*p))),
        };
        let Some(clock) = clock(hour, inherited) else { return };
        if self.start.is_none() {
            self.from = mention.start;
        }
        self.start = Some((clock, inherited));
        self.end = None;
        self.only_end = until;
        self.to = mention.end;
    }

    fn minutes(&mut self, mention: &Mention, n: u32, previous: Option<&Mention>, corrected: bool) {
        // 「14時15分、いや30分」 corrects the minutes of the clock.
        if corrected
            && n < 60
            && self.length.is_none()
            && let Some(Mention { what: What::Time(Said { hour: Some(hour), .. }), .. }) = previous
            && hour.minute > 0
            && let Some((clock, part)) = self.start.filter(|_| self.end.is_none())
        {
            self.start = Clock::from_minutes(clock.minutes() / 60 * 60 + n).map(|c| (c, part));
            self.to = mention.end;
            return;
        }
        if self.end.is_some() && !corrected {
            return;
        }
        if corrected && self.end.is_some() {
            self.end = None;
        }
        self.length = Some(n);
        self.length_at = (mention.start, mention.end);
    }

    fn finish(self, text: &Text, found: &mut Vec<Slot>) {
        let exact = if self.about { Precision::Approximate } else { Precision::Exact };
        if let Some((start, _)) = self.start {
            let range = match (self.end, self.length) {
                (Some(end), _) => Some((start, end)),
                (None, Some(n)) if self.only_end => start.minutes().checked_sub(n).and_then(Clock::from_minutes).map(|s| (s, start)),
                (None, Some(n)) => Some((start, Clock::from_minutes(start.minutes() + n).unwrap_or(Clock::MIDNIGHT_END))),
                _ => None,
            };
            let (from, to) = if self.length.is_some() && self.end.is_none() {
                (self.from.min(self.length_at.0), self.to.max(self.length_at.1))
            } else {
                (self.from, self.to)
            };
            match range {
                Some((a, b)) if a < b => push(text, found, Value::TimeRange(a, b), from, to, exact),
                _ => push(text, found, Value::Time(if start == Clock::MIDNIGHT_END { Clock::default() } else { start }), self.from, self.to, exact),
            }
            return;
        }
        if let Some((a, b)) = self.part.and_then(bounds) {
            let end = self.part_end.and_then(bounds).map_or(b, |(_, end)| end.max(b));
            push(text, found, Value::TimeRange(a, end), self.from, self.to, Precision::PartOfDay);
        }
        if let Some(n) = self.length {
            push(text, found, Value::DurationMinutes(n), self.length_at.0, self.length_at.1, exact);
        }
    }
}

/// The hours that a part of the day means.
fn bounds(part: Part) -> Option<(Clock, Clock)> {
    let (a, b) = match part {
        Part::Morning => (9, 12),
        Part::Noon => (12, 13),
        Part::Afternoon => (13, 17),
        Part::Evening => (16, 18),
        Part::Night => (18, 21),
        Part::Tonight => (18, 24),
        Part::Early | Part::Late => return None,
    };
    Some((Clock::new(a, 0)?, Clock::new(b, 0)?))
}

/// From here on (minutes of the day) what was said of the afternoon is the evening, and its correction too.
const EVENING: u32 = 18 * 60;

/// Whether am or pm said before still fits: 午後2時, いや10時 is ten in the morning, 午後8時, いや9時 nine in the evening.
fn carries(hour: Hour, own: Option<Part>, before: Option<Part>) -> bool {
    own.is_some() || !matches!((before, hour.hour), (Some(Part::Afternoon | Part::Noon), 9..=11))
}

/// The hour on the 24-hour clock. A bare hour from one to seven is in the afternoon.
fn clock(h: Hour, part: Option<Part>) -> Option<Clock> {
    let hour = match (part, h.hour) {
        (_, 13..) => h.hour,
        (None, 1..=7) if !h.padded => h.hour + 12,
        (None | Some(Part::Early | Part::Morning), _) => h.hour,
        (Some(Part::Noon), 1..=5) => h.hour + 12,
        (Some(Part::Noon), _) => h.hour,
        (Some(Part::Afternoon), 12) => 12,
        (Some(Part::Afternoon | Part::Evening), _) => h.hour + 12,
        (Some(Part::Night | Part::Tonight), 12) => 24,
        (Some(Part::Night | Part::Tonight), 0..=3) => h.hour,
        (Some(Part::Night | Part::Tonight), _) => h.hour + 12,
        (Some(Part::Late), 12) => 24,
        (Some(Part::Late), 7..=11) => h.hour + 12,
        (Some(Part::Late), _) => h.hour,
    };
    // 24:30 is no time of this day.
    if hour == 24 && h.minute > 0 { Clock::new(0, h.minute) } else { Clock::new(hour, h.minute) }
}

/// The end of a range: the first reading later than the start; am or pm of the start thereby carries over.
fn end_clock(h: Hour, part: Option<Part>, start: Clock) -> Option<Clock> {
    if part.is_some() {
        let end = clock(h, part)?;
        if end > start {
            return Some(end);
        }
    }
    let readings = if h.hour == 0 {
        vec![24]
    } else if h.hour >= 13 {
        vec![h.hour]
    } else {
        vec![h.hour, h.hour + 12]
    };
    readings.into_iter().filter_map(|hour| Clock::new(hour, h.minute)).find(|end| *end > start)
}
