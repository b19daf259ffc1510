//! Sessions: a random token in a cookie; the database keeps its hash. Every page asks here who is there.

use crate::{CityFacts, Office, accounts::{self, Staff}, address::Caller, audit, error::Refusal};
use aws_lc_rs::{constant_time, digest, hmac, rand};
use axum::{
    RequestPartsExt,
    extract::{FromRequestParts, OptionalFromRequestParts, RawPathParams},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use chrono::TimeDelta;
use model::CityId;
use sqlx::{PgConnection, Row};
use store::StoreError;

/// A session ends this long after its login, whatever happens.
pub(super) const LONGEST: TimeDelta = TimeDelta::hours(12);
/// And this long after the person last did something.
pub(super) const IDLE: TimeDelta = TimeDelta::minutes(30);
/// So long one may look for the device with the code.
const HALF: TimeDelta = TimeDelta::minutes(10);

const PLAIN: &str = "madoguchi_staff";
/// Over TLS: bound to this host, never sent in the clear.
const HOST: &str = "__Host-madoguchi_staff";

/// What is open to whoever has not done everything yet.
const BEFORE_PASSWORD: [&str; 2] = ["/own", "/logout"];
const BEFORE_FACTOR: [&str; 3] = ["/second", "/second/set-up", "/logout"];

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
    /// Only the password was right so far.
    pub half: bool,
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

/// How a session begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The code is still to come.
    Half,
    Password,
    SignOn,
}

/// Makes a session; the value of its cookie.
pub async fn open(office: &Office, tx: &mut PgConnection, city: &CityId, staff: &Staff, caller: &Caller, by: By) -> Result<String, StoreError> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| StoreError::Vault(store::VaultError::NoRandom))?;
    let (token, now) = (hex(&bytes), office.clock.now());
    sqlx::query("DELETE FROM staff_session WHERE city_id = $1 AND (created_at < $2 OR active_at < $3)")
        .bind(city.as_str())
        .bind(now - LONGEST)
        .bind(now - IDLE)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO staff_session (city_id, token_hash, staff_id, created_at, active_at, half, by_sign_on, browser_hash, browser, address)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)",
    )
    .bind(city.as_str())
    .bind(hash(&token))
    .bind(staff.id)
    .bind(now)
    .bind(by == By::Half)
    .bind(by == By::SignOn)
    .bind(hash(&caller.browser))
    .bind(super::own::short(&caller.browser))
    .bind(caller.address.to_string())
    .execute(tx)
    .await?;
    Ok(format!("{city}.{token}"))
}

pub async fn close(tx: &mut PgConnection, me: &Me) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM staff_session WHERE city_id = $1 AND token_hash = $2").bind(me.id().as_str()).bind(&me.token_hash).execute(tx).await?;
    Ok(())
}

/// The cookie; an empty value removes it.
pub fn cookie(over_tls: bool, value: &str) -> Option<HeaderValue> {
    let life = if value.is_empty() { "; Max-Age=0" } else { "" };
    let cookie = if over_tls {
        format!("{HOST}={value}; Path=/; HttpOnly; SameSite=Lax; Secure{life}")
    } else {
        format!("{PLAIN}={value}; Path=/backoffice; HttpOnly; SameSite=Lax{life}")
    };
    HeaderValue::from_str(&cookie).ok()
}

/// Where somebody begins who has just come in.
pub fn starts_at(city: &CityFacts, staff: &Staff) -> String {
    if staff.must_change { "/backoffice/own".to_owned() } else { format!("/backoffice/{}", city.id) }
}

