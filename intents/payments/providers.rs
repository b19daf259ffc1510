//! The providers as this installation reaches them, with the keys of each city.

use super::sandbox::Sandbox;
use crate::City;
use model::{Clock, Private};
use outer::{
    Http,
    payments::{PayPay, PaymentProvider, Stripe, paypay},
};
use std::sync::Arc;
use store::Db;

/// What the server lends the payments service.
pub struct Providers {
    pub http: Http,
    pub stripe_url: String,
    pub paypay_url: String,
    /// Under which address residents reach this installation: `https://bot.city.example`.
    pub public_url: String,
    pub clock: Arc<dyn Clock>,
    /// Reads a setting that may be a file's name (`@/run/secrets/stripe`).
    pub secret: fn(&str) -> Option<String>,
}

impl Providers {
    /// A city's account with a provider; `None` if it has no keys for it.
    pub fn of(&self, db: &Db, city: &City, name: &str) -> Option<Box<dyn PaymentProvider>> {
        let settings = &city.profile.payments;
        let secret = |value: &str| (self.secret)(value).filter(|value| !value.is_empty());
        match name {
            "stripe" => Some(Box::new(Stripe::new(self.http.clone(), &self.stripe_url, secret(&settings.stripe.secret_key)?, secret(&settings.stripe.webhook_secret)?))),
            "paypay" => {
                let keys = &settings.paypay;
                let keys = paypay::Keys { api_key: secret(&keys.api_key)?, api_secret: Private(secret(&keys.api_secret)?), merchant_id: secret(&keys.merchant_id)? };
                Some(Box::new(PayPay::new(self.http.clone(), &self.paypay_url, keys, self.clock.clone())))
            }
            "sandbox" => Some(Box::new(Sandbox { db: db.clone(), city: city.id.clone(), public_url: self.public_url.clone(), clock: self.clock.clone() })),
            _ => None,
        }
    }

    /// What residents of a city can choose from.
    pub fn offered<'a>(&self, db: &Db, city: &'a City) -> Vec<&'a str> {
        city.profile.payments.providers.iter().map(String::as_str).filter(|name| self.of(db, city, name).is_some()).collect()
    }
}
