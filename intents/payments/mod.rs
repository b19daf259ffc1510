//! Paying: bills of any service, by the providers that a city has chosen; whether something is paid, and its receipt; how things can
//! be paid at all. See README.md.

mod account;
mod attempts;
pub mod counter;
mod links;
mod methods;
mod notices;
mod pay;
mod providers;
mod receipt;
mod sandbox;
mod seal;
mod settings;
mod settle;
mod work;

pub use account::{ACCOUNT, choice as account_choice};
pub use attempts::{Attempt, State as AttemptState, find as find_attempt};
pub use links::{receipt_opens, receipt_url};
pub use methods::import;
pub use notices::{Refused, receive, asked};
pub use pay::again;
pub use providers::Providers;
pub use receipt::{Receipt, of_bill as receipt_of};
pub use sandbox::{SandboxPage, act as sandbox_act, page as sandbox_page};
pub use seal::{import_seal, seal_of};
pub use settings::{PaymentSettings, PaypayKeys, RefundRule, StripeKeys};
pub use work::{Difference, reconcile};

use crate::{Context, Service, ServiceError, Work};
use dialogue::{Answer, Field, FieldKind, Form, Found, News, Outcome};
use futures_util::future::BoxFuture;
use model::{CityId, Lang};
use std::{collections::BTreeMap, sync::Arc};
use store::MigrationFile;
use uuid::Uuid;

/// By which name this service is addressed from within.
pub const ID: &str = "payments";
const PAY: &str = "payment.pay";
const RECEIPT: &str = "payment.receipt";
const METHODS: &str = "payment.methods";

#[derive(Default)]
pub struct Payments {
    /// `None`: nothing outside can be reached (tests of other parts, commands that only read).
    pub providers: Option<Arc<Providers>>,
}

/// The page that a resident is sent to: it waits for the provider's, leads there, and says afterwards how it stands.
pub fn page_url(public_url: &str, city: &CityId, attempt: Uuid) -> String {
    format!("{public_url}/pay/{city}/{attempt}")
}

/// Where the provider sends the browser back to.
fn back_url(public_url: &str, city: &CityId, attempt: Uuid) -> String {
    format!("{}?back=1", page_url(public_url, city, attempt))
}

impl Service for Payments {
    fn id(&self) -> &'static str {
        ID
    }

    fn forms(&self) -> Vec<Form> {
        vec![
            Form::answer(PAY, &[PAY]).field(Field::new("bill", FieldKind::Lookup).optional()).field(Field::new("way", FieldKind::Lookup).optional()).menu(40),
            Form::answer(RECEIPT, &[RECEIPT]).field(Field::new("bill", FieldKind::Lookup).optional()),
            account::form(),
            Form::answer(METHODS, &[METHODS]).field(Field::new("thing", FieldKind::Query).optional()),
        ]
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20261128030200, name: "payment_attempt", sql: include_str!("migrations/20261128030200_payment_attempt.sql") }]
    }

    fn works(&self) -> Vec<Arc<dyn Work>> {
        self.providers.as_ref().map(work::works).unwrap_or_default()
    }

    fn lookup<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, field: &'a str, text: &'a str, asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async move {
            match form {
                PAY if field == "way" => Ok(pay::find_way(text)),
                PAY | RECEIPT => pay::find_bill(context, text, form == PAY, asked).await,
                _ => Ok(Found::None),
            }
        })
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            match form {
                PAY => pay::pay(context, self.providers.as_deref(), answers).await,
                RECEIPT => receipt::show(context, self.providers.as_deref(), answers).await,
                ACCOUNT => account::keep(context, answers).await,
                METHODS => methods::show(context, answers.get("thing").map_or(text, |answer| answer.value.as_str())).await,
                other => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }

    fn tell<'a>(&'a self, context: &'a mut Context<'_>, event: &'a str, key: &'a str) -> BoxFuture<'a, Result<News, ServiceError>> {
        Box::pin(receipt::tell(context, self.providers.as_deref(), event, key))
    }
}
