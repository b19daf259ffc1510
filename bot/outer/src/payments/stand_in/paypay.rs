//! The part of PayPay's Open Payment API that the counter uses.

use super::{Fault, Page, PageState, Posted, Till, no_answer};
use crate::payments::paypay::{Call, authorization};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde_json::{Value, json};

#[derive(Clone)]
struct Shop {
    till: Till,
    key: String,
    secret: String,
}

pub fn routes(till: Till, key: &str, secret: &str) -> Router {
    Router::new()
        .route("/v2/codes", post(open))
        .route("/v2/codes/payments/{id}", get(look))
        .route("/v2/codes/{id}", delete(close))
        .route("/v2/refunds", post(refund))
        .route("/v2/refunds/{id}", get(refunded))
        .with_state(Shop { till, key: key.to_owned(), secret: secret.to_owned() })
}

fn answer(status: u16, code: &str, data: Value) -> Response {
    (StatusCode::from_u16(status).unwrap_or_default(), Json(json!({ "resultInfo": { "code": code, "message": code, "codeId": "0" }, "data": data }))).into_response()
}

impl Shop {
    /// Whether the header is what PayPay would make of this call.
    fn knows(&self, method: &Method, path: &str, headers: &HeaderMap, body: &Bytes) -> bool {
        let header = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let parts: Vec<&str> = header.split(':').collect();
        let [_, _, _, nonce, epoch, _] = parts.as_slice() else { return false };
        let call = Call { method: method.as_str(), path, body, nonce, epoch: epoch.parse().unwrap_or(0) };
        header == authorization(&self.key, &self.secret, &call)
    }

    fn serve(&self, method: &Method, path: &str, headers: &HeaderMap, body: &Bytes, act: impl FnOnce(&Till, &Value) -> Response) -> Response {
        if !self.knows(method, path, headers, body) {
            return answer(401, "UNAUTHORIZED", Value::Null);
        }
        let read: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        match self.till.fault() {
            Fault::Lost => no_answer(),
            Fault::Broken => answer(500, "INTERNAL_SERVER_ERROR", Value::Null),
            Fault::Unanswered => {
                act(&self.till, &read);
                no_answer()
            }
            Fault::None => act(&self.till, &read),
        }
    }
}

async fn open(State(shop): State<Shop>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    shop.serve(&Method::POST, uri.path(), &headers, &body, |till, order| {
        let (id, amount) = (order["merchantPaymentId"].as_str().unwrap_or_default(), order["amount"]["amount"].as_i64().unwrap_or(0));
        if amount <= 0 || order["amount"]["currency"] != "JPY" || order["codeType"] != "ORDER_QR" || id.is_empty() || id.len() > 64 {
            return answer(400, "INVALID_PARAMS", Value::Null);
        }
        let (page, before) = till.open(id, id.split('_').next().unwrap_or_default(), amount, "04-");
        if before {
            return answer(400, "DUPLICATE_DYNAMIC_QR_REQUEST", Value::Null);
        }
        answer(201, "SUCCESS", json!({ "codeId": page.reference, "url": format!("https://qr.paypay.example/{}", page.reference), "merchantPaymentId": id, "expiryDate": page.created + 300 }))
    })
}

fn details(page: &Page) -> Value {
    let status = match page.state {
        PageState::Open => "CREATED",
        PageState::Paid => "COMPLETED",
        PageState::Over => "EXPIRED",
    };
    json!({ "paymentId": page.payment, "status": status, "merchantPaymentId": page.attempt, "amount": { "amount": page.amount, "currency": page.currency.to_uppercase() } })
}

async fn look(State(shop): State<Shop>, uri: Uri, headers: HeaderMap, Path(id): Path<String>) -> Response {
    shop.serve(&Method::GET, uri.path(), &headers, &Bytes::new(), |till, _| match till.of_attempt(&id) {
        Some(page) => answer(200, "SUCCESS", details(&page)),
        None => answer(404, "DYNAMIC_QR_PAYMENT_NOT_FOUND", Value::Null),
    })
}

async fn close(State(shop): State<Shop>, uri: Uri, headers: HeaderMap, Path(id): Path<String>) -> Response {
    shop.serve(&Method::DELETE, uri.path(), &headers, &Bytes::new(), |till, _| match till.page(&id) {
        Some(page) if page.state == PageState::Paid => answer(400, "DYNAMIC_QR_ALREADY_PAID", Value::Null),
        Some(_) => {
            till.lapse(&id);
            answer(200, "SUCCESS", Value::Null)
        }
        None => answer(404, "DYNAMIC_QR_NOT_FOUND", Value::Null),
    })
}

async fn refund(State(shop): State<Shop>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    shop.serve(&Method::POST, uri.path(), &headers, &body, |till, order| {
        let field = |name: &str| order[name].as_str().unwrap_or_default();
        match till.give_back(field("merchantRefundId"), field("paymentId"), order["amount"]["amount"].as_i64().unwrap_or(0)) {
            Ok((_, true)) => answer(400, "DUPLICATE_REFUND_REQUEST", Value::Null),
            Ok((back, false)) => answer(201, "SUCCESS", json!({ "status": "REFUNDED", "merchantRefundId": field("merchantRefundId"), "amount": { "amount": back.amount, "currency": "JPY" } })),
            Err(_) => answer(400, "REFUND_LIMIT_EXCEEDED", Value::Null),
        }
    })
}

async fn refunded(State(shop): State<Shop>, uri: Uri, headers: HeaderMap, Path(id): Path<String>) -> Response {
    shop.serve(&Method::GET, uri.path(), &headers, &Bytes::new(), |till, _| match till.with(|books| books.refunds.get(&id).cloned()) {
        Some(back) => answer(200, "SUCCESS", json!({ "status": "REFUNDED", "amount": { "amount": back.amount, "currency": "JPY" } })),
        None => answer(404, "NO_SUCH_REFUND_ORDER", Value::Null),
    })
}

/// The notice of a page, as PayPay would send it.
pub fn notice(page: &Page, merchant_id: &str) -> Posted {
    let state = details(page)["status"].clone();
    let body = json!({ "notification_type": "Transaction", "merchant_id": merchant_id, "order_id": page.payment, "merchant_order_id": page.attempt, "order_amount": page.amount, "state": state });
    Posted { headers: vec![("content-type".to_owned(), "application/json".to_owned())], body: body.to_string() }
}
