use super::id;
use crate::{Around, Work, WorkError, payments, tell};
use futures_util::future::BoxFuture;
use model::{BillId, BillState};
use serde_json::Value;
use sqlx::PgConnection;
use store::{Job, bills};

/// Bills that no other service owns: fees that staff ask for at the counter.
pub struct Fee;

/// The kind of such bills.
pub const KIND: &str = "payments.fee";

impl Work for Fee {
    fn kind(&self) -> &'static str {
        "bill.payments.fee"
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, _called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let city = &around.city.id;
            let Some(bill) = bills::find(tx, city, BillId(id(job)?)).await? else { return Ok(()) };
            match bill.state {
                // Nothing was reserved: late is as good as in time.
                BillState::Late => {
                    bills::accept_late(&around.db, tx, city, bill.id, around.now).await?;
                }
                BillState::Paid => {}
                _ => return Ok(()),
            }
            if let Some(conversation) = bill.conversation {
                tell(&around.db, tx, city, conversation, (payments::ID, "paid", &bill.id.to_string()), around.now).await?;
            }
            Ok(())
        })
    }
}
