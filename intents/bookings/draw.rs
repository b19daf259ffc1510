//! Courts and halls that many want: entered first, then drawn by lot, by a seed whose hash was told before. Anybody who has the
//! seed and the numbers of the entries comes to the same order: the entries sorted by SHA-256 of `<seed>/<number>`.

use super::{hold, jobs, table::{self, Booking}, units::{self, Wish}};
use crate::{Around, Context, ServiceError, WorkError, facilities::{Catalogue, Room, moment}};
use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use model::CityId;
use sqlx::PgConnection;
use store::Db;
use uuid::Uuid;

/// Entries of a month are taken in the month that lies so many before it, from the 1st to this day.
const MONTHS_BEFORE: u32 = 2;
const LAST_DAY: u32 = 10;
/// Whoever was drawn has so long to pay.
const TO_PAY: TimeDelta = TimeDelta::days(7);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Before { opens: NaiveDate },
    Open { closes: DateTime<Utc> },
    /// Closed, and not drawn yet.
    Drawing,
    /// What is left goes to whoever comes first.
    Over,
}

/// From when to when entries for a month are taken: the first day, and the last.
pub fn entry_days(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = day.with_day(1).and_then(|month| month.checked_sub_months(Months::new(MONTHS_BEFORE))).unwrap_or(day);
    (first, first.with_day(LAST_DAY).unwrap_or(first))
}

pub fn round_id(room: &str, day: NaiveDate) -> String {
    format!("{room}/{}", day.format("%Y-%m"))
}

pub async fn state(context: &mut Context<'_>, room: &Room, day: NaiveDate) -> Result<State, ServiceError> {
    let ((opens, last), today) = (entry_days(day), context.now.date_naive());
    if today < opens {
        return Ok(State::Before { opens });
    }
    if today <= last {
        return Ok(State::Open { closes: moment(context.city.zone, last, 1_440) });
    }
    let waiting: Option<bool> = sqlx::query_scalar("SELECT drawn_at IS NULL FROM draw_round WHERE city_id = $1 AND round_id = $2")
        .bind(context.city.id.as_str())
        .bind(round_id(&room.id, day))
        .fetch_optional(&mut *context.tx)
        .await?;
    Ok(if waiting == Some(true) { State::Drawing } else { State::Over })
}

/// The round of an entry; the first entry makes it. Returns its id and the hash of its seed.
pub async fn open_round(context: &mut Context<'_>, room: &Room, day: NaiveDate, closes: DateTime<Utc>) -> Result<(String, String), ServiceError> {
    let id = round_id(&room.id, day);
    let seed = format!("{}{}", context.ids.uuid().simple(), context.ids.uuid().simple());
    sqlx::query("INSERT INTO draw_round (city_id, round_id, room_id, seed, seed_hash, closes_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING")
        .bind(context.city.id.as_str())
        .bind(&id)
        .bind(&room.id)
        .bind(&seed)
        .bind(sha256(&seed))
        .bind(closes)
        .execute(&mut *context.tx)
        .await?;
    let hash: String = sqlx::query_scalar("SELECT seed_hash FROM draw_round WHERE city_id = $1 AND round_id = $2").bind(context.city.id.as_str()).bind(&id).fetch_one(&mut *context.tx).await?;
    store::schedule_for(context.tx, &context.city.id, Some(context.conversation), jobs::DRAW, &id, closes, &serde_json::Value::Null).await?;
    Ok((id, hash))
}

