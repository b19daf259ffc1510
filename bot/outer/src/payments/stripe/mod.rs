//! Stripe Checkout: a page at Stripe, form-encoded calls with idempotency keys, signed notices.

mod signature;

pub use signature::{TOLERANCE, sign, verify};

use super::{Attempt, Booked, BookedKind, Checkout, Forged, Found, Notice, Order, PaymentProvider, RefundOrder, Refunded};
use crate::{Answer, Failure, Http};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use hyper::Method;
use model::{CityId, Private};
use serde_json::Value;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

const SYSTEM: &str = "Stripe";
/// The version whose fields are read here; Stripe keeps old ones working.
const VERSION: &str = "2024-06-20";
/// A page is open for half an hour at least and a day at most (seconds).
const PAGE: (i64, i64) = (1_860, 86_340);

#[derive(Clone)]
pub struct Stripe {
    http: Http,
    base: String,
    secret_key: Private<String>,
    webhook_secret: Private<String>,
}

impl Stripe {
    /// `base` is `https://api.stripe.com` but for tests.
    pub fn new(http: Http, base: &str, secret_key: String, webhook_secret: String) -> Self {
        Self { http, base: base.trim_end_matches('/').to_owned(), secret_key: Private(secret_key), webhook_secret: Private(webhook_secret) }
    }

    /// Of which city a notice speaks, before it is known to be genuine: only with that city's secret can that be seen.
    pub fn city_of(body: &[u8]) -> Option<CityId> {
        let event: Value = serde_json::from_slice(body).ok()?;
        event["data"]["object"]["metadata"]["city"].as_str()?.parse().ok()
    }

    async fn call(&self, method: Method, path: &str, form: &[(&str, &str)], key: Option<&str>) -> Result<Value, Failure> {
        let encoded = Serializer::new(String::new()).extend_pairs(form).finish();
        let authorization = format!("Bearer {}", self.secret_key.0);
        let mut headers = vec![("authorization", authorization.as_str()), ("stripe-version", VERSION)];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        let (url, body) = if method == Method::GET {
            (format!("{}{path}{}{encoded}", self.base, if form.is_empty() { "" } else { "?" }), String::new())
        } else {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
            (format!("{}{path}", self.base), encoded)
        };
        let answer = self.http.send(SYSTEM, method, &url, &headers, body).await?;
        if answer.fine() { Ok(answer.json()) } else { Err(refusal(&answer)) }
    }

    /// All pages of a list.
    async fn list(&self, path: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Value>, Failure> {
        let (from, to) = (from.timestamp().to_string(), to.timestamp().to_string());
        let mut all: Vec<Value> = Vec::new();
        loop {
            let last = all.last().and_then(|entry| entry["id"].as_str()).map(str::to_owned);
            let mut form = vec![("limit", "100"), ("created[gte]", from.as_str()), ("created[lt]", to.as_str())];
            form.extend(last.as_deref().map(|last| ("starting_after", last)));
            let page = self.call(Method::GET, path, &form, None).await?;
            all.extend(page["data"].as_array().cloned().unwrap_or_default());
            if page["has_more"] != true {
                return Ok(all);
            }
        }
    }
}

fn refusal(answer: &Answer) -> Failure {
    let error = &answer.json()["error"];
    answer.refusal(SYSTEM, error["code"].as_str().or(error["type"].as_str()).unwrap_or_default())
}

fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, Failure> {
    value[field].as_str().ok_or_else(|| Failure::unknown(SYSTEM, format!("the answer has no `{field}`")))
}

impl PaymentProvider for Stripe {
    fn name(&self) -> &'static str {
        "stripe"
    }

    fn checkout<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<Option<Checkout>, Failure>> {
        Box::pin(async move {
            let (attempt, amount) = (order.attempt.to_string(), order.amount.get().to_string());
            let seconds = (order.expires_at - order.now).num_seconds().clamp(PAGE.0, PAGE.1);
            let expires = (order.now.timestamp() + seconds).to_string();
            let form = [
                ("mode", "payment"),
                ("client_reference_id", attempt.as_str()),
                ("line_items[0][quantity]", "1"),
                ("line_items[0][price_data][currency]", "jpy"),
                ("line_items[0][price_data][unit_amount]", amount.as_str()),
                ("line_items[0][price_data][product_data][name]", order.title.as_str()),
                ("metadata[city]", order.city.as_str()),
                ("metadata[attempt]", attempt.as_str()),
                ("payment_intent_data[metadata][city]", order.city.as_str()),
                ("payment_intent_data[metadata][attempt]", attempt.as_str()),
                ("success_url", order.return_url.as_str()),
                ("cancel_url", order.return_url.as_str()),
                ("expires_at", expires.as_str()),
            ];
            let session = self.call(Method::POST, "/v1/checkout/sessions", &form, Some(&attempt)).await?;
            Ok(Some(Checkout { reference: text(&session, "id")?.to_owned(), url: text(&session, "url")?.to_owned() }))
        })
    }

