//! Vacancy over many rooms and days; many residents who want one slot.

use chrono::{DateTime, Utc};
use dialogue::Outcome;
use e2e::Counter;
use intents::facilities;
use model::CityId;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{path::Path, sync::Arc, time::Instant};

fn now() -> anyhow::Result<DateTime<Utc>> {
    Ok("2026-12-03T10:00:00+09:00".parse()?)
}

/// A city with 100 rooms, each with three slots a day, half of them taken.
async fn fill(data: &Path) -> anyhow::Result<()> {
    let options = PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi");
    let mut owner = PgConnection::connect_with(&options).await?;
    for sql in [
        "INSERT INTO city (city_id, name, zone, profile) VALUES ('rooms', '部屋市', 'Asia/Tokyo', '{}') ON CONFLICT DO NOTHING",
        "INSERT INTO facility (city_id, facility_id, sort, name, window_days) VALUES ('rooms', 'f', 'facility', '会館', 120) ON CONFLICT DO NOTHING",
        "INSERT INTO room (city_id, room_id, facility_id, name, hours, uses)
         SELECT 'rooms', 'r' || n, 'f', '第' || n || '会議室', '毎日 9:00-12:00,13:00-17:00,18:00-21:00', 'meeting' FROM generate_series(1, 100) n ON CONFLICT DO NOTHING",
        "WITH slots AS (
             SELECT gen_random_uuid() AS id, r, ('2026-12-04'::date + d + h)::timestamp AT TIME ZONE 'Asia/Tokyo' AS from_at
             FROM generate_series(1, 100) r, generate_series(0, 59) d, unnest(ARRAY['9:00'::time, '13:00', '18:00']) h WHERE (r * 7 + d * 3 + extract(hour FROM h)::int) % 2 = 0
         ), booked AS (
             INSERT INTO booking (city_id, booking_id, number, sort, facility_id, room_id, state, from_at, to_at, created_at)
             SELECT 'rooms', id, 'X-' || id, 'facility', 'f', 'r' || r, 'confirmed', from_at, from_at + interval '3 hours', now() FROM slots RETURNING booking_id
         )
         INSERT INTO booking_unit (city_id, booking_id, room_id, unit, from_at, to_at) SELECT 'rooms', id, 'r' || r, 1, from_at, from_at + interval '3 hours' FROM slots",
        "ANALYZE booking_unit",
    ] {
        sqlx::query(sql).execute(&mut owner).await?;
    }
    owner.close().await?;
    Ok(())
}

/// Median in milliseconds of the vacancy of 100 rooms over 60 days.
pub async fn vacancy(data: &Path, asked: usize) -> anyhow::Result<f64> {
    fill(data).await?;
    let counter = Counter::join(data, "aoba").await?;
    let city: CityId = "rooms".parse()?;
    let mut tx = counter.db.city(&city).await?;
    let catalogue = facilities::Catalogue::load(&mut tx, &city).await?;
    let (from, now) = ("2026-12-04".parse()?, now()?);
    let mut times = Vec::new();
    for _ in 0..asked {
        let began = Instant::now();
        let free = facilities::overview(&mut tx, &city, counter.city.zone, &catalogue, from, 60, now).await?;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        anyhow::ensure!(free == 9_000, "{free} slots are free");
    }
    tx.commit().await?;
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// Seconds until all of so many residents, who want one slot at once, have their answer.
pub async fn rush(data: &Path, count: usize) -> anyhow::Result<f64> {
    let counter = Arc::new(Counter::join(data, "aoba").await?);
    let mut everybody = Vec::new();
    for n in 0..count {
        everybody.push(counter.resident(&format!("rush-{n}")).await?);
    }
    let now = now()?;
    let began = Instant::now();
    let asking: Vec<_> = everybody
        .into_iter()
        .map(|who| {
            let counter = counter.clone();
            tokio::spawn(async move {
                let answers = [("what", "room:chuo-2"), ("people", "4"), ("slot", "book/chuo-2/2026-12-16/0900-1200"), ("group", "resident"), ("who", "new-phone"), ("name", "ヤマダ ハナコ"), ("phone", "0900000000")];
                counter.perform(who, "facility.book", &answers, now).await
            })
        })
        .collect();
    let mut booked = 0;
    for one in asking {
        booked += usize::from(matches!(one.await??, Outcome::Done { receipt: Some(_), .. }));
    }
    anyhow::ensure!(booked == 1, "{booked} booked the same slot");
    Ok(began.elapsed().as_secs_f64())
}
