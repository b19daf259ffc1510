//! From taken to settled: the bill, the hold until it is paid, what is to be done later; and the end of a booking.

use super::{SERVICE, jobs, table::{self, Booking}, units::{self, BILL}};
use crate::{Around, ServiceError, facilities::{Catalogue, Facility, Room, clock_span}, tell as tell_conversation, texts::say_date};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use model::{Bill, BillLine, CityId, ConversationId, Lang, NewBill, Yen};
use serde_json::{Value, json};
use sqlx::PgConnection;
use store::{Db, bills};
use uuid::Uuid;

/// A booking is reminded of so long before: the day before, at the hour at which it begins.
const REMIND: TimeDelta = TimeDelta::hours(24);

/// What a booking is called, on bills and lists.
pub fn title(zone: Tz, lang: Lang, booking: &Booking, catalogue: &Catalogue) -> String {
    let name = match catalogue.room(&booking.room_id) {
        Some((room, facility)) if facility.sort == "bulky" => format!("{} {}", facility.name, room.name),
        Some((room, facility)) => format!("{} {}", facility.name, room.name),
        // The room was taken out of the catalogue.
        None => booking.room_id.clone(),
    };
    let (from, to) = (booking.from_at.with_timezone(&zone), booking.to_at.with_timezone(&zone));
    let minute = |at: DateTime<Tz>| u16::try_from(at.hour() * 60 + at.minute()).unwrap_or(0);
    let end = if to.date_naive() > from.date_naive() { 1_440 } else { minute(to) };
    format!("{} {} {name}", say_date(lang, from.date_naive()), clock_span((minute(from), end)))
}

/// Opens the bill of a booking, and settles its state: held until it is paid, or confirmed at once.
#[expect(clippy::too_many_arguments, reason = "all of it is needed, and none of it belongs together")]
pub async fn settle(db: &Db, tx: &mut PgConnection, city: &CityId, facility: &Facility, room: &Room, booking: &Booking, from: &[&str], until: DateTime<Utc>, now: DateTime<Utc>) -> Result<Option<Bill>, ServiceError> {
    let before = facility.pay == "before";
    let bill = if booking.yen > 0 {
        let text = format!("{} {}", facility.name, room.name);
        let unit = Yen::new(booking.yen).map_err(store::StoreError::from)?;
        let tax_percent = (facility.sort != "nursery").then_some(10);
        let new = NewBill {
            kind: BILL,
            subject: booking.booking_id,
            conversation: booking.conversation_id.map(ConversationId),
            title: format!("{text}（{}）", booking.number),
            lines: vec![BillLine { text, quantity: 1, unit, tax_percent }],
            due_at: if before { until } else { booking.from_at },
            hold_until: before.then_some(until),
        };
        Some(bills::open(db, tx, city, &new, now).await?)
    } else {
        None
    };
    if bill.is_some() && before {
        table::set_state(tx, city, booking.booking_id, from, "held", Some(until), now).await?;
    } else {
        confirm(tx, city, facility, room, booking, from, now).await?;
    }
    Ok(bill)
}

/// It is theirs: the reminder and the pass code are set.
pub async fn confirm(tx: &mut PgConnection, city: &CityId, facility: &Facility, room: &Room, booking: &Booking, from: &[&str], now: DateTime<Utc>) -> Result<bool, ServiceError> {
    if !table::set_state(tx, city, booking.booking_id, from, "confirmed", None, now).await? {
        return Ok(false);
    }
    schedule_rest(tx, city, facility, room, booking, now).await?;
    Ok(true)
}

pub async fn schedule_rest(tx: &mut PgConnection, city: &CityId, facility: &Facility, room: &Room, booking: &Booking, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let (key, conversation) = (booking.booking_id.to_string(), booking.conversation_id.map(ConversationId));
    let remind = booking.from_at - REMIND;
    if remind > now && conversation.is_some() {
        store::schedule_for(tx, city, conversation, jobs::REMINDER, &key, remind, &Value::Null).await?;
    }
    if !room.door.is_empty() {
        let (from, until) = (booking.from_at - TimeDelta::minutes(i64::from(facility.door_before)), booking.to_at + TimeDelta::minutes(i64::from(facility.door_after)));
        sqlx::query(
            "INSERT INTO door_pass (city_id, booking_id, door, from_at, until_at, state) VALUES ($1, $2, $3, $4, $5, 'wanted')
             ON CONFLICT (city_id, booking_id) DO UPDATE SET door = $3, from_at = $4, until_at = $5, state = 'wanted', sealed = NULL",
        )
        .bind(city.as_str())
        .bind(booking.booking_id)
        .bind(&room.door)
        .bind(from)
        .bind(until)
        .execute(&mut *tx)
        .await?;
        store::schedule_for(tx, city, conversation, jobs::DOOR, &key, (from - TimeDelta::hours(24)).max(now), &Value::Null).await?;
    }
    Ok(())
}

/// Ends a booking: what it took is free, what was to be done later is not done, what was not paid is not owed. Returns whether
/// anything became free. What was paid is the caller's to give back.
pub async fn end(db: &Db, tx: &mut PgConnection, city: &CityId, booking: &Booking, from: &[&str], to: &str, now: DateTime<Utc>) -> Result<bool, ServiceError> {
    if !table::set_state(tx, city, booking.booking_id, from, to, None, now).await? {
        return Ok(false);
    }
    let freed = units::give_back(tx, city, booking.booking_id).await?;
    units::cancel_bills(db, tx, city, booking.booking_id, now).await?;
    forget_rest(tx, city, booking, now).await?;
    if freed {
        free(tx, city, booking, now).await?;
    }
    Ok(freed)
}

/// Takes back the reminder and the pass code.
pub async fn forget_rest(tx: &mut PgConnection, city: &CityId, booking: &Booking, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let key = booking.booking_id.to_string();
    for kind in [jobs::REMINDER, jobs::DOOR, jobs::HOLD] {
        store::cancel_job(tx, city, kind, &key).await?;
    }
    // Whether a code was issued is known for sure only by the door.
    let pass = sqlx::query("UPDATE door_pass SET state = 'revoked', sealed = NULL WHERE city_id = $1 AND booking_id = $2 AND state <> 'revoked'").bind(city.as_str()).bind(booking.booking_id).execute(&mut *tx).await?;
    if pass.rows_affected() > 0 {
        store::schedule_for(tx, city, booking.conversation_id.map(ConversationId), jobs::DOOR_END, &key, now, &Value::Null).await?;
    }
    Ok(())
}

/// Something became free: whoever waits for it hears of it.
pub async fn free(tx: &mut PgConnection, city: &CityId, booking: &Booking, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let payload = json!({ "room": booking.room_id, "from": booking.from_at, "to": booking.to_at });
    let key = format!("{}/{}", booking.room_id, booking.from_at.timestamp());
    Ok(store::schedule_for(tx, city, booking.conversation_id.map(ConversationId), jobs::FREED, &key, now, &payload).await?)
}

/// Has the resident of a booking told of it. `of` makes it another telling than one before.
pub async fn tell(around: &Around, tx: &mut PgConnection, booking: &Booking, event: &str, of: &str) -> Result<(), ServiceError> {
    if let Some(conversation) = booking.conversation_id {
        let key = format!("{}:{of}", booking.booking_id);
        tell_conversation(&around.db, tx, &around.city.id, ConversationId(conversation), (SERVICE, event, &key), around.now).await?;
    }
    Ok(())
}

/// The booking that the key of a telling names.
pub fn booking_of(key: &str) -> Option<Uuid> {
    key.split(':').next()?.parse().ok()
}
