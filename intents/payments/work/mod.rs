//! The jobs of paying: make a page, ask how it stands, let a bill lapse, give money back, compare the books.

mod check;
mod checkout;
pub mod fee;
mod lapse;
mod reconcile;
mod refund;

pub use reconcile::{Difference, RECONCILE, reconcile};

use super::{Providers, attempts::{self, Attempt}};
use crate::{Around, Work, WorkError};
use outer::{Failure, payments::{Found, PaymentProvider}};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use std::sync::Arc;
use store::Job;
use uuid::Uuid;

pub fn works(providers: &Arc<Providers>) -> Vec<Arc<dyn Work>> {
    vec![
        Arc::new(checkout::MakePage(providers.clone())),
        Arc::new(check::Check(providers.clone())),
        Arc::new(lapse::Lapse(providers.clone())),
        Arc::new(refund::GiveBack(providers.clone())),
        Arc::new(reconcile::Reconcile(providers.clone())),
        Arc::new(fee::Fee),
    ]
}

fn id(job: &Job) -> Result<Uuid, WorkError> {
    job.key.parse().map_err(|_| WorkError::Never(format!("`{}` is no id", job.key)))
}

impl From<Failure> for WorkError {
    fn from(failure: Failure) -> Self {
        // A refusal may be a wrong key, which is put right some day; only the caller knows what will never go well.
        WorkError::Again(failure.to_string())
    }
}

fn provider(providers: &Providers, around: &Around, name: &str) -> Result<Box<dyn PaymentProvider>, WorkError> {
    providers.of(&around.db, &around.city, name).ok_or_else(|| WorkError::Again(format!("the city has no keys for {name}; see [payments] in its city.toml")))
}

async fn attempt(around: &Around, id: Uuid) -> Result<Option<Attempt>, WorkError> {
    let mut tx = around.db.city(&around.city.id).await?;
    let attempt = attempts::find(&mut tx, &around.city.id, id).await?;
    tx.commit().await?;
    Ok(attempt)
}

/// So often a provider that does not answer is asked with the queue's own pauses; then at leisure, but without end: a job that
/// was given up could leave money unaccounted for.
const EAGER: i16 = 8;

/// What was called; [`Value::Null`]: later again.
async fn patient(job: &Job, called: impl Future<Output = Result<Value, WorkError>>) -> Result<Value, WorkError> {
    match called.await {
        Err(WorkError::Again(why)) if job.attempts >= EAGER => {
            tracing::warn!(city = %job.city, kind = job.kind, key = job.key, why, "a provider of payments has not answered for some time");
            Ok(Value::Null)
        }
        other => other,
    }
}

fn later(around: &Around) -> DateTime<Utc> {
    around.now + TimeDelta::seconds(i64::from(around.city.profile.payments.check_seconds) * 10)
}

/// Closes a page, and then asks whether something was paid on it: in this order, so that nothing comes in between.
async fn close(providers: &Providers, around: &Around, attempt: &Attempt) -> Result<Found, WorkError> {
    let provider = provider(providers, around, &attempt.provider)?;
    let outer = attempt.outer(&around.city.id);
    provider.expire(&outer).await?;
    Ok(provider.lookup(&outer).await?)
}
