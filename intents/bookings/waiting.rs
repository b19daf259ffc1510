//! The waiting list: what becomes free is kept for the next for a while.

use super::{hold, jobs, table::{self, Booking}, units::{self, Wish}};
use crate::{Around, Context, ServiceError, WorkError, facilities::{Catalogue, catalogue}};
use chrono::{DateTime, TimeDelta, Utc};
use dialogue::Outcome;
use model::{Choice, ConversationId, Part, Postback, Say};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Offers what became free to those who wait for it, the longest first, until nothing is left of it.
pub async fn freed(around: &Around, tx: &mut PgConnection, payload: &Value) -> Result<(), WorkError> {
    let read = |name: &str| payload[name].as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
    let (Some(room), Some(from), Some(to)) = (payload["room"].as_str(), read("from"), read("to")) else {
        return Err(WorkError::Never("the payload names no room and time".to_owned()));
    };
    let (db, city, now) = (&around.db, &around.city.id, around.now);
    let Some((room, facility)) = around.city.content::<Catalogue>().and_then(|catalogue| catalogue.room(room)) else { return Ok(()) };
    let waiting: Vec<Uuid> = sqlx::query_scalar(
        "SELECT booking_id FROM booking WHERE city_id = $1 AND room_id = $2 AND state = 'waiting' AND from_at < $4 AND to_at > $3 AND from_at > $5 ORDER BY created_at, booking_id",
    )
    .bind(city.as_str())
    .bind(&room.id)
    .bind(from)
    .bind(to)
    .bind(now)
    .fetch_all(&mut *tx)
    .await?;
    for id in waiting {
        let Some(booking) = table::lock(tx, city, id).await?.filter(|booking| booking.state == "waiting") else { continue };
        let until = (now + TimeDelta::minutes(i64::from(facility.offer_minutes))).min(booking.from_at);
        let wish = Wish { room, from: booking.from_at, to: booking.to_at, units: booking.units.unsigned_abs(), held_until: Some(until) };
        if units::take(db, tx, city, id, wish, now).await? {
            table::set_state(tx, city, id, &["waiting"], "offered", Some(until), now).await?;
            store::schedule_for(tx, city, booking.conversation_id.map(ConversationId), jobs::HOLD, &id.to_string(), until, &Value::Null).await?;
            hold::tell(around, tx, &booking, "offered", &until.timestamp().to_string()).await?;
        }
    }
    Ok(())
}

/// What a resident says to an offer.
pub async fn answer(context: &mut Context<'_>, number: &str, yes: bool) -> Result<Outcome, ServiceError> {
    let offered: Vec<Booking> = table::mine(context, &["offered"]).await?.into_iter().filter(|booking| booking.number == number).collect();
    let (city, now) = (context.city.id.clone(), context.now.to_utc());
    let gone = || Outcome::done(vec![Part::Choices { text: Say::key("booking-offer-gone"), choices: vec![Choice::new(Say::key("facility-vacancy-title"), Postback::begin("facility.vacancy")), Choice::new(Say::key("menu-label"), "menu")] }]);
    let Some(id) = offered.first().map(|booking| booking.booking_id) else { return Ok(gone()) };
    let Some(booking) = table::lock(context.tx, &city, id).await?.filter(|booking| booking.state == "offered") else { return Ok(gone()) };
    if !yes {
        hold::end(context.db, context.tx, &city, &booking, &["offered"], "cancelled", now).await?;
        return Ok(Outcome::done(vec![Part::text(Say::key("booking-offer-declined"))]));
    }
    let Some((room, facility)) = catalogue(context).room(&booking.room_id) else { return Ok(gone()) };
    store::cancel_job(context.tx, &city, jobs::HOLD, &id.to_string()).await?;
    let until = (now + TimeDelta::minutes(i64::from(facility.hold_minutes))).min(booking.from_at);
    let bill = hold::settle(context.db, context.tx, &city, facility, room, &booking, &["offered"], until, now).await?;
    let title = hold::title(context.city.zone, context.lang, &booking, catalogue(context));
    Ok(super::book::taken(&title, &booking.number, facility, bill.as_ref(), until))
}