impl FromRequestParts<Office> for Me {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Result<Self, Refusal> {
        let caller = Caller::read(office, parts);
        let value = cookie_value(&parts.headers, if caller.over_tls { HOST } else { PLAIN }).ok_or(Refusal::LogIn)?;
        let (city, token) = value.split_once('.').ok_or(Refusal::LogIn)?;
        let city: CityId = city.parse().map_err(|_| Refusal::LogIn)?;
        let facts = office.house.city(&city).ok_or(Refusal::LogIn)?;
        caller.may_enter(&facts.rules.networks)?;
        // Live updates are no sign that somebody sits there.
        let path = parts.uri.path().to_owned();
        let by_person = parts.headers.get("x-live").is_none() && !path.ends_with("/events");
        let found = find(office, &city, &hash(token), &caller, by_person).await?.ok_or(Refusal::LogIn)?;
        // Another city's page is nobody's business: it is as if it were not there.
        let params = parts.extract::<RawPathParams>().await.map_err(|_| Refusal::NotFound)?;
        if params.iter().any(|(name, value)| name == "city" && value != city.as_str()) {
            return Err(Refusal::NotFound);
        }
        let open = |ways: &[&str]| ways.iter().any(|way| path.strip_prefix("/backoffice").unwrap_or(&path) == *way);
        let Found { staff, half, by_sign_on } = found;
        if half && !open(&["/second", "/logout"]) {
            return Err(Refusal::Code);
        }
        if !half && staff.must_change && !by_sign_on && !open(&BEFORE_PASSWORD) {
            return Err(Refusal::Password);
        }
        if !half && !staff.must_change && facts.rules.second_factor && !staff.second_factor && !by_sign_on && !open(&BEFORE_FACTOR) {
            return Err(Refusal::Factor);
        }
        Ok(Self { csrf: csrf(token), token_hash: hash(token), city: facts, address: caller.address.to_string(), staff, half })
    }
}

impl OptionalFromRequestParts<Office> for Me {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Result<Option<Self>, Refusal> {
        match <Self as FromRequestParts<Office>>::from_request_parts(parts, office).await {
            Ok(me) => Ok(Some(me)),
            Err(Refusal::LogIn) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

struct Found {
    staff: Staff,
    half: bool,
    by_sign_on: bool,
}

async fn find(office: &Office, city: &CityId, token_hash: &[u8], caller: &Caller, by_person: bool) -> Result<Option<Found>, StoreError> {
    let now = office.clock.now();
    let mut tx = office.db.city(city).await?;
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {}, s.half, s.by_sign_on, s.browser_hash FROM staff_session s
         JOIN staff p ON p.city_id = s.city_id AND p.staff_id = s.staff_id
         WHERE s.city_id = $1 AND s.token_hash = $2 AND s.created_at > CASE WHEN s.half THEN $5 ELSE $3 END AND s.active_at > $4 AND p.disabled_at IS NULL",
        accounts::columns("p")
    ));
    let row = sqlx::query(sql).bind(city.as_str()).bind(token_hash).bind(now - LONGEST).bind(now - IDLE).bind(now - HALF).fetch_optional(&mut *tx).await?;
    let Some(row) = row else { return Ok(None) };
    let staff = accounts::read(&row)?;
    if row.try_get::<Vec<u8>, _>("browser_hash")? != hash(&caller.browser) {
        // The same cookie in another browser was taken from its owner: it opens nothing any more, for neither of them.
        sqlx::query("DELETE FROM staff_session WHERE city_id = $1 AND token_hash = $2").bind(city.as_str()).bind(token_hash).execute(&mut *tx).await?;
        let line = audit::Line { staff: Some(staff.id), action: "session.moved", object: "", detail: "", address: &caller.address.to_string() };
        audit::write(&office.db, &mut tx, city, now, line).await?;
        tx.commit().await?;
        return Ok(None);
    }
    if by_person {
        // Once a minute is often enough.
        sqlx::query("UPDATE staff_session SET active_at = $3, address = $5 WHERE city_id = $1 AND token_hash = $2 AND active_at < $4")
            .bind(city.as_str())
            .bind(token_hash)
            .bind(now)
            .bind(now - TimeDelta::minutes(1))
            .bind(caller.address.to_string())
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(Some(Found { staff, half: row.try_get("half")?, by_sign_on: row.try_get("by_sign_on")? }))
}

pub(crate) fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE);
    let pairs = all.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

fn hash(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().to_vec()
}

/// Derived from the session's token: whoever cannot read the cookie cannot make it.
fn csrf(token: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes());
    hex(&hmac::sign(&key, b"form").as_ref()[..16])
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What [`hex`] wrote.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len() / 2).map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).ok()).collect()
}
