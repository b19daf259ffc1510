use chrono::{DateTime, NaiveDate, Utc};
use model::{CityId, Point};
use sqlx::PgConnection;

/// A shelter and how far it is.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Shelter {
    pub shelter_id: String,
    pub name: String,
    pub address: String,
    pub lat: f64,
    pub lng: f64,
    pub kind: String,
    pub capacity: Option<i32>,
    pub pets: Option<bool>,
    pub wheelchair: Option<bool>,
    pub hazards: Option<i32>,
    pub note: String,
    pub as_of: Option<NaiveDate>,
    pub state: Option<String>,
    pub people: Option<i32>,
    pub updated_at: Option<DateTime<Utc>>,
}

impl Shelter {
    pub fn point(&self) -> Point {
        Point { lat: self.lat, lng: self.lng }
    }
}

/// What a shelter must offer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Usable in all of these hazards (bits).
    pub hazards: i32,
    pub pets: bool,
    pub wheelchair: bool,
}

/// The nearest shelters that offer what is wanted, nearest first, with metres as the crow flies.
///
/// The index gives candidates in nearly the right order (see the column `pos`); three times as many as wanted are taken
/// and sorted by their true distance.
pub async fn nearest(tx: &mut PgConnection, city: &CityId, here: Point, wanted: Wanted, limit: usize) -> Result<Vec<(f64, Shelter)>, sqlx::Error> {
    let candidates = i64::try_from(limit * 3).unwrap_or(i64::MAX);
    let rows: Vec<Shelter> = sqlx::query_as(
        "SELECT s.shelter_id, s.name, s.address, s.lat, s.lng, s.kind, s.capacity, s.pets, s.wheelchair, s.hazards, s.note, s.as_of,
                n.state, n.people, n.updated_at
         FROM (SELECT * FROM shelter
               WHERE city_id = $1 AND ($4 = 0 OR hazards & $4 = $4) AND (NOT $5 OR pets) AND (NOT $6 OR wheelchair)
               ORDER BY pos <-> point($3 * 0.819, $2) LIMIT $7) s
         LEFT JOIN shelter_status n ON n.city_id = $1 AND n.shelter_id = s.shelter_id",
    )
    .bind(city.as_str())
    .bind(here.lat)
    .bind(here.lng)
    .bind(wanted.hazards)
    .bind(wanted.pets)
    .bind(wanted.wheelchair)
    .bind(candidates)
    .fetch_all(tx)
    .await?;
    let mut near: Vec<_> = rows.into_iter().map(|shelter| (here.metres_to(shelter.point()), shelter)).collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    // The same building is often listed twice, as a site and as a shelter.
    let mut seen: Vec<(String, Point)> = Vec::new();
    near.retain(|(_, shelter)| {
        let known = seen.iter().any(|(name, at)| *name == shelter.name && at.metres_to(shelter.point()) < 50.0);
        seen.push((shelter.name.clone(), shelter.point()));
        !known
    });
    near.truncate(limit);
    Ok(near)
}

pub async fn by_id(tx: &mut PgConnection, city: &CityId, id: &str) -> Result<Option<Shelter>, sqlx::Error> {
    sqlx::query_as(
        "SELECT s.shelter_id, s.name, s.address, s.lat, s.lng, s.kind, s.capacity, s.pets, s.wheelchair, s.hazards, s.note, s.as_of,
                n.state, n.people, n.updated_at
         FROM shelter s LEFT JOIN shelter_status n USING (city_id, shelter_id) WHERE s.city_id = $1 AND s.shelter_id = $2",
    )
    .bind(city.as_str())
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// The shelters that are open or full now.
pub async fn opened(tx: &mut PgConnection, city: &CityId) -> Result<Vec<Shelter>, sqlx::Error> {
    sqlx::query_as(
        "SELECT s.shelter_id, s.name, s.address, s.lat, s.lng, s.kind, s.capacity, s.pets, s.wheelchair, s.hazards, s.note, s.as_of,
                n.state, n.people, n.updated_at
         FROM shelter s JOIN shelter_status n USING (city_id, shelter_id)
         WHERE s.city_id = $1 AND n.state <> 'closed' ORDER BY n.state DESC, s.name LIMIT 10",
    )
    .bind(city.as_str())
    .fetch_all(tx)
    .await
}
