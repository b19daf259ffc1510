//! PayPay web payment: a code with a page, JSON calls signed with HMAC, notices without a signature.

mod auth;

pub use auth::{Call, authorization};

use super::{Attempt, Booked, Checkout, Forged, Found, Notice, Order, PaymentProvider, RefundOrder, Refunded};
use crate::{Failure, Http};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use hyper::Method;
use model::{CityId, Private};
use serde_json::{Value, json};
use uuid::Uuid;

const SYSTEM: &str = "PayPay";

#[derive(Clone)]
pub struct PayPay {
    http: Http,
    base: String,
    keys: Keys,
    clock: std::sync::Arc<dyn model::Clock>,
}

#[derive(Clone, Debug)]
pub struct Keys {
    pub api_key: String,
    pub api_secret: Private<String>,
    pub merchant_id: String,
}

/// What a payment is called there: the city and the attempt, in the 64 characters that there are.
fn payment_id(city: &CityId, attempt: Uuid) -> String {
    format!("{city}_{}", attempt.simple())
}

fn read_payment_id(id: &str) -> Option<(CityId, Uuid)> {
    let (city, attempt) = id.split_once('_')?;
    Some((city.parse().ok()?, Uuid::try_parse(attempt).ok()?))
}

impl PayPay {
    /// `base` is `https://apigw.paypay.ne.jp` but for tests and PayPay's own sandbox.
    pub fn new(http: Http, base: &str, keys: Keys, clock: std::sync::Arc<dyn model::Clock>) -> Self {
        Self { http, base: base.trim_end_matches('/').to_owned(), keys, clock }
    }

    /// Of which city a notice speaks.
    pub fn city_of(body: &[u8]) -> Option<CityId> {
        let notice: Value = serde_json::from_slice(body).ok()?;
        read_payment_id(notice["merchant_order_id"].as_str()?).map(|(city, _)| city)
    }

    /// Status, PayPay's own code for how it went, and the data.
    async fn call(&self, method: Method, path: &str, body: Option<&Value>, nonce: Uuid) -> Result<(u16, String, Value), Failure> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let call = Call { method: method.as_str(), path, body: body.as_bytes(), nonce: &nonce.simple().to_string()[..8], epoch: self.clock.now().timestamp() };
        let authorization = authorization(&self.keys.api_key, &self.keys.api_secret, &call);
        let mut headers = vec![("authorization", authorization.as_str()), ("x-assume-merchant", self.keys.merchant_id.as_str())];
        if !body.is_empty() {
            headers.push(("content-type", auth::CONTENT_TYPE));
        }
        let answer = self.http.send(SYSTEM, method, &format!("{}{path}", self.base), &headers, body).await?;
        let read = answer.json();
        let code = read["resultInfo"]["code"].as_str().unwrap_or_default().to_owned();
        if !answer.fine() && code.is_empty() {
            return Err(answer.refusal(SYSTEM, ""));
        }
        if answer.status == 429 || answer.status >= 500 {
            return Err(answer.refusal(SYSTEM, &code));
        }
        Ok((answer.status, code, read["data"].clone()))
    }

    fn refused(status: u16, code: &str) -> Failure {
        Failure::Refused { system: SYSTEM, status, code: code.to_owned(), text: code.to_owned() }
    }
}

