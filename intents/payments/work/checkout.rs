use super::{attempt, close, id, provider};
use crate::{
    Around, Work, WorkError,
    payments::{Providers, attempts::{self, Attempt, CHECKOUT, State}, settle::{Settled, settle}},
};
use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use model::BillState;
use outer::payments::{Checkout, Found, Order};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use std::sync::Arc;
use store::{Job, bills};
use uuid::Uuid;

/// Makes the page of an attempt. Before there is a new one, those before it are closed and asked: money that is on its way counts.
pub struct MakePage(pub Arc<Providers>);

#[derive(Serialize, Deserialize)]
enum Made {
    Page(Checkout),
    /// The page was made, but its address got lost.
    Lost,
    /// The provider would not, and why.
    Refused(String),
    /// Nothing is to be paid any more.
    Idle,
}

#[derive(Serialize, Deserialize)]
struct Called {
    made: Made,
    /// What the pages before it came to.
    before: Vec<(Uuid, Found)>,
}

/// So often it is tried; with the queue's pauses that is about a minute.
const TRIES: i16 = 7;

impl MakePage {
    async fn make(&self, around: &Around, attempt: &Attempt) -> Result<Called, WorkError> {
        let city = &around.city.id;
        let mut tx = around.db.city(city).await?;
        let bill = bills::find(&mut tx, city, attempt.bill).await?;
        let all = attempts::of_bill(&mut tx, city, attempt.bill).await?;
        tx.commit().await?;
        let mut before = Vec::new();
        for other in all.iter().filter(|other| other.id != attempt.id && other.state.may_pay()) {
            match close(&self.0, around, other).await? {
                found @ (Found::Paid { .. } | Found::Over | Found::Nothing) => before.push((other.id, found)),
                // Somebody is paying there at this moment.
                Found::Waiting => return Err(WorkError::Again(format!("the page of the attempt {} is still in use", other.id))),
            }
        }
        let paid = before.iter().any(|(_, found)| matches!(found, Found::Paid { .. }));
        let Some(bill) = bill.filter(|bill| bill.state == BillState::Open && !paid && attempt.state == State::New && attempt.expires_at > around.now) else {
            return Ok(Called { made: Made::Idle, before });
        };
        let order = Order {
            city: city.clone(),
            attempt: attempt.id,
            amount: bill.total,
            title: format!("{} {}", bill.title, bill.number),
            now: around.now,
            expires_at: attempt.expires_at,
            return_url: super::super::back_url(&self.0.public_url, city, attempt.id),
        };
        let made = match provider(&self.0, around, &attempt.provider)?.checkout(&order).await {
            Ok(Some(page)) => Made::Page(page),
            Ok(None) => Made::Lost,
            Err(failure) if failure.may_pass() => return Err(failure.into()),
            Err(failure) => Made::Refused(failure.to_string()),
        };
        Ok(Called { made, before })
    }
}

impl Work for MakePage {
    fn kind(&self) -> &'static str {
        CHECKOUT
    }

    fn call<'a>(&'a self, around: &'a Around, job: &'a Job) -> BoxFuture<'a, Result<Value, WorkError>> {
        Box::pin(async move {
            let Some(attempt) = attempt(around, id(job)?).await? else { return Err(WorkError::Never("there is no such attempt".to_owned())) };
            let called = match self.make(around, &attempt).await {
                // Somebody waits before a page that does not come: better a no, and another way. Nobody has seen this page's address.
                Err(WorkError::Again(why)) if job.attempts >= TRIES => Called { made: Made::Refused(why), before: Vec::new() },
                other => other?,
            };
            serde_json::to_value(called).map_err(|error| WorkError::Never(error.to_string()))
        })
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let (city, called) = (&around.city.id, serde_json::from_value::<Called>(called).map_err(|error| WorkError::Never(error.to_string()))?);
            let Some(attempt) = attempts::find(tx, city, id(job)?).await? else { return Ok(()) };
            // The bill's row first, as everywhere.
            bills::lock(tx, city, attempt.bill).await?;
            let mut came = false;
            for (other, found) in &called.before {
                if let Some(mut other) = attempts::find(tx, city, *other).await? {
                    attempts::set(tx, city, other.id, State::Closing, None).await?;
                    other.state = State::Closing;
                    came |= settle(around, tx, &other, found).await? == Settled::Came;
                }
            }
            match called.made {
                Made::Page(page) => {
                    let wanted = attempts::opened(tx, city, attempt.id, &page).await? && !came;
                    let look_at = if wanted { around.now + TimeDelta::seconds(around.city.profile.payments.check_seconds.into()) } else { around.now };
                    attempts::look(tx, city, &Attempt { reference: Some(page.reference), ..attempt }, look_at, 0).await?;
                }
                Made::Lost => {
                    attempts::set(tx, city, attempt.id, State::Over, Some("the page's address got lost")).await?;
                    let again = Attempt { id: around.db.uuid(), ..attempt };
                    attempts::begin(tx, city, &again, around.now).await?;
                }
                Made::Refused(why) => {
                    tracing::warn!(city = %city, attempt = %attempt.id, why, "a payment page was refused");
                    attempts::set(tx, city, attempt.id, State::Failed, Some(&why)).await?;
                }
                Made::Idle => attempts::set(tx, city, attempt.id, State::Over, None).await?,
            }
            Ok(())
        })
    }
}
