//! Bookings as they stand in the database.

use crate::{Context, ServiceError, people::receipt};
use chrono::{DateTime, Utc};
use model::{CityId, ConversationId};
use sqlx::{AssertSqlSafe, PgConnection};
use store::Db;
use uuid::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Booking {
    pub booking_id: Uuid,
    pub number: String,
    pub sort: String,
    pub facility_id: String,
    pub room_id: String,
    pub conversation_id: Option<Uuid>,
    pub state: String,
    pub from_at: DateTime<Utc>,
    pub to_at: DateTime<Utc>,
    pub units: i32,
    pub people: Option<i32>,
    pub grp: String,
    pub options: String,
    pub yen: i64,
    pub held_until: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "b.booking_id, b.number, b.sort, b.facility_id, b.room_id, b.conversation_id, b.state, b.from_at, b.to_at, b.units, b.people, b.grp, b.options, b.yen, b.held_until";

/// A booking that is to be made.
#[derive(Clone, Debug)]
pub struct New<'a> {
    pub sort: &'a str,
    pub facility: &'a str,
    pub room: &'a str,
    pub conversation: Option<ConversationId>,
    pub author: Option<Uuid>,
    pub state: &'static str,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub units: u32,
    pub people: Option<u32>,
    pub group: &'a str,
    pub options: &'a str,
    pub yen: i64,
    pub held_until: Option<DateTime<Utc>>,
    pub round: Option<&'a str>,
    pub sealed: Option<Vec<u8>>,
    pub title: &'a str,
}

/// Draws of a number before it is given up.
const DRAWS: usize = 8;

/// Writes a booking down, with a number of its own. What it takes is taken apart from it.
pub async fn insert(db: &Db, tx: &mut PgConnection, city: &CityId, new: &New<'_>, now: DateTime<Utc>) -> Result<(Uuid, String), ServiceError> {
    insert_as(db.uuid(), db, tx, city, new, now).await
}

/// As [`insert`], under an id that was drawn before.
pub async fn insert_as(id: Uuid, db: &Db, tx: &mut PgConnection, city: &CityId, new: &New<'_>, now: DateTime<Utc>) -> Result<(Uuid, String), ServiceError> {
    for _ in 0..DRAWS {
        let number = receipt('R', db.uuid());
        let done = sqlx::query(
            "INSERT INTO booking (city_id, booking_id, number, sort, facility_id, room_id, conversation_id, author, state, from_at, to_at, units, people, grp, options, yen,
                 held_until, round_id, sealed, title, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) ON CONFLICT (city_id, number) DO NOTHING",
        )
        .bind(city.as_str())
        .bind(id)
        .bind(&number)
        .bind(new.sort)
        .bind(new.facility)
        .bind(new.room)
        .bind(new.conversation.map(|id| id.0))
        .bind(new.author)
        .bind(new.state)
        .bind(new.from)
        .bind(new.to)
        .bind(i32::try_from(new.units).unwrap_or(i32::MAX))
        .bind(new.people.and_then(|n| i32::try_from(n).ok()))
        .bind(new.group)
        .bind(new.options)
        .bind(new.yen)
        .bind(new.held_until)
        .bind(new.round)
        .bind(&new.sealed)
        .bind(new.title)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 1 {
            return Ok((id, number));
        }
    }
    Err(store::StoreError::Inconsistent { table: "booking", key: city.to_string(), problem: "no number is free" }.into())
}

/// A booking, locked until the transaction ends.
pub async fn lock(tx: &mut PgConnection, city: &CityId, id: Uuid) -> Result<Option<Booking>, ServiceError> {
    let sql = format!("SELECT {COLUMNS} FROM booking b WHERE b.city_id = $1 AND b.booking_id = $2 FOR UPDATE OF b");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(city.as_str()).bind(id).fetch_optional(tx).await?)
}

pub async fn find(tx: &mut PgConnection, city: &CityId, id: Uuid) -> Result<Option<Booking>, ServiceError> {
    let sql = format!("SELECT {COLUMNS} FROM booking b WHERE b.city_id = $1 AND b.booking_id = $2");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(city.as_str()).bind(id).fetch_optional(tx).await?)
}

/// The bookings of the resident of this conversation, by whichever account, that are in one of these states and not over; the next
/// one first. Of anybody else's nothing is ever found here.
pub async fn mine(context: &mut Context<'_>, states: &[&str]) -> Result<Vec<Booking>, ServiceError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM booking b JOIN conversation c ON c.city_id = b.city_id AND c.conversation_id = b.conversation_id
         WHERE b.city_id = $1 AND c.contact_id = ANY($2) AND b.state = ANY($3) AND b.to_at > $4
           AND (b.held_until IS NULL OR b.held_until > $4) ORDER BY b.from_at, b.number"
    );
    let contacts: Vec<Uuid> = store::contacts_of(context.tx, &context.city.id, context.conversation).await?.into_iter().map(|contact| contact.0).collect();
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(context.city.id.as_str()).bind(contacts).bind(states).bind(context.now.to_utc()).fetch_all(&mut *context.tx).await?)
}

/// Moves a booking that is in one of these states to another. `false`: it was in none.
pub async fn set_state(tx: &mut PgConnection, city: &CityId, id: Uuid, from: &[&str], to: &str, held_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<bool, ServiceError> {
    let done = sqlx::query(
        "UPDATE booking SET state = $4, held_until = $5, ended_at = CASE WHEN $4 IN ('cancelled', 'lapsed', 'lost') THEN $6 END
         WHERE city_id = $1 AND booking_id = $2 AND state = ANY($3)",
    )
    .bind(city.as_str())
    .bind(id)
    .bind(from)
    .bind(to)
    .bind(held_until)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query("UPDATE booking_unit SET held_until = $3 WHERE city_id = $1 AND booking_id = $2").bind(city.as_str()).bind(id).bind(held_until).execute(tx).await?;
    Ok(done.rows_affected() == 1)
}
