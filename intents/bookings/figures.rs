//! How rooms are used: by room, by hour of the day, and how they are paid.

use crate::ServiceError;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use model::CityId;
use serde::Serialize;
use sqlx::PgConnection;

/// From a moment on, until another.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Room, bookings, hours booked, people, yen; the busiest first.
    pub by_room: Vec<(String, i64, f64, i64, i64)>,
    /// Hour of the day and how many bookings run in it.
    pub by_hour: Vec<(i32, i64)>,
    pub paid: i64,
    /// Of those, how many without cash.
    pub cashless: i64,
}

impl Figures {
    /// 0 to 1; none where nothing was paid.
    pub fn cashless_share(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "counts of bookings are small")]
        (self.paid > 0).then(|| self.cashless as f64 / self.paid as f64)
    }
}

pub async fn figures(tx: &mut PgConnection, city: &CityId, zone: Tz, period: Period) -> Result<Figures, ServiceError> {
    let by_room = sqlx::query_as(
        "SELECT room_id, count(*), sum(hours)::float8, COALESCE(sum(people), 0)::bigint, sum(yen)::bigint FROM booking_use
         WHERE city_id = $1 AND from_at >= $2 AND from_at < $3 GROUP BY room_id ORDER BY 3 DESC, 1",
    )
    .bind(city.as_str())
    .bind(period.from)
    .bind(period.until)
    .fetch_all(&mut *tx)
    .await?;
    let by_hour = sqlx::query_as(
        "SELECT extract(hour FROM h AT TIME ZONE $4)::int AS hour, count(*) FROM booking_use u
         CROSS JOIN LATERAL generate_series(date_trunc('hour', u.from_at), u.to_at - interval '1 second', interval '1 hour') h
         WHERE u.city_id = $1 AND u.from_at >= $2 AND u.from_at < $3 GROUP BY 1 ORDER BY 1",
    )
    .bind(city.as_str())
    .bind(period.from)
    .bind(period.until)
    .bind(zone.name())
    .fetch_all(&mut *tx)
    .await?;
    let (paid, cashless): (i64, i64) = sqlx::query_as(
        "SELECT count(*), count(*) FILTER (WHERE paid_by <> 'cash') FROM booking_use WHERE city_id = $1 AND from_at >= $2 AND from_at < $3 AND paid_by IS NOT NULL",
    )
    .bind(city.as_str())
    .bind(period.from)
    .bind(period.until)
    .fetch_one(tx)
    .await?;
    Ok(Figures { by_room, by_hour, paid, cashless })
}
