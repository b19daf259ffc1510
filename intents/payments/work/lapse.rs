use super::{close, id, later, patient};
use crate::{
    Around, Work, WorkError,
    payments::{Providers, attempts::{self, State}, settle::{Settled, settle}},
};
use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use model::{BillId, BillState};
use outer::payments::Found;
use serde_json::Value;
use sqlx::PgConnection;
use std::sync::Arc;
use store::{Job, bills, schedule_for};
use uuid::Uuid;

/// A bill is not to be paid any more: its pages are closed, and money that came on one at the last moment counts. If its time is
/// over, what was reserved is let go.
pub struct Lapse(pub Arc<Providers>);

impl Work for Lapse {
    fn kind(&self) -> &'static str {
        bills::LAPSE
    }

    fn call<'a>(&'a self, around: &'a Around, job: &'a Job) -> BoxFuture<'a, Result<Value, WorkError>> {
        let called = async move {
            let (city, bill) = (&around.city.id, BillId(id(job)?));
            let mut tx = around.db.city(city).await?;
            let all = attempts::of_bill(&mut tx, city, bill).await?;
            tx.commit().await?;
            let mut found: Vec<(Uuid, Found)> = Vec::new();
            for attempt in all.iter().filter(|attempt| attempt.state.may_pay()) {
                found.push((attempt.id, close(&self.0, around, attempt).await?));
            }
            serde_json::to_value(found).map_err(|error| WorkError::Never(error.to_string()))
        };
        Box::pin(patient(job, called))
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let (city, bill) = (&around.city.id, BillId(id(job)?));
            if called.is_null() {
                return Ok(schedule_for(tx, city, None, bills::LAPSE, &job.key, later(around), &Value::Null).await?);
            }
            let called: Vec<(Uuid, Found)> = serde_json::from_value(called).map_err(|error| WorkError::Never(error.to_string()))?;
            let Some(bill) = bills::lock(tx, city, bill).await? else { return Ok(()) };
            let mut waiting = false;
            for mut attempt in attempts::of_bill(tx, city, bill.id).await?.into_iter().filter(|attempt| attempt.state.may_pay()) {
                attempts::set(tx, city, attempt.id, State::Closing, None).await?;
                attempt.state = State::Closing;
                match called.iter().find(|(id, _)| *id == attempt.id) {
                    Some((_, found)) => waiting |= settle(around, tx, &attempt, found).await? == Settled::Waiting,
                    // Begun a moment ago: asked next time.
                    None => waiting = true,
                }
            }
            if waiting {
                return Ok(schedule_for(tx, city, bill.conversation, bills::LAPSE, &job.key, around.now + TimeDelta::seconds(10), &Value::Null).await?);
            }
            if bill.state == BillState::Open && bill.hold_until.is_some_and(|until| until <= around.now) {
                // `false`: it was paid after all.
                bills::expire(&around.db, tx, city, bill.id, around.now).await?;
            }
            Ok(())
        })
    }
}
