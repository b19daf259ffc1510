//! The part of Stripe's API that the counter uses.

use super::{Fault, Page, PageState, Posted, Till, no_answer};
use crate::payments::stripe::sign;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;

#[derive(Clone)]
struct Shop {
    till: Till,
    secret_key: String,
}

pub fn routes(till: Till, secret_key: &str) -> Router {
    Router::new()
        .route("/v1/checkout/sessions", post(open))
        .route("/v1/checkout/sessions/{id}", get(look))
        .route("/v1/checkout/sessions/{id}/expire", post(expire))
        .route("/v1/refunds", post(refund).get(refunds))
        .route("/v1/charges", get(charges))
        .with_state(Shop { till, secret_key: secret_key.to_owned() })
}

fn error(status: u16, code: &str) -> Response {
    (StatusCode::from_u16(status).unwrap_or_default(), Json(json!({ "error": { "type": "invalid_request_error", "code": code } }))).into_response()
}

fn session(page: &Page) -> Value {
    let status = match page.state {
        PageState::Open => "open",
        PageState::Paid => "complete",
        PageState::Over => "expired",
    };
    json!({
        "id": page.reference, "object": "checkout.session", "status": status, "payment_status": if page.state == PageState::Paid { "paid" } else { "unpaid" },
        "payment_intent": page.payment, "amount_total": page.amount, "currency": page.currency.to_lowercase(), "client_reference_id": page.attempt,
        "metadata": { "city": page.city, "attempt": page.attempt }, "url": (page.state == PageState::Open).then(|| format!("https://checkout.stripe.example/{}", page.reference)),
    })
}

impl Shop {
    fn answer(&self, headers: &HeaderMap, act: impl FnOnce(&Till) -> Response) -> Response {
        let key = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if key != format!("Bearer {}", self.secret_key) {
            return error(401, "api_key_invalid");
        }
        match self.till.fault() {
            Fault::Lost => no_answer(),
            Fault::Broken => error(500, "api_error"),
            Fault::Unanswered => {
                act(&self.till);
                no_answer()
            }
            Fault::None => act(&self.till),
        }
    }
}

fn form(body: &Bytes) -> HashMap<String, String> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

async fn open(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> Response {
    shop.answer(&headers, |till| {
        let form = form(&body);
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let amount = field("line_items[0][price_data][unit_amount]").parse().unwrap_or(0);
        let idempotent = headers.get("idempotency-key").is_some_and(|key| key == field("client_reference_id"));
        if amount <= 0 || field("line_items[0][price_data][currency]") != "jpy" || field("mode") != "payment" || !idempotent {
            return error(400, "parameter_invalid");
        }
        let (page, _) = till.open(field("client_reference_id"), field("metadata[city]"), amount, "cs_");
        Json(session(&page)).into_response()
    })
}

async fn look(State(shop): State<Shop>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    shop.answer(&headers, |till| till.page(&id).map_or_else(|| error(404, "resource_missing"), |page| Json(session(&page)).into_response()))
}

async fn expire(State(shop): State<Shop>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    shop.answer(&headers, |till| match till.page(&id) {
        Some(page) if page.state == PageState::Open => {
            till.lapse(&id);
            Json(json!({ "id": id, "status": "expired" })).into_response()
        }
        Some(_) => error(400, "checkout_session_not_open"),
        None => error(404, "resource_missing"),
    })
}

async fn refund(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> Response {
    shop.answer(&headers, |till| {
        let form = form(&body);
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
        match till.give_back(key, field("payment_intent"), field("amount").parse().unwrap_or(0)) {
            Ok((back, _)) => Json(json!({ "id": back.id, "object": "refund", "status": "succeeded", "amount": back.amount, "payment_intent": back.payment })).into_response(),
            Err(_) => error(400, "charge_already_refunded"),
        }
    })
}

fn within(query: &HashMap<String, String>, created: i64) -> bool {
    let bound = |name: &str, otherwise: i64| query.get(name).and_then(|value| value.parse().ok()).unwrap_or(otherwise);
    (bound("created[gte]", i64::MIN)..bound("created[lt]", i64::MAX)).contains(&created)
}

async fn charges(State(shop): State<Shop>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    shop.answer(&headers, |till| {
        let paid = till.pages().into_iter().filter(|page| page.state == PageState::Paid && within(&query, page.created));
        let data: Vec<Value> = paid
            .map(|page| json!({ "id": format!("ch_{}", page.reference), "status": "succeeded", "amount": page.amount, "currency": page.currency.to_lowercase(), "payment_intent": page.payment }))
            .collect();
        Json(json!({ "data": data, "has_more": false })).into_response()
    })
}

async fn refunds(State(shop): State<Shop>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    shop.answer(&headers, |till| {
        let given = till.refunds().into_iter().filter(|back| within(&query, back.created));
        let data: Vec<Value> = given.map(|back| json!({ "id": back.id, "status": "succeeded", "amount": back.amount, "currency": "jpy", "payment_intent": back.payment })).collect();
        Json(json!({ "data": data, "has_more": false })).into_response()
    })
}

/// The notice of a page, as Stripe would send it.
pub fn notice(page: &Page, id: &str, webhook_secret: &str, at: DateTime<Utc>) -> Posted {
    let kind = if page.state == PageState::Paid { "checkout.session.completed" } else { "checkout.session.expired" };
    let body = json!({ "id": id, "object": "event", "type": kind, "data": { "object": session(page) } }).to_string();
    let signature = sign(webhook_secret, body.as_bytes(), at);
    Posted { headers: vec![("stripe-signature".to_owned(), signature), ("content-type".to_owned(), "application/json".to_owned())], body }
}