impl PaymentProvider for PayPay {
    fn name(&self) -> &'static str {
        "paypay"
    }

    fn checkout<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<Option<Checkout>, Failure>> {
        Box::pin(async move {
            let body = json!({
                "merchantPaymentId": payment_id(&order.city, order.attempt),
                "amount": { "amount": order.amount.get(), "currency": "JPY" },
                "codeType": "ORDER_QR",
                // PayPay takes 255 characters.
                "orderDescription": order.title.chars().take(255).collect::<String>(),
                "isAuthorization": false,
                "redirectUrl": order.return_url,
                "redirectType": "WEB_LINK",
                "requestedAt": order.now.timestamp(),
            });
            match self.call(Method::POST, "/v2/codes", Some(&body), order.attempt).await? {
                (200..300, _, data) => {
                    let field = |name: &str| data[name].as_str().map(str::to_owned).ok_or_else(|| Failure::unknown(SYSTEM, format!("the answer has no `{name}`")));
                    Ok(Some(Checkout { reference: field("codeId")?, url: field("url")? }))
                }
                // The answer to an earlier call got lost, and with it the address: nobody can have paid there.
                (_, code, _) if code == "DUPLICATE_DYNAMIC_QR_REQUEST" => Ok(None),
                (status, code, _) => Err(Self::refused(status, &code)),
            }
        })
    }

    fn lookup<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Result<Found, Failure>> {
        Box::pin(async move {
            let path = format!("/v2/codes/payments/{}", payment_id(&attempt.city, attempt.id));
            match self.call(Method::GET, &path, None, attempt.id).await? {
                (200..300, _, data) => Ok(match data["status"].as_str() {
                    Some("COMPLETED" | "REFUNDED") => Found::Paid {
                        payment: data["paymentId"].as_str().ok_or_else(|| Failure::unknown(SYSTEM, "the answer has no `paymentId`"))?.to_owned(),
                        amount: data["amount"]["amount"].as_i64().ok_or_else(|| Failure::unknown(SYSTEM, "the answer has no amount"))?,
                        currency: data["amount"]["currency"].as_str().unwrap_or_default().to_owned(),
                    },
                    Some("EXPIRED" | "CANCELED" | "FAILED") => Found::Over,
                    _ => Found::Waiting,
                }),
                (_, code, _) if code == "DYNAMIC_QR_PAYMENT_NOT_FOUND" => Ok(Found::Nothing),
                (status, code, _) => Err(Self::refused(status, &code)),
            }
        })
    }

    fn expire<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let Some(code_id) = &attempt.reference else { return Ok(()) };
            match self.call(Method::DELETE, &format!("/v2/codes/{code_id}"), None, attempt.id).await? {
                (200..300, ..) => Ok(()),
                // Used, or over by itself.
                (_, code, _) if ["DYNAMIC_QR_NOT_FOUND", "DYNAMIC_QR_ALREADY_PAID", "DYNAMIC_QR_EXPIRED"].contains(&code.as_str()) => Ok(()),
                (status, code, _) => Err(Self::refused(status, &code)),
            }
        })
    }

    fn refund<'a>(&'a self, order: &'a RefundOrder) -> BoxFuture<'a, Result<Refunded, Failure>> {
        Box::pin(async move {
            let id = payment_id(&order.city, order.refund);
            let body = json!({
                "merchantRefundId": id,
                "paymentId": order.payment,
                "amount": { "amount": order.amount.get(), "currency": "JPY" },
                "requestedAt": order.now.timestamp(),
                "reason": order.reason,
            });
            let status_of = |data: &Value| match data["status"].as_str() {
                Some("REFUNDED") => Refunded::Done,
                Some("FAILED") => Refunded::Refused { why: "PayPay: FAILED".to_owned() },
                _ => Refunded::Pending,
            };
            match self.call(Method::POST, "/v2/refunds", Some(&body), order.refund).await? {
                (200..300, _, data) => Ok(status_of(&data)),
                // It was asked for before, and the answer was lost on the way.
                (_, code, _) if code == "DUPLICATE_REFUND_REQUEST" => match self.call(Method::GET, &format!("/v2/refunds/{id}"), None, order.refund).await? {
                    (200..300, _, data) => Ok(status_of(&data)),
                    (status, code, _) => Err(Self::refused(status, &code)),
                },
                (_, code, _) => Ok(Refunded::Refused { why: format!("PayPay: {code}") }),
            }
        })
    }

    fn booked<'a>(&'a self, _from: DateTime<Utc>, _to: DateTime<Utc>) -> BoxFuture<'a, Result<Option<Vec<Booked>>, Failure>> {
        Box::pin(async { Ok(None) })
    }

    /// PayPay signs nothing: whoever knows an attempt's id can make us look it up, and no more than that.
    fn notice(&self, _header: &dyn Fn(&str) -> Option<String>, body: &[u8], _now: DateTime<Utc>) -> Result<Notice, Forged> {
        let notice: Value = serde_json::from_slice(body).map_err(|_| Forged::Unreadable)?;
        if notice["merchant_id"].as_str() != Some(&self.keys.merchant_id) {
            return Err(Forged::Wrong);
        }
        let id = notice["merchant_order_id"].as_str().ok_or(Forged::Unreadable)?;
        let state = notice["state"].as_str().unwrap_or_default();
        Ok(Notice { id: format!("{id}/{}/{state}", notice["order_id"].as_str().unwrap_or_default()), kind: state.to_owned(), attempt: read_payment_id(id).map(|(_, attempt)| attempt) })
    }
}
