//! Sessions: a random token in a cookie; the database keeps its hash. Every page asks here who is there.

use crate::{CityFacts, Office, accounts::{self, Staff}, error::Refusal};
use aws_lc_rs::{constant_time, digest, hmac, rand};
use axum::{
    RequestPartsExt,
    extract::{FromRequestParts, RawPathParams},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use chrono::{DateTime, TimeDelta, Utc};
use model::CityId;
use store::StoreError;

/// A session ends this long after its login, whatever happens.
const LONGEST: TimeDelta = TimeDelta::hours(12);
/// And this long after the person last did something.
const IDLE: TimeDelta = TimeDelta::minutes(30);

const PLAIN: &str = "madoguchi_staff";
/// Over TLS: bound to this host, never sent in the clear.
const HOST: &str = "__Host-madoguchi_staff";

/// Who is logged in.
#[derive(Clone)]
pub struct Me {
    pub staff: Staff,
    pub city: CityFacts,
    /// Every form carries it.
    pub csrf: String,
    pub token_hash: Vec<u8>,
    /// From where, for the record.
    pub address: String,
}

impl Me {
    /// For SQL: the desks whose conversations may be seen; empty for all.
    pub fn desks(&self) -> &[String] {
        &self.staff.desks
    }

    pub fn id(&self) -> &CityId {
        &self.city.id
    }

    pub fn holds_token(&self, token: &str) -> bool {
        constant_time::verify_slices_are_equal(self.csrf.as_bytes(), token.as_bytes()).is_ok()
    }
}

/// Makes a session; the value of its cookie.
pub async fn open(office: &Office, city: &CityId, staff: &Staff, now: DateTime<Utc>) -> Result<String, StoreError> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| StoreError::Vault(store::VaultError::NoRandom))?;
    let token = hex(&bytes);
    let mut tx = office.db.city(city).await?;
    sqlx::query("DELETE FROM staff_session WHERE city_id = $1 AND (created_at < $2 OR active_at < $3)")
        .bind(city.as_str())
        .bind(now - LONGEST)
        .bind(now - IDLE)
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO staff_session (city_id, token_hash, staff_id, created_at, active_at) VALUES ($1, $2, $3, $4, $4)")
        .bind(city.as_str())
        .bind(hash(&token))
        .bind(staff.id)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(format!("{city}.{token}"))
}

pub async fn close(office: &Office, me: &Me) -> Result<(), StoreError> {
    let mut tx = office.db.city(me.id()).await?;
    sqlx::query("DELETE FROM staff_session WHERE city_id = $1 AND token_hash = $2")
        .bind(me.id().as_str())
        .bind(&me.token_hash)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// The cookie; an empty value removes it.
pub fn cookie(headers: &HeaderMap, value: &str) -> Option<HeaderValue> {
    let life = if value.is_empty() { "; Max-Age=0" } else { "" };
    let cookie = if over_tls(headers) {
        format!("{HOST}={value}; Path=/; HttpOnly; SameSite=Lax; Secure{life}")
    } else {
        format!("{PLAIN}={value}; Path=/backoffice; HttpOnly; SameSite=Lax{life}")
    };
    HeaderValue::from_str(&cookie).ok()
}

/// The proxy in front says so.
fn over_tls(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https")
}

impl FromRequestParts<Office> for Me {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Result<Self, Refusal> {
        let wanted = if over_tls(&parts.headers) { HOST } else { PLAIN };
        let value = cookie_value(&parts.headers, wanted).ok_or(Refusal::LogIn)?;
        let (city, token) = value.split_once('.').ok_or(Refusal::LogIn)?;
        let city: CityId = city.parse().map_err(|_| Refusal::LogIn)?;
        let facts = office.house.city(&city).ok_or(Refusal::LogIn)?;
        // Live updates are no sign that somebody sits there.
        let path = parts.uri.path().to_owned();
        let by_person = parts.headers.get("x-live").is_none() && !path.ends_with("/events");
        let staff = find(office, &city, &hash(token), by_person).await?.ok_or(Refusal::LogIn)?;
        // Another city's page is nobody's business: it is as if it were not there.
        let params = parts.extract::<RawPathParams>().await.map_err(|_| Refusal::NotFound)?;
        if params.iter().any(|(name, value)| name == "city" && value != city.as_str()) {
            return Err(Refusal::NotFound);
        }
        if staff.must_change && !path.ends_with("/password") && !path.ends_with("/logout") {
            return Err(Refusal::Bad("先に最初のパスワードを変えてください（/backoffice/password）。"));
        }
        Ok(Self { csrf: csrf(token), token_hash: hash(token), city: facts, address: address(&parts.headers), staff })
    }
}

async fn find(office: &Office, city: &CityId, token_hash: &[u8], by_person: bool) -> Result<Option<Staff>, StoreError> {
    let now = office.clock.now();
    let mut tx = office.db.city(city).await?;
    let row = sqlx::query(
        "SELECT p.staff_id, p.login, p.name, p.role, p.desks, p.password, p.must_change, p.locked_until, p.disabled_at FROM staff_session s
         JOIN staff p ON p.city_id = s.city_id AND p.staff_id = s.staff_id
         WHERE s.city_id = $1 AND s.token_hash = $2 AND s.created_at > $3 AND s.active_at > $4 AND p.disabled_at IS NULL",
    )
    .bind(city.as_str())
    .bind(token_hash)
    .bind(now - LONGEST)
    .bind(now - IDLE)
    .fetch_optional(&mut *tx)
    .await?;
    if row.is_some() && by_person {
        // Once a minute is often enough.
        sqlx::query("UPDATE staff_session SET active_at = $3 WHERE city_id = $1 AND token_hash = $2 AND active_at < $4")
            .bind(city.as_str())
            .bind(token_hash)
            .bind(now)
            .bind(now - TimeDelta::minutes(1))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    row.as_ref().map(accounts::read).transpose()
}

fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE);
    let pairs = all.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

/// Where a request came from, as the proxy in front says; for the record only.
pub fn address(headers: &HeaderMap) -> String {
    let forwarded = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or_default();
    forwarded.rsplit(',').next().unwrap_or_default().trim().chars().take(45).collect()
}

fn hash(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().to_vec()
}

/// Derived from the session's token: whoever cannot read the cookie cannot make it.
fn csrf(token: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes());
    hex(&hmac::sign(&key, b"form").as_ref()[..16])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
