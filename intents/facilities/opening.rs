//! When a room can be taken: its slots on a day, and from when to when it can be booked.

use super::catalogue::{Facility, Room};
use chrono::{Days, NaiveDate};
use normalise::holidays::is_business_day;

/// Minutes of a day, end exclusive.
pub type Span = (u16, u16);

/// Why a day has no slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSlots {
    Closed { reason: String },
    /// Before the first day that can be booked now.
    TooSoon { first: NaiveDate },
    TooLate { last: NaiveDate },
}

/// The slots of a room on a day; a room without hours on that day has none.
pub fn slots(room: &Room, day: NaiveDate) -> Vec<Span> {
    if room.on_day.is_some_and(|on| on != day) || room.closures.iter().any(|closure| (closure.from..=closure.to).contains(&day)) {
        return Vec::new();
    }
    let spans = room.hours.on(day);
    if room.step == 0 {
        return spans;
    }
    let cut = |(from, to): Span| (from..to).step_by(usize::from(room.step)).map(move |at| (at, at.saturating_add(room.step))).filter(move |(_, end)| *end <= to);
    spans.into_iter().flat_map(cut).collect()
}

/// Every stretch that can be booked on a day: single slots, and neighbouring ones together as far as the room allows.
pub fn stretches(room: &Room, day: NaiveDate) -> Vec<(Span, usize)> {
    let slots = slots(room, day);
    let mut all = Vec::new();
    for (n, (from, _)) in slots.iter().enumerate() {
        let mut end = None;
        for (count, slot) in slots.iter().skip(n).take(room.most).enumerate() {
            // Blocks with a pause between them (12:00-13:00) are taken together, too; pieces of a grid must touch.
            if room.step > 0 && end.is_some_and(|end| end != slot.0) {
                break;
            }
            end = Some(slot.1);
            all.push(((*from, slot.1), count + 1));
        }
    }
    all
}

/// So many slots a stretch is, if it is one.
pub fn slots_in(room: &Room, day: NaiveDate, span: Span) -> Option<usize> {
    stretches(room, day).into_iter().find(|(stretch, _)| *stretch == span).map(|(_, count)| count)
}

/// The first and the last day that can be booked today.
pub fn bookable(facility: &Facility, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    (business_days_on(today, facility.lead_days), business_days_on(today, facility.window_days))
}

/// So many business days on; 0 is the day itself.
pub fn business_days_on(day: NaiveDate, count: i32) -> NaiveDate {
    let (mut day, mut left) = (day, count);
    while left > 0 {
        let Some(next) = day.checked_add_days(Days::new(1)) else { return day };
        day = next;
        left -= i32::from(is_business_day(day));
    }
    day
}

/// Why a room cannot be had on a day, whatever is taken.
pub fn why_not(room: &Room, facility: &Facility, day: NaiveDate, today: NaiveDate) -> Option<NoSlots> {
    let (first, last) = bookable(facility, today);
    if day < first {
        return Some(NoSlots::TooSoon { first });
    }
    if day > last {
        return Some(NoSlots::TooLate { last });
    }
    let closure = room.closures.iter().find(|closure| (closure.from..=closure.to).contains(&day));
    match closure {
        Some(closure) => Some(NoSlots::Closed { reason: closure.reason.clone() }),
        None if slots(room, day).is_empty() => Some(NoSlots::Closed { reason: String::new() }),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facilities::{catalogue::Closure, tests::{facility, room}};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn slots_are_blocks_or_pieces_of_a_grid() {
        let mut hall = room("hall", "月-金 9:00-12:00,13:00-17:00,18:00-21:00; 土・日 9:00-17:00");
        assert_eq!(slots(&hall, day("2026-12-03")), [(540, 720), (780, 1_020), (1_080, 1_260)]);
        hall.most = 2;
        let pairs: Vec<Span> = stretches(&hall, day("2026-12-03")).into_iter().filter(|(_, count)| *count == 2).map(|(span, _)| span).collect();
        assert_eq!(pairs, [(540, 1_020), (780, 1_260)]);
        let mut court = room("court", "毎日 9:00-12:30");
        (court.step, court.most) = (60, 2);
        assert_eq!(slots(&court, day("2026-12-03")), [(540, 600), (600, 660), (660, 720)]);
        assert_eq!(slots_in(&court, day("2026-12-03"), (600, 720)), Some(2));
        assert_eq!(slots_in(&court, day("2026-12-03"), (540, 720)), None);
    }

    #[test]
    fn closed_days_and_the_window_have_their_reasons() {
        let (mut hall, mut place) = (room("hall", "月-金 9:00-12:00"), facility("kan"));
        (place.lead_days, place.window_days) = (2, 10);
        hall.closures = vec![Closure { from: day("2026-12-09"), to: day("2026-12-10"), reason: "工事".into() }];
        // Thursday 3 December: two business days on is Monday the 7th.
        let why = |on: &str| why_not(&hall, &place, day(on), day("2026-12-03"));
        assert_eq!(why("2026-12-04"), Some(NoSlots::TooSoon { first: day("2026-12-07") }));
        assert_eq!(why("2026-12-07"), None);
        assert_eq!(why("2026-12-10"), Some(NoSlots::Closed { reason: "工事".into() }));
        assert_eq!(why("2026-12-12"), Some(NoSlots::Closed { reason: String::new() }));
        assert_eq!(why("2026-12-18"), Some(NoSlots::TooLate { last: day("2026-12-17") }));
    }
}
