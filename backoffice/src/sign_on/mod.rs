//! Single sign-on by OpenID Connect: the code flow with PKCE. An account opens only if an administrator has written down whom
//! the provider knows its owner as.

mod provider;
mod token;

pub use provider::Outside;

use crate::{Office, accounts, address::Caller, audit, door, error::Refusal, rules::SignOn};
use aws_lc_rs::{constant_time, digest, rand};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use model::CityId;
use serde::{Deserialize, Serialize};
use store::StoreError;

/// What a login that is under way must remember; travels in a cookie, sealed.
#[derive(Serialize, Deserialize)]
struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
    /// Seconds since 1970.
    since: i64,
}

const COOKIE: &str = "madoguchi_sign_on";
const PLACE: &str = "staff.sign_on";
/// Seconds that somebody may take at the provider.
const LIFE: i64 = 600;

fn settings(office: &Office, caller: &Caller, city: &str) -> Result<(CityId, SignOn), Refusal> {
    let city: CityId = city.parse().map_err(|_| Refusal::NotFound)?;
    let facts = office.house.city(&city).ok_or(Refusal::NotFound)?;
    caller.may_enter(&facts.rules.networks)?;
    Ok((city, facts.rules.sign_on.ok_or(Refusal::NotFound)?))
}

fn back(office: &Office, city: &CityId) -> String {
    format!("{}/backoffice/sign-on/{city}/back", office.public_url)
}

fn random() -> Result<String, Refusal> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| StoreError::Vault(store::VaultError::NoRandom))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Off to the provider.
pub async fn begin(State(office): State<Office>, caller: Caller, Path(city): Path<String>) -> Result<Response, Refusal> {
    let (city, sign_on) = settings(&office, &caller, &city)?;
    let provider = office.outside.discover(&sign_on).await?;
    let attempt = Attempt { state: random()?, nonce: random()?, verifier: random()?, since: office.clock.now().timestamp() };
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, attempt.verifier.as_bytes()));
    let asked = provider::query(&[
        ("response_type", "code"),
        ("client_id", &sign_on.client_id),
        ("redirect_uri", &back(&office, &city)),
        ("scope", "openid"),
        ("state", &attempt.state),
        ("nonce", &attempt.nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    let mut tx = office.db.city(&city).await?;
    let key = office.db.city_key(&mut tx, &city).await?;
    tx.commit().await?;
    let sealed = key.seal(&serde_json::to_vec(&attempt).map_err(StoreError::from)?, PLACE).map_err(StoreError::from)?;
    let joint = if provider.authorization_endpoint.contains('?') { '&' } else { '?' };
    let next = Redirect::to(&format!("{}{joint}{asked}", provider.authorization_endpoint));
    Ok(([(header::SET_COOKIE, cookie(&caller, &URL_SAFE_NO_PAD.encode(sealed), LIFE)?)], next).into_response())
}

fn cookie(caller: &Caller, value: &str, life: i64) -> Result<HeaderValue, Refusal> {
    let secure = if caller.over_tls { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{COOKIE}={value}; Path=/backoffice/sign-on; HttpOnly; SameSite=Lax; Max-Age={life}{secure}")).map_err(|_| Refusal::SignOn("the cookie is too odd".to_owned()))
}

#[derive(Deserialize)]
pub struct Came {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// Back from the provider, with a code.
pub async fn finish(State(office): State<Office>, caller: Caller, Path(city): Path<String>, Query(came): Query<Came>, headers: HeaderMap) -> Result<Response, Refusal> {
    let (city, sign_on) = settings(&office, &caller, &city)?;
    let refused = |problem: &str| Refusal::SignOn(problem.to_owned());
    let now = office.clock.now();
    let mut tx = office.db.city(&city).await?;
    let key = office.db.city_key(&mut tx, &city).await?;
    tx.commit().await?;
    let sealed = door::cookie_value(&headers, COOKIE).and_then(|value| URL_SAFE_NO_PAD.decode(value).ok()).ok_or_else(|| refused("this browser began no login"))?;
    let opened = key.open(&sealed, PLACE).map_err(|_| refused("the login's cookie is not ours"))?;
    let attempt: Attempt = serde_json::from_slice(&opened).map_err(StoreError::from)?;
    if now.timestamp() - attempt.since > LIFE || constant_time::verify_slices_are_equal(attempt.state.as_bytes(), came.state.as_bytes()).is_err() {
        return Err(refused("the answer is to another login"));
    }
    if !came.error.is_empty() || came.code.is_empty() {
        return Err(Refusal::SignOn(format!("the provider says {}", came.error.chars().take(60).collect::<String>())));
    }
    let provider = office.outside.discover(&sign_on).await?;
    let id_token = office.outside.exchange(&provider, &sign_on, &came.code, &attempt.verifier, &back(&office, &city)).await?;
    let keys = office.outside.keys(&provider).await?;
    let subject = token::subject(&id_token, &keys, &sign_on, &attempt.nonce, now.timestamp()).map_err(Refusal::SignOn)?;
    let mut tx = office.db.city(&city).await?;
    let staff = accounts::by_sign_on(&mut tx, &city, &subject).await?;
    let address = caller.address.to_string();
    let line = |action| audit::Line { staff: staff.as_ref().map(|staff| staff.id), action, object: "", detail: "sign-on", address: &address };
    let Some(known) = &staff else {
        audit::write(&office.db, &mut tx, &city, now, line("sign_on.refused")).await?;
        tx.commit().await?;
        return Err(refused("nobody is linked with this account"));
    };
    accounts::entered(&mut tx, &city, known.id).await?;
    audit::write(&office.db, &mut tx, &city, now, line("login")).await?;
    let token = door::open(&office, &mut tx, &city, known, &caller, door::By::SignOn).await?;
    tx.commit().await?;
    let session = door::cookie(caller.over_tls, &token).ok_or_else(|| refused("the session's cookie"))?;
    let mut answer = Redirect::to(&format!("/backoffice/{city}")).into_response();
    answer.headers_mut().append(header::SET_COOKIE, session);
    answer.headers_mut().append(header::SET_COOKIE, cookie(&caller, "", 0)?);
    Ok(answer)
}
