//! What of the rooms is free: one query for what is taken, the rest in memory.

use super::{catalogue::{Catalogue, Facility, Room}, opening::{self, Span}};
use crate::ServiceError;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use model::CityId;
use sqlx::PgConnection;
use std::collections::HashMap;

/// What is taken, by room, in order of its beginning: which unit, from when to when (seconds since 1970), buffers included.
#[derive(Debug, Default)]
pub struct Taken(HashMap<String, Vec<(i32, i64, i64)>>);

/// Seconds.
const DAY: i64 = 86_400;

/// Room, and of each unit that is taken: which, from when, to when (seconds).
type TakenRow = (String, Vec<i32>, Vec<f64>, Vec<f64>);

/// A stretch of a day in a room, and how many units of it are free.
#[derive(Clone, Debug)]
pub struct Free<'a> {
    pub room: &'a Room,
    pub facility: &'a Facility,
    pub day: NaiveDate,
    pub span: Span,
    /// How many of the room's slots it is.
    pub slots: usize,
    pub units: u32,
}

/// The moment of a minute of a day. A time that a change of clocks leaves out moves to the next that exists.
pub fn moment(zone: Tz, day: NaiveDate, minute: u16) -> DateTime<Utc> {
    let naive = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
    zone.from_local_datetime(&naive).earliest().unwrap_or_else(|| zone.from_utc_datetime(&naive)).to_utc()
}

/// What is taken of these rooms from one day to another, both included. A hold that has run out takes nothing.
pub async fn taken(tx: &mut PgConnection, city: &CityId, zone: Tz, rooms: &[&str], days: (NaiveDate, NaiveDate), now: DateTime<Utc>) -> Result<Taken, ServiceError> {
    let (from, to) = (moment(zone, days.0, 0), moment(zone, days.1, 1_440));
    // A booking is never longer than a day: what reaches into these days began at most a day before them.
    let rows: Vec<TakenRow> = sqlx::query_as(
        "SELECT room_id, array_agg(unit), array_agg(date_part('epoch', from_at)), array_agg(date_part('epoch', to_at))
         FROM booking_unit
         WHERE city_id = $1 AND from_at < $3 AND from_at > $2 - interval '2 days' AND to_at > $2 AND room_id IN (SELECT unnest($4::text[])) AND (held_until IS NULL OR held_until > $5)
         GROUP BY room_id",
    )
    .bind(city.as_str())
    .bind(from)
    .bind(to)
    .bind(rooms)
    .bind(now)
    .fetch_all(tx)
    .await?;
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 are whole and small")]
    let seconds = |at: f64| at as i64;
    let of_room = |(room, units, from, to): TakenRow| {
        let mut all: Vec<(i32, i64, i64)> = units.into_iter().zip(from).zip(to).map(|((unit, from), to)| (unit, seconds(from), seconds(to))).collect();
        all.sort_unstable_by_key(|(_, start, _)| *start);
        (room, all)
    };
    Ok(Taken(rows.into_iter().map(of_room).collect()))
}

impl Taken {
    /// How many units of a room are free all through a stretch.
    pub fn units_free(&self, room: &Room, from: DateTime<Utc>, to: DateTime<Utc>) -> u32 {
        let (from, to) = (from.timestamp(), to.timestamp() + i64::from(room.buffer) * 60);
        let Some(all) = self.0.get(&room.id) else { return room.units };
        // None is longer than a day.
        let first = all.partition_point(|(_, start, _)| *start <= from - 2 * DAY);
        let near = all.iter().skip(first).take_while(|(_, start, _)| *start < to);
        let mut units: Vec<i32> = near.filter(|(.., end)| *end > from).map(|(unit, ..)| *unit).collect();
        units.sort_unstable();
        units.dedup();
        room.units.saturating_sub(u32::try_from(units.len()).unwrap_or(u32::MAX))
    }
}

