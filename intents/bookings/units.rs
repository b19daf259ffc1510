//! Taking and giving back. The exclusion constraint decides who was first; nobody is asked to wait.

use crate::{ServiceError, facilities::Room};
use chrono::{DateTime, TimeDelta, Utc};
use model::{BillState, CityId};
use sqlx::PgConnection;
use store::{Db, bills};
use uuid::Uuid;

/// What is to be taken.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    pub room: &'a Room,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub units: u32,
    /// `None`: for good.
    pub held_until: Option<DateTime<Utc>>,
}

/// The kind of the bills of bookings; the job `bill.booking` comes at their changes.
pub const BILL: &str = "booking";

/// Takes units of a room for a booking that is there already. `false`: not so many are free, and nothing was taken.
pub async fn take(db: &Db, tx: &mut PgConnection, city: &CityId, booking: Uuid, wish: Wish<'_>, now: DateTime<Utc>) -> Result<bool, ServiceError> {
    let to = wish.to + TimeDelta::minutes(i64::from(wish.room.buffer));
    end_lapsed(db, tx, city, &wish.room.id, wish.from, to, now).await?;
    let free: Vec<i32> = sqlx::query_scalar(
        "SELECT u FROM generate_series(1, $5) u
         WHERE NOT EXISTS (SELECT 1 FROM booking_unit b WHERE b.city_id = $1 AND b.room_id = $2 AND b.unit = u AND b.during && tstzrange($3, $4)) ORDER BY u",
    )
    .bind(city.as_str())
    .bind(&wish.room.id)
    .bind(wish.from)
    .bind(to)
    .bind(i32::try_from(wish.room.units).unwrap_or(i32::MAX))
    .fetch_all(&mut *tx)
    .await?;
    let mut left = wish.units;
    for unit in free {
        if left == 0 {
            break;
        }
        // Somebody may be taking it at this moment: the constraint waits for their end and then says no, without an error.
        let done = sqlx::query(
            "INSERT INTO booking_unit (city_id, booking_id, room_id, unit, from_at, to_at, held_until) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind(city.as_str())
        .bind(booking)
        .bind(&wish.room.id)
        .bind(unit)
        .bind(wish.from)
        .bind(to)
        .bind(wish.held_until)
        .execute(&mut *tx)
        .await?;
        left -= u32::from(done.rows_affected() == 1);
    }
    if left > 0 {
        give_back(tx, city, booking).await?;
    }
    Ok(left == 0)
}

/// Everything that a booking took is free again.
pub async fn give_back(tx: &mut PgConnection, city: &CityId, booking: Uuid) -> Result<bool, ServiceError> {
    let done = sqlx::query("DELETE FROM booking_unit WHERE city_id = $1 AND booking_id = $2").bind(city.as_str()).bind(booking).execute(tx).await?;
    Ok(done.rows_affected() > 0)
}

/// Ends the holds that have run out and lie in the way, unless they were paid a moment ago. Their bills end with them: money that
/// comes later is known to be late.
async fn end_lapsed(db: &Db, tx: &mut PgConnection, city: &CityId, room: &str, from: DateTime<Utc>, to: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let lapsed: Vec<Uuid> = sqlx::query_scalar(
        "UPDATE booking SET state = 'lapsed', ended_at = $5 WHERE city_id = $1 AND state IN ('held', 'offered') AND held_until <= $5 AND booking_id IN (
             SELECT booking_id FROM booking_unit WHERE city_id = $1 AND room_id = $2 AND during && tstzrange($3, $4) AND held_until <= $5)
           AND NOT EXISTS (SELECT 1 FROM bill l WHERE l.city_id = $1 AND l.kind = 'booking' AND l.subject = booking.booking_id AND l.state = 'paid')
         RETURNING booking_id",
    )
    .bind(city.as_str())
    .bind(room)
    .bind(from)
    .bind(to)
    .bind(now)
    .fetch_all(&mut *tx)
    .await?;
    for booking in lapsed {
        give_back(tx, city, booking).await?;
        cancel_bills(db, tx, city, booking, now).await?;
    }
    Ok(())
}

/// Withdraws what is not paid yet.
pub async fn cancel_bills(db: &Db, tx: &mut PgConnection, city: &CityId, booking: Uuid, now: DateTime<Utc>) -> Result<(), ServiceError> {
    for bill in bills::of_subject(tx, city, BILL, booking).await? {
        if bill.state == BillState::Open {
            bills::cancel(db, tx, city, bill.id, now).await?;
        }
    }
    Ok(())
}
