use super::{attempt, close, id, later, patient, provider};
use crate::{
    Around, Work, WorkError,
    payments::{Providers, attempts::{self, Attempt, CHECK, State}, settle::{Settled, settle}},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use outer::payments::Found;
use serde_json::Value;
use sqlx::PgConnection;
use std::sync::Arc;
use store::{Job, bills, schedule_for};

/// Asks the provider how an attempt stands: when a notice came, and from time to time in case none comes.
pub struct Check(pub Arc<Providers>);

/// Between looks at most; a page that is over is looked at once more so much later.
const LONGEST: TimeDelta = TimeDelta::minutes(10);
/// Clocks differ: a page is closed by us only so long after its time.
const GRACE: TimeDelta = TimeDelta::minutes(1);

impl Work for Check {
    fn kind(&self) -> &'static str {
        CHECK
    }

    fn call<'a>(&'a self, around: &'a Around, job: &'a Job) -> BoxFuture<'a, Result<Value, WorkError>> {
        let called = async move {
            let Some(attempt) = attempt(around, id(job)?).await? else { return Err(WorkError::Never("there is no such attempt".to_owned())) };
            let found = if attempt.state == State::Closing || attempt.expires_at + GRACE <= around.now {
                close(&self.0, around, &attempt).await?
            } else {
                provider(&self.0, around, &attempt.provider)?.lookup(&attempt.outer(&around.city.id)).await?
            };
            serde_json::to_value(found).map_err(|error| WorkError::Never(error.to_string()))
        };
        Box::pin(patient(job, called))
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            if called.is_null() {
                return Ok(schedule_for(tx, &around.city.id, None, CHECK, &job.key, later(around), &Value::Null).await?);
            }
            let found: Found = serde_json::from_value(called).map_err(|error| WorkError::Never(error.to_string()))?;
            let Some(attempt) = attempts::find(tx, &around.city.id, id(job)?).await? else { return Ok(()) };
            bills::lock(tx, &around.city.id, attempt.bill).await?;
            if settle(around, tx, &attempt, &found).await? == Settled::Waiting {
                let rounds = u32::try_from(job.payload.as_u64().unwrap_or(0)).unwrap_or(0);
                attempts::look(tx, &around.city.id, &attempt, next(around, &attempt, rounds), rounds + 1).await?;
            }
            Ok(())
        })
    }
}

/// Later and later, but soon after the page's time.
fn next(around: &Around, attempt: &Attempt, rounds: u32) -> DateTime<Utc> {
    let pause = TimeDelta::seconds(i64::from(around.city.profile.payments.check_seconds)) * 2_i32.pow(rounds.min(10));
    let (at, end) = (around.now + pause.min(LONGEST), attempt.expires_at + GRACE);
    if around.now < end { at.min(end) } else { at }
}