/// A day, and the moments of its minutes; in a zone that changes its clocks on that day they are looked up one by one.
#[derive(Clone, Copy)]
struct Day {
    date: NaiveDate,
    start: DateTime<Utc>,
    plain: bool,
}

impl Day {
    fn new(zone: Tz, date: NaiveDate) -> Self {
        let (start, end) = (moment(zone, date, 0), moment(zone, date, 1_440));
        Self { date, start, plain: (end - start).num_seconds() == DAY }
    }

    fn at(&self, zone: Tz, minute: u16) -> DateTime<Utc> {
        if self.plain { self.start + TimeDelta::minutes(i64::from(minute)) } else { moment(zone, self.date, minute) }
    }
}

/// The stretches of one day, each with the number of its slots.
type OneDay = Vec<(Span, usize)>;

/// The stretches of a room on each of some days. Rooms of a house mostly have the same hours: one after the other with the same is
/// worked out once.
fn stretches_of<'c>(room: &Room, days: &[Day], last: &'c mut Option<(Room, Vec<OneDay>)>) -> &'c [OneDay] {
    let same = |one: &Room| one.hours == room.hours && (one.step, one.most, one.on_day) == (room.step, room.most, room.on_day) && one.closures.is_empty() && room.closures.is_empty();
    if !last.as_ref().is_some_and(|(one, _)| same(one)) {
        *last = Some((room.clone(), days.iter().map(|day| opening::stretches(room, day.date)).collect()));
    }
    last.as_ref().map_or(&[], |(_, all)| all.as_slice())
}

/// Everything that is free in these rooms on these days and can be booked now; in order of day and time.
pub async fn search<'a>(tx: &mut PgConnection, city: &CityId, zone: Tz, rooms: &[(&'a Room, &'a Facility)], days: (NaiveDate, NaiveDate), now: DateTime<Utc>) -> Result<Vec<Free<'a>>, ServiceError> {
    let ids: Vec<&str> = rooms.iter().map(|(room, _)| room.id.as_str()).collect();
    let taken = taken(tx, city, zone, &ids, days, now).await?;
    let today = now.with_timezone(&zone).date_naive();
    let dates = days.0.iter_days().take_while(|day| *day <= days.1);
    let all_days: Vec<Day> = dates.map(|date| Day::new(zone, date)).collect();
    let (mut free, mut last) = (Vec::new(), None);
    let mut windows: HashMap<&str, (NaiveDate, NaiveDate)> = HashMap::new();
    for (room, facility) in rooms {
        let (first, end) = *windows.entry(facility.id.as_str()).or_insert_with(|| opening::bookable(facility, today));
        for (day, stretches) in all_days.iter().zip(stretches_of(room, &all_days, &mut last)).filter(|(day, _)| (first..=end).contains(&day.date)) {
            for (span, slots) in stretches {
                let (from, to) = (day.at(zone, span.0), day.at(zone, span.1));
                let units = if from > now { taken.units_free(room, from, to) } else { 0 };
                if units > 0 {
                    free.push(Free { room, facility, day: day.date, span: *span, slots: *slots, units });
                }
            }
        }
    }
    free.sort_by(|a, b| (a.day, a.span, &a.room.facility, &a.room.id).cmp(&(b.day, b.span, &b.room.facility, &b.room.id)));
    Ok(free)
}

/// The vacancy of all rooms of a city from one day on, as it is asked for a whole overview.
pub async fn overview(tx: &mut PgConnection, city: &CityId, zone: Tz, catalogue: &Catalogue, from: NaiveDate, days: u64, now: DateTime<Utc>) -> Result<usize, ServiceError> {
    let rooms: Vec<_> = catalogue.rooms_of("facility").collect();
    let last = from.checked_add_days(Days::new(days.saturating_sub(1))).unwrap_or(from);
    Ok(search(tx, city, zone, &rooms, (from, last), now).await?.len())
}
