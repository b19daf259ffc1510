//! The nearest shelters among as many as Japan has.

use anyhow::Context;
use intents::{WantedShelter, nearest_shelters};
use model::{CityId, Point};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{path::Path, time::Instant};

/// Median and 99th percentile in milliseconds.
pub async fn nearest(data: &Path, rows: i32, asked: usize) -> anyhow::Result<(f64, f64)> {
    let options = PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi");
    let mut connection = PgConnection::connect_with(&options).await?;
    sqlx::query("INSERT INTO city (city_id, name, zone, profile) VALUES ('japan', '日本', 'Asia/Tokyo', '{}') ON CONFLICT DO NOTHING").execute(&mut connection).await?;
    // Spread over the land as a lattice with noise, denser in a few cities: deterministic.
    sqlx::query(
        "INSERT INTO shelter (city_id, shelter_id, name, lat, lng, kind, hazards)
         SELECT 'japan', 's' || n, '避難所' || n,
                CASE WHEN n % 3 = 0 THEN 34.6 + (n * 7919 % 4000) / 10000.0 ELSE 31.0 + (n::bigint * 104729 % 140000) / 10000.0 END,
                CASE WHEN n % 3 = 0 THEN 135.3 + (n * 6101 % 4000) / 10000.0 ELSE 130.0 + (n::bigint * 86028 % 110000) / 10000.0 END,
                'both', n % 256
         FROM generate_series(1, $1) n ON CONFLICT DO NOTHING",
    )
    .bind(rows)
    .execute(&mut connection)
    .await?;
    sqlx::query("ANALYZE shelter").execute(&mut connection).await?;
    // As the application sees it: one city, under row-level security.
    sqlx::query("SET ROLE madoguchi_app").execute(&mut connection).await?;
    sqlx::query("SET app.city = 'japan'").execute(&mut connection).await?;
    let city: CityId = "japan".parse()?;
    let mut times = Vec::with_capacity(asked);
    for n in 0..asked {
        let here = Point::new(31.5 + (n * 37 % 1_000) as f64 / 100.0, 130.5 + (n * 91 % 900) as f64 / 100.0).context("a point")?;
        let wanted = WantedShelter { hazards: if n % 2 == 0 { 0 } else { 1 }, ..WantedShelter::default() };
        let began = Instant::now();
        let found = nearest_shelters(&mut connection, &city, here, wanted, 5).await?;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        anyhow::ensure!(found.len() == 5);
    }
    connection.close().await?;
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2], times[times.len() * 99 / 100]))
}
