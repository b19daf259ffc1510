//! Which slot: what was chosen still stands, or here is what is free, with other rooms and other days where it is not.

use super::{draw, slot::{How, Slot}};
use crate::{Context, ServiceError, facilities::{Facility, Free, NoSlots, Room, clock_span, moment, overlaps, search, slots_in, stretches, taken, why_not}, texts::say_date};
use chrono::{Days, NaiveDate};
use dialogue::{Answer, Offer, Offered};
use model::{Part, Say};

/// What is looked for.
pub struct Query<'a> {
    pub rooms: Vec<(&'a Room, &'a Facility)>,
    /// Rooms of the same use, for when those are taken.
    pub others: Vec<(&'a Room, &'a Facility)>,
    /// `None`: any day that can be booked.
    pub day: Option<NaiveDate>,
    pub time: Option<(u16, u16)>,
    pub units: u32,
    /// The field that takes the room of a slot that was picked.
    pub room_field: Option<&'static str>,
    /// The booking that is being moved: what it has taken itself is free for it.
    pub moving: Option<uuid::Uuid>,
}

/// LINE shows thirteen choices; the last is for leaving.
const SHOWN: usize = 9;
const WAITS: usize = 2;
/// So far ahead is looked for other days.
const AHEAD: u64 = 45;

/// A slot in full, as it is read back.
pub fn label(context: &Context<'_>, slot: &Slot, room: &Room, facility: &Facility) -> String {
    let name = if facility.sort == "bulky" { room.name.clone() } else { format!("{} {}", facility.name, room.name) };
    format!("{} {} {name}", say_date(context.lang, slot.day), clock_span(slot.span))
}

pub async fn offer(context: &mut Context<'_>, query: &Query<'_>, current: Option<&Answer>) -> Result<Offer, ServiceError> {
    let current = current.and_then(|answer| Slot::parse(&answer.value));
    if let Some(offer) = standing(context, query, current.as_ref()).await? {
        return Ok(offer);
    }
    let today = context.now.date_naive();
    let lost = current.as_ref().is_some_and(|slot| slot.picked || query.day.is_none_or(|day| day == slot.day));
    if let Some(day) = query.day {
        if let Some(lots) = lots(context, query, day).await? {
            return Ok(lots);
        }
        if let Some(reason) = every_reason(query, day, today) {
            return elsewhere(context, query, day, reason).await;
        }
        let free = free(context, query, (day, day)).await?;
        let in_time = query.time.is_none_or(|range| free.iter().any(|one| overlaps(one.span, range)));
        if !free.is_empty() && in_time {
            return Ok(of_the_day(context, query, free, lost));
        }
        if !free.is_empty() {
            return near(context, query, day, &free).await;
        }
        let reason = Say::key(if lost { "booking-just-taken" } else { "booking-all-taken" }).with("date", day);
        return elsewhere(context, query, day, reason).await;
    }
    let free = free(context, query, (today, today.checked_add_days(Days::new(AHEAD * 3)).unwrap_or(today))).await?;
    if free.is_empty() {
        return elsewhere(context, query, today, Say::key("booking-nothing-free")).await;
    }
    let choices = spread(&free).into_iter().map(|one| on_a_day(context, one)).collect();
    Ok(Offer::Choose { say: lost.then(|| Say::key("booking-just-taken-choose")), choices })
}

/// What was chosen, if it can still be had; on another day or in another room, if those were changed after it.
async fn standing(context: &mut Context<'_>, query: &Query<'_>, current: Option<&Slot>) -> Result<Option<Offer>, ServiceError> {
    let Some(mut slot) = current.cloned() else { return Ok(None) };
    let of_query = |id: &str| query.rooms.iter().find(|(room, _)| room.id == id).copied();
    let anywhere = |id: &str| of_query(id).or_else(|| query.others.iter().find(|(room, _)| room.id == id).copied());
    let picked = std::mem::take(&mut slot.picked);
    let found = if picked { anywhere(&slot.room) } else { of_query(&slot.room) };
    if !picked && let Some(day) = query.day {
        slot.day = day;
    }
    let Some((room, facility)) = found else { return Ok(None) };
    if slots_in(room, slot.day, slot.span).is_none() || why_not(room, facility, slot.day, context.now.date_naive()).is_some() {
        return Ok(None);
    }
    let from = moment(context.city.zone, slot.day, slot.span.0);
    if from <= context.now {
        return Ok(None);
    }
    let state = if room.lottery { draw::state(context, room, slot.day).await? } else { draw::State::Over };
    slot.how = match (slot.how, state) {
        (How::Lot | How::Book, draw::State::Open { .. }) => How::Lot,
        (_, draw::State::Before { .. } | draw::State::Drawing) | (How::Wait, draw::State::Open { .. }) => return Ok(None),
        (how, draw::State::Over) => {
            let is_free = units_free(context, query, room, facility, &slot).await? >= query.units;
            match (how, is_free) {
                (_, true) => How::Book,
                (How::Wait, false) => How::Wait,
                (How::Book | How::Lot, false) => return Ok(None),
            }
        }
    };
    let mut also = vec![("date".to_owned(), Answer::same(slot.day.to_string()))];
    if let Some(field) = query.room_field.filter(|_| of_query(&slot.room).is_none()) {
        also.push((field.to_owned(), Answer { value: format!("room:{}", room.id), label: format!("{} {}", facility.name, room.name) }));
    }
    let answer = Answer { value: slot.value(), label: label(context, &slot, room, facility) };
    Ok(Some(Offer::Take { answer, also: if picked { also } else { Vec::new() } }))
}

