//! Notices of providers. One that is genuine is written down, and has the provider asked how the attempt stands; what the notice
//! itself says counts for nothing. So it does not matter how often it comes, how late, and in which order.

use super::{Attempt, Providers, attempts};
use crate::{Cities, ServiceError};
use chrono::{DateTime, Utc};
use model::CityId;
use outer::payments::{Forged, PayPay, Stripe};
use sqlx::PgConnection;
use store::{Db, StoreError};

/// Why a notice is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such provider")]
    NoProvider,
    /// Nothing of ours: said as little as of a forged one, so that nobody finds out which cities there are.
    #[error("it is for no city of this installation that has keys for the provider")]
    NoCity,
    #[error(transparent)]
    Forged(#[from] Forged),
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a notice in. `false`: it had come before.
pub async fn receive(
    db: &Db,
    cities: &Cities,
    providers: &Providers,
    name: &str,
    header: &(dyn Fn(&str) -> Option<String> + Sync),
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, Refused> {
    let city: Option<CityId> = match name {
        "stripe" => Stripe::city_of(body),
        "paypay" => PayPay::city_of(body),
        _ => return Err(Refused::NoProvider),
    };
    let city = city.and_then(|city| cities.get(&city)).ok_or(Refused::NoCity)?;
    let notice = {
        let provider = providers.of(db, &city, name).ok_or(Refused::NoCity)?;
        provider.notice(&|name: &str| header(name), body, now)?
    };
    let mut tx = db.city(&city.id).await?;
    let fresh = sqlx::query("INSERT INTO payment_notice (city_id, provider, notice_id, kind, attempt_id, came_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING")
        .bind(city.id.as_str())
        .bind(name)
        .bind(&notice.id)
        .bind(&notice.kind)
        .bind(notice.attempt)
        .bind(now)
        .execute(&mut *tx)
        .await
        .map_err(StoreError::from)?
        .rows_affected()
        == 1;
    let attempt = match notice.attempt.filter(|_| fresh) {
        Some(id) => attempts::find(&mut tx, &city.id, id).await?,
        None => None,
    };
    if let Some(attempt) = attempt.filter(|attempt| attempt.provider == name && attempt.state.may_pay()) {
        look(&mut tx, &city.id, attempt, now).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(fresh)
}

/// The resident's browser came back, or the sandbox's page was used: as good a reason to ask as a notice.
pub async fn asked(db: &Db, city: &CityId, attempt: uuid::Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut tx = db.city(city).await?;
    if let Some(attempt) = attempts::find(&mut tx, city, attempt).await?.filter(|attempt| attempt.state.may_pay()) {
        look(&mut tx, city, attempt, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// At once, by whoever is free: a session that does its own jobs does not hear of what happens outside.
async fn look(tx: &mut PgConnection, city: &CityId, attempt: Attempt, now: DateTime<Utc>) -> Result<(), StoreError> {
    attempts::look(tx, city, &Attempt { conversation: None, ..attempt }, now, 0).await
}
