use crate::{Db, StoreError};
use model::{CityId, Desk};
use sqlx::PgConnection;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CityRow {
    pub city_id: String,
    pub name: String,
    pub zone: String,
    pub profile: serde_json::Value,
    pub content_version: i64,
}

/// All cities of the installation.
pub async fn city_rows(db: &Db) -> Result<Vec<CityRow>, StoreError> {
    Ok(sqlx::query_as("SELECT city_id, name, zone, profile, content_version FROM city ORDER BY city_id").fetch_all(db.app()).await?)
}

pub async fn find_city(db: &Db, city: &CityId) -> Result<CityRow, StoreError> {
    sqlx::query_as("SELECT city_id, name, zone, profile, content_version FROM city WHERE city_id = $1")
        .bind(city.as_str())
        .fetch_optional(db.app())
        .await?
        .ok_or_else(|| StoreError::NoCity(city.to_string()))
}

/// Adds a city, or renews its name, zone and settings; its key is made once.
pub async fn put_city(db: &Db, tx: &mut PgConnection, row: &CityRow) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO city (city_id, name, zone, profile) VALUES ($1, $2, $3, $4)
         ON CONFLICT (city_id) DO UPDATE SET name = $2, zone = $3, profile = $4
         WHERE (city.name, city.zone, city.profile) IS DISTINCT FROM ($2, $3, $4)",
    )
    .bind(&row.city_id)
    .bind(&row.name)
    .bind(&row.zone)
    .bind(&row.profile)
    .execute(&mut *tx)
    .await?;
    sqlx::query("INSERT INTO city_key (city_id, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(&row.city_id)
        .bind(db.vault().new_key(&row.city_id)?)
        .execute(tx)
        .await?;
    Ok(())
}

/// Says that the city's content has changed.
pub async fn bump_content(tx: &mut PgConnection, city: &CityId) -> Result<(), StoreError> {
    sqlx::query("UPDATE city SET content_version = content_version + 1 WHERE city_id = $1")
        .bind(city.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct DeskRow {
    desk_id: String,
    name: String,
    phone: Option<String>,
    hours: Option<String>,
    extension: Option<String>,
    topics: String,
}

impl DeskRow {
    fn split(self) -> (Desk, String) {
        (Desk { id: self.desk_id, name: self.name, phone: self.phone, hours: self.hours, extension: self.extension }, self.topics)
    }
}

/// All desks of a city, each with the words that lead to it.
pub async fn desks(tx: &mut PgConnection, city: &CityId) -> Result<Vec<(Desk, String)>, StoreError> {
    let rows: Vec<DeskRow> =
        sqlx::query_as("SELECT desk_id, name, phone, hours, extension, topics FROM desk WHERE city_id = $1 ORDER BY desk_id")
            .bind(city.as_str())
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(DeskRow::split).collect())
}

pub async fn desk(tx: &mut PgConnection, city: &CityId, id: &str) -> Result<Option<Desk>, StoreError> {
    let row: Option<DeskRow> =
        sqlx::query_as("SELECT desk_id, name, phone, hours, extension, topics FROM desk WHERE city_id = $1 AND desk_id = $2")
            .bind(city.as_str())
            .bind(id)
            .fetch_optional(tx)
            .await?;
    Ok(row.map(|row| row.split().0))
}

/// Adds or renews a desk. Returns whether anything changed.
pub async fn put_desk(tx: &mut PgConnection, city: &CityId, desk: &Desk, kana: &str, address: &str, topics: &str) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO desk (city_id, desk_id, name, kana, phone, hours, address, topics, extension) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (city_id, desk_id) DO UPDATE SET name = $3, kana = $4, phone = $5, hours = $6, address = $7, topics = $8, extension = $9
         WHERE (desk.name, desk.kana, desk.phone, desk.hours, desk.address, desk.topics, desk.extension) IS DISTINCT FROM ($3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(city.as_str())
    .bind(&desk.id)
    .bind(&desk.name)
    .bind(kana)
    .bind(&desk.phone)
    .bind(&desk.hours)
    .bind(address)
    .bind(topics)
    .bind(&desk.extension)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}