async fn units_free(context: &mut Context<'_>, query: &Query<'_>, room: &Room, _facility: &Facility, slot: &Slot) -> Result<u32, ServiceError> {
    let zone = context.city.zone;
    let all = taken(context.tx, &context.city.id, zone, &[&room.id], (slot.day, slot.day), context.now.to_utc()).await?;
    let (from, to) = (moment(zone, slot.day, slot.span.0), moment(zone, slot.day, slot.span.1));
    let own: i64 = match query.moving {
        Some(booking) => {
            sqlx::query_scalar("SELECT count(*) FROM booking_unit WHERE city_id = $1 AND booking_id = $2 AND room_id = $3 AND during && tstzrange($4, $5)")
                .bind(context.city.id.as_str())
                .bind(booking)
                .bind(&room.id)
                .bind(from)
                .bind(to)
                .fetch_one(&mut *context.tx)
                .await?
        }
        None => 0,
    };
    Ok(all.units_free(room, from, to) + u32::try_from(own).unwrap_or(0))
}

async fn free<'a>(context: &mut Context<'_>, query: &Query<'a>, days: (NaiveDate, NaiveDate)) -> Result<Vec<Free<'a>>, ServiceError> {
    let rooms = open_to_all(context, &query.rooms, days).await?;
    let mut free = search(context.tx, &context.city.id, context.city.zone, &rooms, days, context.now.to_utc()).await?;
    free.retain(|one| one.units >= query.units);
    Ok(free)
}

/// Rooms that are not waiting for a draw in the month of these days.
async fn open_to_all<'a>(context: &mut Context<'_>, rooms: &[(&'a Room, &'a Facility)], days: (NaiveDate, NaiveDate)) -> Result<Vec<(&'a Room, &'a Facility)>, ServiceError> {
    let mut open = Vec::new();
    for (room, facility) in rooms {
        let drawn = !room.lottery || matches!(draw::state(context, room, days.1).await?, draw::State::Over);
        open.extend(drawn.then_some((*room, *facility)));
    }
    Ok(open)
}

/// The choices of one day: the very time that was said, or what lies in it, or whatever the day has.
fn of_the_day(context: &Context<'_>, query: &Query<'_>, free: Vec<Free<'_>>, lost: bool) -> Offer {
    let exact: Vec<&Free<'_>> = free.iter().filter(|one| query.time == Some(one.span)).collect();
    if let ([one], false) = (exact.as_slice(), lost) {
        let slot = slot_of(one, How::Book);
        return Offer::worked_out(slot.value(), label(context, &slot, one.room, one.facility));
    }
    let single: Vec<&Free<'_>> = free.iter().filter(|one| one.slots == 1).collect();
    let within: Vec<&Free<'_>> = query.time.map(|range| single.iter().copied().filter(|one| overlaps(one.span, range)).collect()).unwrap_or_default();
    let chosen = match () {
        () if !exact.is_empty() => exact,
        () if !within.is_empty() => within,
        () => single,
    };
    let say = lost.then(|| Say::key("booking-just-taken-choose"));
    let several = chosen.iter().any(|one| one.facility.sort == "nursery" || one.facility.id != chosen.first().map_or("", |first| first.facility.id.as_str()));
    let mut choices: Vec<Offered> = chosen
        .into_iter()
        .take(SHOWN)
        .map(|one| {
            let short = if several { format!("{} {}（{}）", clock_span(one.span), one.room.name, one.facility.name) } else { format!("{} {}", clock_span(one.span), one.room.name) };
            offered(context, one, short)
        })
        .collect();
    // 「午後いっぱい」: neighbouring slots together, after the single ones.
    let longer = free.iter().filter(|one| one.slots > 1 && query.time.is_none_or(|range| range.0 <= one.span.0 && one.span.1 <= range.1));
    choices.extend(longer.take(SHOWN.saturating_sub(choices.len())).map(|one| offered(context, one, format!("{} {}", clock_span(one.span), one.room.name))));
    Offer::Choose { say, choices }
}

