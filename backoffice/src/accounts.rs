//! The accounts of staff in the database.

use crate::{Role, door};
use chrono::{DateTime, TimeDelta, Utc};
use model::CityId;
use sqlx::{PgConnection, Row, postgres::PgRow};
use store::{Db, StoreError};
use uuid::Uuid;

/// After so many wrong passwords in a row an account is locked for a while.
pub const FAILURES: i32 = 5;
pub const LOCKED: TimeDelta = TimeDelta::minutes(15);

#[derive(Clone, Debug)]
pub struct Staff {
    pub id: Uuid,
    pub login: String,
    pub name: String,
    pub role: Role,
    /// Empty: all.
    pub desks: Vec<String>,
    pub password: String,
    pub must_change: bool,
    pub locked_until: Option<DateTime<Utc>>,
    pub disabled: bool,
    /// A code of a device is asked for after the password.
    pub second_factor: bool,
    /// Whom the identity provider knows them as.
    pub sign_on: Option<String>,
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewStaff {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub desks: Vec<String>,
}

/// What [`read`] needs, of the table under this name.
pub fn columns(table: &str) -> String {
    let names = ["staff_id", "login", "name", "role", "desks", "password", "must_change", "locked_until", "disabled_at", "sign_on"];
    let all: Vec<String> = names.iter().map(|name| format!("{table}.{name}")).chain([format!("{table}.totp IS NOT NULL AS second_factor")]).collect();
    all.join(", ")
}

pub fn read(row: &PgRow) -> Result<Staff, StoreError> {
    let role: String = row.try_get("role")?;
    let id: Uuid = row.try_get("staff_id")?;
    Ok(Staff {
        id,
        login: row.try_get("login")?,
        name: row.try_get("name")?,
        role: role.parse().map_err(|_| StoreError::Inconsistent { table: "staff", key: id.to_string(), problem: "unknown role" })?,
        desks: row.try_get("desks")?,
        password: row.try_get("password")?,
        must_change: row.try_get("must_change")?,
        locked_until: row.try_get("locked_until")?,
        disabled: row.try_get::<Option<DateTime<Utc>>, _>("disabled_at")?.is_some(),
        second_factor: row.try_get("second_factor")?,
        sign_on: row.try_get("sign_on")?,
    })
}

pub async fn by_login(tx: &mut PgConnection, city: &CityId, login: &str) -> Result<Option<Staff>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {} FROM staff s WHERE city_id = $1 AND login = $2", columns("s")));
    let row = sqlx::query(sql).bind(city.as_str()).bind(login).fetch_optional(tx).await?;
    row.as_ref().map(read).transpose()
}

/// Whom the identity provider names so.
pub async fn by_sign_on(tx: &mut PgConnection, city: &CityId, subject: &str) -> Result<Option<Staff>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {} FROM staff s WHERE city_id = $1 AND sign_on = $2 AND disabled_at IS NULL", columns("s")));
    let row = sqlx::query(sql).bind(city.as_str()).bind(subject).fetch_optional(tx).await?;
    row.as_ref().map(read).transpose()
}

pub async fn all(tx: &mut PgConnection, city: &CityId) -> Result<Vec<Staff>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {} FROM staff s WHERE city_id = $1 ORDER BY disabled_at IS NOT NULL, login", columns("s")));
    sqlx::query(sql).bind(city.as_str()).fetch_all(tx).await?.iter().map(read).collect()
}

/// Makes an account, or gives the existing one a new password. Returns the initial password: it is shown once.
pub async fn add(db: &Db, city: &CityId, new: &NewStaff, now: DateTime<Utc>) -> Result<String, StoreError> {
    let initial = door::initial_password().ok_or(StoreError::Vault(store::VaultError::NoRandom))?;
    let hash = hashed(initial.clone()).await?;
    let mut tx = db.city(city).await?;
    put(&mut tx, city, db.uuid(), new, &hash, true, now).await?;
    tx.commit().await?;
    Ok(initial)
}

/// Hashes where it holds nobody up.
pub async fn hashed(password: String) -> Result<String, StoreError> {
    let hash = tokio::task::spawn_blocking(move || door::hash_password(&password)).await.ok().flatten();
    hash.ok_or(StoreError::Vault(store::VaultError::NoRandom))
}

pub async fn put(tx: &mut PgConnection, city: &CityId, id: Uuid, new: &NewStaff, hash: &str, must_change: bool, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO staff (city_id, staff_id, login, name, role, desks, password, must_change, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (city_id, login) DO UPDATE SET name = $4, role = $5, desks = $6, password = $7, must_change = $8, failures = 0, locked_until = NULL, disabled_at = NULL",
    )
    .bind(city.as_str())
    .bind(id)
    .bind(&new.login)
    .bind(&new.name)
    .bind(new.role.as_str())
    .bind(&new.desks)
    .bind(hash)
    .bind(must_change)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// Counts a wrong password; the last of several locks the account.
pub async fn failed(tx: &mut PgConnection, city: &CityId, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE staff SET failures = CASE WHEN failures + 1 >= $4 THEN 0 ELSE failures + 1 END,
             locked_until = CASE WHEN failures + 1 >= $4 THEN $3 ELSE locked_until END
         WHERE city_id = $1 AND staff_id = $2",
    )
    .bind(city.as_str())
    .bind(id)
    .bind(now + LOCKED)
    .bind(FAILURES)
    .execute(tx)
    .await?;
    Ok(())
}

/// A new password; all other sessions of the account end.
pub async fn change_password(tx: &mut PgConnection, city: &CityId, id: Uuid, hash: &str, keep: &[u8]) -> Result<(), StoreError> {
    sqlx::query("UPDATE staff SET password = $3, must_change = false WHERE city_id = $1 AND staff_id = $2")
        .bind(city.as_str())
        .bind(id)
        .bind(hash)
        .execute(&mut *tx)
        .await?;
    end_sessions(tx, city, id, keep).await
}

/// Ends the sessions of an account but for one.
pub async fn end_sessions(tx: &mut PgConnection, city: &CityId, id: Uuid, keep: &[u8]) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM staff_session WHERE city_id = $1 AND staff_id = $2 AND token_hash <> $3").bind(city.as_str()).bind(id).bind(keep).execute(tx).await?;
    Ok(())
}

/// Somebody has come in: what went wrong before is forgotten.
pub async fn entered(tx: &mut PgConnection, city: &CityId, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("UPDATE staff SET failures = 0, locked_until = NULL WHERE city_id = $1 AND staff_id = $2").bind(city.as_str()).bind(id).execute(tx).await?;
    Ok(())
}

/// Takes the second factor away, with the codes that stood in for it.
pub async fn drop_factor(tx: &mut PgConnection, city: &CityId, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("UPDATE staff SET totp = NULL, totp_step = 0 WHERE city_id = $1 AND staff_id = $2").bind(city.as_str()).bind(id).execute(&mut *tx).await?;
    sqlx::query("DELETE FROM staff_recovery WHERE city_id = $1 AND staff_id = $2").bind(city.as_str()).bind(id).execute(tx).await?;
    Ok(())
}
