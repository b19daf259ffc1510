//! 「土曜の体育館空いてる？」: what is free, each slot a tap away from its booking.

use super::{Catalogue, free::{self, Free}, wanted::Wanted};
use crate::{Context, ServiceError, texts::say_date};
use chrono::{Days, NaiveDate};
use dialogue::{Answer, Outcome};
use model::{Choice, Part, Postback, Say, Value};
use std::collections::BTreeMap;

/// LINE shows thirteen choices; the last are for other days and the menu.
const SHOWN: usize = 9;
/// Where no day was named, so many are looked at.
const AHEAD: u64 = 14;

pub async fn perform(context: &mut Context<'_>, catalogue: &Catalogue, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let Some(wanted) = answers.get("what").and_then(|answer| Wanted::parse(&answer.value)) else { return Ok(Outcome::Nothing) };
    let what = wanted.label(catalogue).unwrap_or_default();
    let today = context.now.date_naive();
    let days = days(context, answers, today);
    let people: u32 = answers.get("people").and_then(|answer| answer.value.parse().ok()).unwrap_or(0);
    let rooms: Vec<_> = wanted.rooms(catalogue).into_iter().filter(|(room, _)| room.capacity.is_none_or(|most| people <= most)).collect();
    if rooms.is_empty() {
        return Ok(Outcome::done(vec![Part::text(Say::key("facility-vacancy-too-many").with("what", what))]));
    }
    let time = answers.get("time").and_then(|answer| super::time_range(&answer.value));
    let mut free = free::search(context.tx, &context.city.id, context.city.zone, &rooms, days, context.now.to_utc()).await?;
    free.retain(|one| one.slots == 1);
    let all_day = free.clone();
    if let Some(range) = time {
        free.retain(|one| super::overlaps(one.span, range));
    }
    let narrowed = if free.is_empty() { &all_day } else { &free };
    let range = if days.0 == days.1 { say_date(context.lang, days.0) } else { format!("{}–{}", say_date(context.lang, days.0), say_date(context.lang, days.1)) };
    let mut lines = Vec::new();
    if narrowed.is_empty() {
        lines.push(Say::key("facility-vacancy-none").with("what", what).with("days", range));
    } else if free.is_empty() {
        lines.push(Say::key("facility-vacancy-other-times").with("what", what).with("days", range));
    } else {
        lines.push(Say::key("facility-vacancy-found").with("what", what).with("days", range));
    }
    let mut choices: Vec<Choice> = spread(narrowed).into_iter().map(|one| choice(context, one, people)).collect();
    if narrowed.is_empty() {
        // Never a dead end: the next days on which something is free.
        let later = (days.1, days.1.checked_add_days(Days::new(30)).unwrap_or(days.1));
        let next = free::search(context.tx, &context.city.id, context.city.zone, &rooms, later, context.now.to_utc()).await?;
        let next: Vec<Free<'_>> = next.into_iter().filter(|one| one.slots == 1).collect();
        choices.extend(spread(&next).into_iter().take(5).map(|one| choice(context, one, people)));
        if !choices.is_empty() {
            lines.push(Say::key("facility-vacancy-next"));
        }
    }
    choices.push(Choice::new(Say::key("facility-vacancy-other"), Postback::begin("facility.vacancy").given("ask", "what")));
    Ok(Outcome::done(vec![Part::Choices { text: Say::Lines(lines), choices }]))
}

/// The days that were asked about; without any, the next two weeks.
fn days(context: &Context<'_>, answers: &BTreeMap<String, Answer>, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let one: Option<NaiveDate> = answers.get("date").and_then(|answer| answer.value.parse().ok());
    let range = || {
        let slots = &context.understanding?.slots;
        slots.iter().find_map(|slot| match slot.value {
            Value::DateRange(from, to) => Some((from, to)),
            _ => None,
        })
    };
    let later = |days| today.checked_add_days(Days::new(days)).unwrap_or(today);
    one.map(|day| (day, day)).or_else(range).map_or((today, later(AHEAD)), |(from, to)| (from.max(today), to.max(today)))
}

/// So many as are shown, of as many days and rooms as possible.
fn spread<'a, 'b>(free: &'b [Free<'a>]) -> Vec<&'b Free<'a>> {
    let mut picked: Vec<usize> = Vec::new();
    let mut seen: Vec<(NaiveDate, &str)> = Vec::new();
    for round in 0..SHOWN {
        for (n, one) in free.iter().enumerate() {
            let of_kind = seen.iter().filter(|(day, room)| *day == one.day && *room == one.room.id).count();
            if picked.len() < SHOWN && of_kind <= round && !picked.contains(&n) {
                picked.push(n);
                seen.push((one.day, &one.room.id));
            }
        }
    }
    picked.sort_unstable();
    picked.into_iter().filter_map(|n| free.get(n)).collect()
}

fn choice(context: &Context<'_>, one: &Free<'_>, people: u32) -> Choice {
    let label = format!("{} {} {}", say_date(context.lang, one.day), super::clock_span(one.span), one.room.name);
    let slot = format!("book/{}/{}/{}/picked", one.room.id, one.day, super::span_value(one.span));
    let mut go = Postback::begin("facility.book").given("what", format!("room:{}", one.room.id)).given("date", one.day.to_string()).given("slot", slot);
    if people > 0 {
        go = go.given("people", people.to_string());
    }
    Choice::new(Say::plain(label), go)
}
