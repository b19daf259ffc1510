//! Providers of payments. The counter never sees a card: the provider's own page takes the money, and what came in is asked of the
//! provider. A notice is only a reason to ask.

pub mod paypay;
pub mod stripe;
pub mod stand_in;

pub use paypay::PayPay;
pub use stripe::Stripe;

use crate::Failure;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use model::{CityId, Yen};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is to be paid, once. The attempt's id is the key by which the provider knows it again.
#[derive(Clone, Debug)]
pub struct Order {
    pub city: CityId,
    pub attempt: Uuid,
    pub amount: Yen,
    /// What the payment page shows.
    pub title: String,
    pub now: DateTime<Utc>,
    /// The page takes no money after this.
    pub expires_at: DateTime<Utc>,
    /// Where the resident's browser goes afterwards. It says nothing of whether money came.
    pub return_url: String,
}

/// A payment page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The provider's own id of the page.
    pub reference: String,
    pub url: String,
}

/// An attempt to pay, as both sides know it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub city: CityId,
    pub id: Uuid,
    pub reference: Option<String>,
}

/// What the provider says of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Found {
    /// The page is open, or the payment is under way.
    Waiting,
    Paid {
        /// The provider's id of the payment.
        payment: String,
        amount: i64,
        currency: String,
    },
    /// Nothing was paid and nothing can be any more.
    Over,
    /// The provider has never heard of it.
    Nothing,
}

/// Money that shall go back.
#[derive(Clone, Debug)]
pub struct RefundOrder {
    pub city: CityId,
    /// The key by which the provider knows it again.
    pub refund: Uuid,
    pub payment: String,
    pub amount: Yen,
    pub reason: String,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refund", rename_all = "snake_case")]
pub enum Refunded {
    Done,
    /// Taken in; ask again later.
    Pending,
    /// It will not be done, and why.
    Refused { why: String },
}

/// One movement in the provider's own books.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Booked {
    pub kind: BookedKind,
    /// The provider's id of the payment, in both kinds.
    pub payment: String,
    pub amount: i64,
    pub currency: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BookedKind {
    Payment,
    Refund,
}

/// A notice that the provider sent, with its signature checked where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The same id is the same notice.
    pub id: String,
    pub kind: String,
    /// What it is about, if it is one of ours.
    pub attempt: Option<Uuid>,
}

/// Why a notice is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    #[error("the signature is missing")]
    Unsigned,
    #[error("the signature does not fit the body; check the webhook's secret")]
    Wrong,
    #[error("the notice was signed too long ago, or with a clock that is wrong")]
    Old,
    #[error("the body is no notice of this provider")]
    Unreadable,
}

/// A city's account with a provider.
pub trait PaymentProvider: Send + Sync {
    fn name(&self) -> &'static str;

    /// A page to pay on. The same attempt again is the same page, or `None`: there is one whose address got lost, and another
    /// attempt is needed.
    fn checkout<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<Option<Checkout>, Failure>>;

    fn lookup<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Result<Found, Failure>>;

    /// Closes the page: no money is taken on it any more. Nothing to close is fine; whether something was paid before, a look-up tells.
    fn expire<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Result<(), Failure>>;

    /// The same refund again is the same refund.
    fn refund<'a>(&'a self, order: &'a RefundOrder) -> BoxFuture<'a, Result<Refunded, Failure>>;

    /// What the provider has booked in a time; `None` where it keeps no list that can be asked for.
    fn booked<'a>(&'a self, from: DateTime<Utc>, to: DateTime<Utc>) -> BoxFuture<'a, Result<Option<Vec<Booked>>, Failure>>;

    /// Reads a notice and checks that it is the provider's. `header` finds a header by its name.
    fn notice(&self, header: &dyn Fn(&str) -> Option<String>, body: &[u8], now: DateTime<Utc>) -> Result<Notice, Forged>;
}