    fn lookup<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Result<Found, Failure>> {
        Box::pin(async move {
            // Without its id the page is found by asking for it again: the key makes that the same page.
            let Some(reference) = &attempt.reference else { return Ok(Found::Nothing) };
            let session = match self.call(Method::GET, &format!("/v1/checkout/sessions/{reference}"), &[], None).await {
                Err(Failure::Refused { status: 404, .. }) => return Ok(Found::Nothing),
                other => other?,
            };
            Ok(match (session["payment_status"].as_str(), session["status"].as_str()) {
                (Some("paid"), _) => Found::Paid {
                    payment: text(&session, "payment_intent")?.to_owned(),
                    amount: session["amount_total"].as_i64().ok_or_else(|| Failure::unknown(SYSTEM, "the answer has no `amount_total`"))?,
                    currency: text(&session, "currency")?.to_uppercase(),
                },
                (_, Some("expired")) => Found::Over,
                _ => Found::Waiting,
            })
        })
    }

    fn expire<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let Some(reference) = &attempt.reference else { return Ok(()) };
            match self.call(Method::POST, &format!("/v1/checkout/sessions/{reference}/expire"), &[], None).await {
                // It is over already, one way or the other.
                Ok(_) | Err(Failure::Refused { status: 400 | 404, .. }) => Ok(()),
                Err(failure) => Err(failure),
            }
        })
    }

    fn refund<'a>(&'a self, order: &'a RefundOrder) -> BoxFuture<'a, Result<Refunded, Failure>> {
        Box::pin(async move {
            let (refund, amount) = (order.refund.to_string(), order.amount.get().to_string());
            let form = [
                ("payment_intent", order.payment.as_str()),
                ("amount", amount.as_str()),
                ("metadata[city]", order.city.as_str()),
                ("metadata[refund]", refund.as_str()),
            ];
            match self.call(Method::POST, "/v1/refunds", &form, Some(&refund)).await {
                Ok(made) => Ok(match made["status"].as_str() {
                    Some("succeeded") => Refunded::Done,
                    Some("failed" | "canceled") => Refunded::Refused { why: made["failure_reason"].as_str().unwrap_or("failed").to_owned() },
                    _ => Refunded::Pending,
                }),
                Err(failure @ Failure::Refused { .. }) if !failure.may_pass() => Ok(Refunded::Refused { why: failure.to_string() }),
                Err(failure) => Err(failure),
            }
        })
    }

    fn booked<'a>(&'a self, from: DateTime<Utc>, to: DateTime<Utc>) -> BoxFuture<'a, Result<Option<Vec<Booked>>, Failure>> {
        Box::pin(async move {
            let entry = |kind, entry: &Value| {
                let payment = entry["payment_intent"].as_str().or(entry["charge"].as_str()).or(entry["id"].as_str()).unwrap_or_default().to_owned();
                Booked { kind, payment, amount: entry["amount"].as_i64().unwrap_or_default(), currency: entry["currency"].as_str().unwrap_or_default().to_uppercase() }
            };
            let charges = self.list("/v1/charges", from, to).await?;
            let refunds = self.list("/v1/refunds", from, to).await?;
            let succeeded = |entry: &&Value| entry["status"] == "succeeded";
            let all = charges.iter().filter(succeeded).map(|charge| entry(BookedKind::Payment, charge));
            Ok(Some(all.chain(refunds.iter().filter(succeeded).map(|refund| entry(BookedKind::Refund, refund))).collect()))
        })
    }

    fn notice(&self, header: &dyn Fn(&str) -> Option<String>, body: &[u8], now: DateTime<Utc>) -> Result<Notice, Forged> {
        let signature = header("stripe-signature").ok_or(Forged::Unsigned)?;
        verify(&self.webhook_secret, &signature, body, now)?;
        let event: Value = serde_json::from_slice(body).map_err(|_| Forged::Unreadable)?;
        let object = &event["data"]["object"];
        let attempt = object["metadata"]["attempt"].as_str().or(object["client_reference_id"].as_str());
        Ok(Notice {
            id: event["id"].as_str().ok_or(Forged::Unreadable)?.to_owned(),
            kind: event["type"].as_str().ok_or(Forged::Unreadable)?.to_owned(),
            attempt: attempt.and_then(|id| Uuid::try_parse(id).ok()),
        })
    }
}
