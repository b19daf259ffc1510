//! The month's allowance of pushed messages: looked at now and then, and kept for the figures.

use super::{Credentials, LineApi};
use chrono::TimeDelta;
use model::{CityId, Clock, Urgency};
use store::{Db, Quota};

/// What is known is good for so long.
const FRESH: TimeDelta = TimeDelta::minutes(5);
/// Below this share, what can wait waits.
const SHORT: f64 = 0.10;
/// Below this share, only what is urgent goes out.
const LAST: f64 = 0.02;

/// Whether a message of this urgency may be pushed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    Send,
    /// The allowance runs short and others need it more.
    Hold,
}

pub fn permit(quota: Option<Quota>, urgency: Urgency) -> Permit {
    let left = quota.map_or(1.0, |quota| quota.left());
    match urgency {
        Urgency::Urgent => Permit::Send,
        Urgency::Normal if left < LAST => Permit::Hold,
        Urgency::Low if left < SHORT => Permit::Hold,
        _ => Permit::Send,
    }
}

/// What is left, asked of the platform when what is known is old. When it cannot be had, nothing is held back.
pub async fn look(db: &Db, api: &dyn LineApi, clock: &dyn Clock, city: &CityId, credentials: &Credentials) -> Option<Quota> {
    let known = read(db, city).await;
    let now = clock.now();
    if let Some(quota) = known.filter(|quota| now - quota.checked_at < FRESH) {
        return Some(quota);
    }
    match api.quota(credentials).await {
        Ok((allowance, used)) => {
            let quota = Quota { allowance, used, checked_at: now };
            if let Err(error) = save(db, city, quota).await {
                tracing::warn!(%city, %error, "the push allowance could not be kept");
            }
            if quota.left() < SHORT {
                tracing::warn!(%city, ?allowance, used, "the month's push allowance runs short");
            }
            Some(quota)
        }
        Err(error) => {
            tracing::warn!(%city, %error, "the push allowance is not known");
            known
        }
    }
}

/// The platform says that nothing is left.
pub async fn exhausted(db: &Db, clock: &dyn Clock, city: &CityId) {
    let used = read(db, city).await.map_or(0, |quota| quota.used);
    let quota = Quota { allowance: Some(used), used, checked_at: clock.now() };
    if let Err(error) = save(db, city, quota).await {
        tracing::warn!(%city, %error, "the push allowance could not be kept");
    }
}

async fn read(db: &Db, city: &CityId) -> Option<Quota> {
    let mut tx = db.city(city).await.ok()?;
    let quota = store::quota(&mut tx, city, "line").await.ok()?;
    tx.commit().await.ok()?;
    quota
}

async fn save(db: &Db, city: &CityId, quota: Quota) -> Result<(), store::StoreError> {
    let mut tx = db.city(city).await?;
    store::save_quota(&mut tx, city, "line", quota).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_urgent_goes_first_when_it_runs_short() {
        let quota = |used| Some(Quota { allowance: Some(100), used, checked_at: chrono::DateTime::UNIX_EPOCH });
        assert_eq!(permit(quota(50), Urgency::Low), Permit::Send);
        assert_eq!(permit(quota(95), Urgency::Low), Permit::Hold);
        assert_eq!(permit(quota(95), Urgency::Normal), Permit::Send);
        assert_eq!(permit(quota(99), Urgency::Normal), Permit::Hold);
        assert_eq!(permit(quota(100), Urgency::Urgent), Permit::Send);
        assert_eq!(permit(None, Urgency::Low), Permit::Send);
    }
}