pub fn sha256(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The numbers of the entries in the order in which they are drawn.
pub fn order(seed: &str, numbers: &[String]) -> Vec<String> {
    let mut drawn: Vec<(String, &String)> = numbers.iter().map(|number| (sha256(&format!("{seed}/{number}")), number)).collect();
    drawn.sort();
    drawn.into_iter().map(|(_, number)| number.clone()).collect()
}

/// Draws a round: one after the other gets what they entered for, as long as it is there.
pub async fn draw(around: &Around, tx: &mut PgConnection, round: &str) -> Result<(), WorkError> {
    let city = &around.city.id;
    let seed: Option<String> = sqlx::query_scalar("SELECT seed FROM draw_round WHERE city_id = $1 AND round_id = $2 AND drawn_at IS NULL FOR UPDATE").bind(city.as_str()).bind(round).fetch_optional(&mut *tx).await?;
    let (Some(seed), Some(catalogue)) = (seed, around.city.content::<Catalogue>()) else { return Ok(()) };
    let entries: Vec<(String, Uuid)> = sqlx::query_as("SELECT number, booking_id FROM booking WHERE city_id = $1 AND round_id = $2 AND state = 'entered' ORDER BY number").bind(city.as_str()).bind(round).fetch_all(&mut *tx).await?;
    let numbers: Vec<String> = entries.iter().map(|(number, _)| number.clone()).collect();
    for (place, number) in order(&seed, &numbers).iter().enumerate() {
        let Some((_, id)) = entries.iter().find(|(known, _)| known == number) else { continue };
        sqlx::query("UPDATE booking SET drawn = $3 WHERE city_id = $1 AND booking_id = $2").bind(city.as_str()).bind(id).bind(i32::try_from(place + 1).unwrap_or(i32::MAX)).execute(&mut *tx).await?;
        let Some(booking) = table::lock(tx, city, *id).await? else { continue };
        let won = give(&around.db, tx, city, catalogue, &booking, around.now).await?;
        hold::tell(around, tx, &booking, if won { "won" } else { "lost" }, round).await?;
    }
    sqlx::query("UPDATE draw_round SET drawn_at = $3 WHERE city_id = $1 AND round_id = $2").bind(city.as_str()).bind(round).bind(around.now).execute(tx).await?;
    Ok(())
}

async fn give(db: &Db, tx: &mut PgConnection, city: &CityId, catalogue: &Catalogue, booking: &Booking, now: DateTime<Utc>) -> Result<bool, ServiceError> {
    let Some((room, facility)) = catalogue.room(&booking.room_id) else { return Ok(false) };
    let wish = Wish { room, from: booking.from_at, to: booking.to_at, units: booking.units.unsigned_abs(), held_until: None };
    if booking.from_at <= now || !units::take(db, tx, city, booking.booking_id, wish, now).await? {
        table::set_state(tx, city, booking.booking_id, &["entered"], "lost", None, now).await?;
        return Ok(false);
    }
    let until = (now + TO_PAY).min(booking.from_at);
    hold::settle(db, tx, city, facility, room, booking, &["entered"], until, now).await?;
    Ok(true)
}

/// What is published of a round: the seed (once it is drawn), the entries and the order.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Published {
    pub round: String,
    pub seed_hash: String,
    pub seed: Option<String>,
    /// Number and result, in the order drawn; before that in the order of the numbers, without results.
    pub entries: Vec<(String, Option<bool>)>,
}

pub async fn published(tx: &mut PgConnection, city: &CityId, round: &str) -> Result<Option<Published>, ServiceError> {
    let row: Option<(String, String, bool)> = sqlx::query_as("SELECT seed_hash, seed, drawn_at IS NOT NULL FROM draw_round WHERE city_id = $1 AND round_id = $2").bind(city.as_str()).bind(round).fetch_optional(&mut *tx).await?;
    let Some((seed_hash, seed, drawn)) = row else { return Ok(None) };
    let entries: Vec<(String, Option<i32>, bool)> =
        sqlx::query_as("SELECT number, drawn, state <> 'lost' FROM booking WHERE city_id = $1 AND round_id = $2 AND (drawn IS NOT NULL OR state = 'entered') ORDER BY drawn NULLS LAST, number")
            .bind(city.as_str())
            .bind(round)
            .fetch_all(tx)
            .await?;
    let entries = entries.into_iter().map(|(number, place, won)| (number, place.map(|_| won))).collect();
    Ok(Some(Published { round: round.to_owned(), seed_hash, seed: drawn.then_some(seed), entries }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_follows_from_seed_and_numbers_alone() {
        let numbers: Vec<String> = (1..=50).map(|n| format!("R-{n:06}-0")).collect();
        let mut shuffled = numbers.clone();
        shuffled.reverse();
        assert_eq!(order("seed", &numbers), order("seed", &shuffled));
        assert_ne!(order("seed", &numbers), order("other", &numbers));
        assert_ne!(order("seed", &numbers), numbers);
        // Known from any other program: `printf %s abc | sha256sum`.
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_month_is_entered_two_months_before() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        assert_eq!(entry_days(day("2027-02-28")), (day("2026-12-01"), day("2026-12-10")));
        assert_eq!(round_id("court-a", day("2027-02-28")), "court-a/2027-02");
    }
}