/// The time that was wanted is taken: other times of the day, other rooms at that time, and the waiting list.
async fn near(context: &mut Context<'_>, query: &Query<'_>, day: NaiveDate, free: &[Free<'_>]) -> Result<Offer, ServiceError> {
    let mut choices: Vec<Offered> = free.iter().filter(|one| one.slots == 1).take(4).map(|one| offered(context, one, format!("{} {}", clock_span(one.span), one.room.name))).collect();
    let others = open_to_all(context, &query.others, (day, day)).await?;
    let mut same_time = search(context.tx, &context.city.id, context.city.zone, &others, (day, day), context.now.to_utc()).await?;
    same_time.retain(|one| one.slots == 1 && one.units >= query.units && query.time.is_none_or(|range| overlaps(one.span, range)));
    same_time.sort_by_key(|one| is_elsewhere(query, one));
    choices.extend(same_time.iter().take(4).map(|one| offered(context, one, format!("{} {}（{}）", clock_span(one.span), one.room.name, one.facility.name))));
    choices.extend(waits(context, query, day));
    Ok(Offer::Choose { say: Some(Say::key("booking-other-times")), choices })
}

/// Whether a room is in another place than those that were wanted: the same place comes first.
fn is_elsewhere(query: &Query<'_>, one: &Free<'_>) -> bool {
    query.rooms.iter().all(|(_, facility)| facility.id != one.facility.id)
}

/// Other rooms on that day, the same rooms on other days, and the waiting list.
async fn elsewhere(context: &mut Context<'_>, query: &Query<'_>, day: NaiveDate, reason: Say) -> Result<Offer, ServiceError> {
    let now = context.now.to_utc();
    let (id, zone) = (context.city.id.clone(), context.city.zone);
    let others = open_to_all(context, &query.others, (day, day)).await?;
    let mut same_day = search(context.tx, &id, zone, &others, (day, day), now).await?;
    same_day.retain(|one| one.slots == 1 && one.units >= query.units && query.time.is_none_or(|range| overlaps(one.span, range)));
    same_day.sort_by_key(|one| is_elsewhere(query, one));
    let rooms = open_to_all(context, &query.rooms, (day, day)).await?;
    let from = day.checked_add_days(Days::new(1)).unwrap_or(day).max(context.now.date_naive());
    let mut later = search(context.tx, &id, zone, &rooms, (from, from.checked_add_days(Days::new(AHEAD)).unwrap_or(from)), now).await?;
    later.retain(|one| one.slots == 1 && one.units >= query.units && query.time.is_none_or(|range| overlaps(one.span, range)));
    let mut choices: Vec<Offered> = same_day.iter().take(3).map(|one| offered(context, one, format!("{} {}（{}）", clock_span(one.span), one.room.name, one.facility.name))).collect();
    choices.extend(one_a_day(&later).into_iter().take(5).map(|one| on_a_day(context, one)));
    choices.extend(waits(context, query, day));
    if choices.is_empty() {
        return Ok(Offer::Rejected { field: "date".to_owned(), say: reason, choices: Vec::new() });
    }
    Ok(Offer::Choose { say: Some(Say::Lines(vec![reason, Say::key("booking-instead")])), choices })
}

/// The waiting list of slots that are taken on that day.
fn waits(context: &Context<'_>, query: &Query<'_>, day: NaiveDate) -> Vec<Offered> {
    let today = context.now.date_naive();
    let open = query.rooms.iter().filter(|(room, facility)| query.moving.is_none() && !room.lottery && facility.sort != "bulky" && why_not(room, facility, day, today).is_none());
    let all = open.flat_map(|(room, facility)| stretches(room, day).into_iter().filter(|(_, slots)| *slots == 1).map(move |(span, _)| (*room, *facility, span)));
    let fits = all.filter(|(.., span)| query.time.is_none_or(|range| overlaps(*span, range)) && moment(context.city.zone, day, span.0) > context.now);
    fits.take(WAITS)
        .map(|(room, facility, span)| {
            let slot = Slot { how: How::Wait, room: room.id.clone(), day, span, picked: true };
            let text = Say::key("booking-wait-for").with("slot", format!("{} {}", clock_span(span), room.name));
            Offered::new(slot.value(), label(context, &slot, room, facility)).say(text)
        })
        .collect()
}

/// The slots of a room whose month is drawn by lot and can still be entered; or why that is not so yet.
async fn lots(context: &mut Context<'_>, query: &Query<'_>, day: NaiveDate) -> Result<Option<Offer>, ServiceError> {
    let mut choices = Vec::new();
    let mut closes = None;
    for (room, facility) in query.rooms.iter().filter(|(room, _)| room.lottery) {
        match draw::state(context, room, day).await? {
            draw::State::Open { closes: at } => {
                closes = Some(at);
                let fitting = stretches(room, day).into_iter().filter(|(span, slots)| *slots == 1 && query.time.is_none_or(|range| overlaps(*span, range)));
                choices.extend(fitting.map(|(span, _)| {
                    let slot = Slot { how: How::Lot, room: room.id.clone(), day, span, picked: true };
                    Offered::new(slot.value(), label(context, &slot, room, facility)).say(Say::plain(format!("{} {}", clock_span(span), room.name)))
                }));
            }
            draw::State::Drawing if query.rooms.len() == 1 => {
                return Ok(Some(Offer::Rejected { field: "date".to_owned(), say: Say::key("booking-lot-drawing").with("date", day), choices: Vec::new() }));
            }
            draw::State::Before { opens } if query.rooms.len() == 1 => {
                return Ok(Some(Offer::Rejected { field: "date".to_owned(), say: Say::key("booking-lot-before").with("date", day).with("opens", opens), choices: Vec::new() }));
            }
            _ => {}
        }
    }
    let Some(closes) = closes.filter(|_| !choices.is_empty()) else { return Ok(None) };
    choices.truncate(SHOWN);
    Ok(Some(Offer::Choose { say: Some(Say::key("booking-lot-which").with("closes", closes)), choices }))
}

/// Why none of the rooms can be had on a day, whatever is taken; none if one can.
fn every_reason(query: &Query<'_>, day: NaiveDate, today: NaiveDate) -> Option<Say> {
    let reasons: Option<Vec<NoSlots>> = query.rooms.iter().map(|(room, facility)| why_not(room, facility, day, today)).collect();
    let reasons = reasons?;
    // The friendliest of them: a closed day says less than a window that opens.
    let window = reasons.iter().find(|reason| !matches!(reason, NoSlots::Closed { .. })).or(reasons.first())?;
    Some(match window {
        NoSlots::Closed { reason } if reason.is_empty() => Say::key("booking-closed").with("date", day),
        NoSlots::Closed { reason } => Say::key("booking-closed-for").with("date", day).with("reason", reason.as_str()),
        NoSlots::TooSoon { first } => Say::key("booking-too-soon").with("date", day).with("first", *first),
        NoSlots::TooLate { last } => Say::key("booking-too-late").with("date", day).with("last", *last),
    })
}

fn slot_of(one: &Free<'_>, how: How) -> Slot {
    Slot { how, room: one.room.id.clone(), day: one.day, span: one.span, picked: false }
}

fn offered(context: &Context<'_>, one: &Free<'_>, short: String) -> Offered {
    let slot = Slot { picked: true, ..slot_of(one, How::Book) };
    Offered::new(slot.value(), label(context, &slot, one.room, one.facility)).say(Say::plain(short))
}

fn on_a_day(context: &Context<'_>, one: &Free<'_>) -> Offered {
    let what = if one.facility.sort == "bulky" { String::new() } else { format!(" {} {}", clock_span(one.span), one.room.name) };
    offered(context, one, format!("{}{what}", say_date(context.lang, one.day)))
}

/// The first of each day.
fn one_a_day<'a, 'b>(free: &'b [Free<'a>]) -> Vec<&'b Free<'a>> {
    let mut days: Vec<&Free<'a>> = Vec::new();
    for one in free {
        if days.last().is_none_or(|last| last.day != one.day) {
            days.push(one);
        }
    }
    days
}

/// Sessions and pick-ups: one a day and room, as many as are shown.
fn spread<'a, 'b>(free: &'b [Free<'a>]) -> Vec<&'b Free<'a>> {
    let mut seen: Vec<(NaiveDate, &str)> = Vec::new();
    let mut all: Vec<&Free<'a>> = Vec::new();
    for one in free.iter().filter(|one| one.slots == 1) {
        if all.len() < SHOWN && !seen.contains(&(one.day, one.room.id.as_str())) {
            seen.push((one.day, &one.room.id));
            all.push(one);
        }
    }
    all
}

/// Nothing can be done with this form here.
pub fn over(key: &'static str) -> Offer {
    Offer::Over(vec![Part::Choices { text: Say::key(key), choices: vec![model::Choice::new(Say::key("human-label"), "human"), model::Choice::new(Say::key("menu-label"), "menu")] }])
}
