//! Bills: opened by a service in its own transaction, paid, refunded. At every change the job `bill.<kind>` with the bill's id
//! as its key is scheduled at once: the service that owns it looks at the bill and does what follows.

mod open;
mod pay;
mod read;
mod refund;

pub use open::{cancel, expire, open};
pub use pay::{Came, NewPayment, accept_late, decline_late, pay};
pub use read::{find, find_number, lock, of_person, of_subject};
pub use refund::{Refund, RefundState, approve, done, failed, find_refund, ask_refund, refuse, refunds_of, to_bank, waiting};

use crate::{StoreError, jobs};
use chrono::{DateTime, Utc};
use model::{Bill, CityId};
use serde_json::Value;
use sqlx::PgConnection;

/// The job that closes the payment pages of a bill, and lets the bill lapse if it is open still and its time is over; its key is the
/// bill's id. The payments service does it.
pub const LAPSE: &str = "payments.lapse";
/// The job that gives money back by the provider; its key is the refund's id.
pub const REFUND: &str = "payments.refund";

/// Has the payment pages of a bill closed that is not to be paid any more.
async fn close_pages(tx: &mut PgConnection, city: &CityId, bill: &Bill, now: DateTime<Utc>) -> Result<(), StoreError> {
    jobs::schedule_for(tx, city, bill.conversation, LAPSE, &bill.id.to_string(), now, &Value::Null).await
}

/// Tells the service that owns the bill that it has changed.
async fn changed(tx: &mut PgConnection, city: &CityId, bill: &Bill, now: DateTime<Utc>) -> Result<(), StoreError> {
    let kind = format!("bill.{}", bill.kind);
    jobs::schedule_for(tx, city, bill.conversation, &kind, &bill.id.to_string(), now, &Value::Null).await
}
