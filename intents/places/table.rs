use chrono::NaiveDate;
use model::{CityId, Hours, Point};
use sqlx::PgConnection;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Place {
    pub name: String,
    pub address: String,
    pub lat: f64,
    pub lng: f64,
    pub phone: Option<String>,
    pub hours: String,
    pub closed: String,
    pub wheelchair: Option<bool>,
    pub note: String,
    pub url: Option<String>,
    pub as_of: Option<NaiveDate>,
}

impl Place {
    pub fn point(&self) -> Point {
        Point { lat: self.lat, lng: self.lng }
    }

    /// `None` when the city has not written any hours. What it wrote was checked when it was imported.
    pub fn opening(&self) -> Option<Hours> {
        Hours::parse(&self.hours, &self.closed).ok().filter(|hours| !hours.is_empty())
    }
}

/// The nearest places of a category with their distance in metres.
pub async fn nearest(tx: &mut PgConnection, city: &CityId, category: &str, here: Point, limit: usize) -> Result<Vec<(f64, Place)>, sqlx::Error> {
    let rows: Vec<Place> = sqlx::query_as(
        "SELECT name, address, lat, lng, phone, hours, closed, wheelchair, note, url, as_of FROM place
         WHERE city_id = $1 AND category = $2 ORDER BY pos <-> point($4 * 0.819, $3) LIMIT $5",
    )
    .bind(city.as_str())
    .bind(category)
    .bind(here.lat)
    .bind(here.lng)
    .bind(i64::try_from(limit * 3).unwrap_or(i64::MAX))
    .fetch_all(tx)
    .await?;
    let mut near: Vec<_> = rows.into_iter().map(|place| (here.metres_to(place.point()), place)).collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    near.truncate(limit);
    Ok(near)
}

pub async fn by_id(tx: &mut PgConnection, city: &CityId, id: &str) -> Result<Option<Place>, sqlx::Error> {
    sqlx::query_as(
        "SELECT name, address, lat, lng, phone, hours, closed, wheelchair, note, url, as_of FROM place WHERE city_id = $1 AND place_id = $2",
    )
    .bind(city.as_str())
    .bind(id)
    .fetch_optional(tx)
    .await
}

pub async fn of_category(tx: &mut PgConnection, city: &CityId, category: &str) -> Result<Vec<Place>, sqlx::Error> {
    sqlx::query_as(
        "SELECT name, address, lat, lng, phone, hours, closed, wheelchair, note, url, as_of FROM place
         WHERE city_id = $1 AND category = $2 ORDER BY name LIMIT 10",
    )
    .bind(city.as_str())
    .bind(category)
    .fetch_all(tx)
    .await
}
