use super::{id, later, patient, provider};
use crate::{Around, Work, WorkError, payments::Providers, tell};
use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use model::RefundId;
use outer::payments::{RefundOrder, Refunded};
use serde_json::Value;
use sqlx::PgConnection;
use std::sync::Arc;
use store::{Job, bills::{self, Refund, RefundState}, schedule_for};

/// Gives money back by the provider. To a bank, and cash, staff give it, and say so.
pub struct GiveBack(pub Arc<Providers>);

fn by_provider(refund: &Refund) -> bool {
    refund.state == RefundState::Approved && !refund.by_hand()
}

impl Work for GiveBack {
    fn kind(&self) -> &'static str {
        bills::REFUND
    }

    fn call<'a>(&'a self, around: &'a Around, job: &'a Job) -> BoxFuture<'a, Result<Value, WorkError>> {
        let called = async move {
            let city = &around.city.id;
            let mut tx = around.db.city(city).await?;
            let refund = bills::find_refund(&mut tx, city, RefundId(id(job)?)).await?;
            tx.commit().await?;
            let Some(refund) = refund.filter(by_provider) else { return Ok(Value::Bool(false)) };
            let order = RefundOrder { city: city.clone(), refund: refund.id.0, payment: refund.reference, amount: refund.amount, reason: refund.reason, now: around.now };
            let refunded = provider(&self.0, around, &refund.provider)?.refund(&order).await?;
            serde_json::to_value(refunded).map_err(|error| WorkError::Never(error.to_string()))
        };
        Box::pin(patient(job, called))
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            if called == Value::Bool(false) {
                return Ok(());
            }
            if called.is_null() {
                return Ok(schedule_for(tx, &around.city.id, None, bills::REFUND, &job.key, later(around), &Value::Null).await?);
            }
            let (city, refund) = (&around.city.id, RefundId(id(job)?));
            let refunded: Refunded = serde_json::from_value(called).map_err(|error| WorkError::Never(error.to_string()))?;
            match refunded {
                Refunded::Done => {
                    if bills::done(&around.db, tx, city, refund, None, around.now).await? {
                        told(around, tx, refund).await?;
                    }
                }
                Refunded::Pending => {
                    schedule_for(tx, city, None, bills::REFUND, &job.key, around.now + TimeDelta::minutes(10), &Value::Null).await?;
                }
                Refunded::Refused { why } => {
                    tracing::warn!(city = %city, refund = %refund, why, "a refund was refused; staff must find another way");
                    bills::failed(tx, city, refund, &why, around.now).await?;
                }
            }
            Ok(())
        })
    }
}

/// Tells the resident that the money has gone back.
async fn told(around: &Around, tx: &mut PgConnection, refund: RefundId) -> Result<(), WorkError> {
    let city = &around.city.id;
    let Some(done) = bills::find_refund(tx, city, refund).await? else { return Ok(()) };
    let bill = bills::find(tx, city, done.bill).await?;
    if let Some(conversation) = bill.and_then(|bill| bill.conversation) {
        tell(&around.db, tx, city, conversation, (crate::payments::ID, "refunded", &refund.to_string()), around.now).await?;
    }
    Ok(())
}
