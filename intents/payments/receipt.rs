//! `payment.receipt`: how the bills stand, and the receipts; and what is told of money unasked.

use super::{Providers, attempts, links::receipt_url, pay::label};
use crate::{Context, ServiceError};
use chrono::{DateTime, Utc};
use dialogue::{Answer, News, Outcome};
use model::{Action, Bill, BillId, BillLine, BillState, Card, Choice, CityId, Part, Postback, RefundId, Say, Urgency, Yen};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use store::{StoreError, bills};
use uuid::Uuid;

/// Bills that are shown.
const MOST: i64 = 5;

/// What stands on a receipt.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub number: String,
    pub title: String,
    pub lines: Vec<BillLine>,
    pub total: Yen,
    pub paid_at: DateTime<Utc>,
    pub paid_by: String,
    pub refunded: Yen,
}

/// The receipt of a bill; `None` where there is none, because nothing was paid.
pub async fn of_bill(tx: &mut PgConnection, city: &CityId, bill: BillId) -> Result<Option<Receipt>, StoreError> {
    let Some(bill) = bills::find(tx, city, bill).await?.filter(has_receipt) else { return Ok(None) };
    let Some(paid_at) = bill.paid_at else { return Ok(None) };
    Ok(Some(Receipt { number: bill.number, title: bill.title, lines: bill.lines, total: bill.total, paid_at, paid_by: bill.paid_by.unwrap_or_default(), refunded: bill.refunded }))
}

fn has_receipt(bill: &Bill) -> bool {
    matches!(bill.state, BillState::Paid | BillState::PartlyRefunded | BillState::Refunded) && bill.paid > Yen::ZERO
}

pub async fn show(context: &mut Context<'_>, providers: Option<&Providers>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let mut all = bills::of_person(context.tx, &context.city.id, context.conversation, MOST).await?;
    if let Some(wanted) = answers.get("bill") {
        all.retain(|bill| bill.id.to_string() == wanted.value);
    }
    if all.is_empty() {
        return Ok(Outcome::done(vec![Part::text(Say::key("payment-receipt-none"))]));
    }
    let mut cards = Vec::new();
    for bill in &all {
        cards.push(card(context, providers, bill).await?);
    }
    Ok(Outcome::done(vec![Part::Cards { text: Say::key("payment-receipt-list"), cards }]))
}

async fn card(context: &mut Context<'_>, providers: Option<&Providers>, bill: &Bill) -> Result<Card, ServiceError> {
    let mut lines = vec![Say::key("payment-bill-amount").with("amount", bill.total.to_string()), Say::dynamic(format!("payment-state-{}", bill.state.as_str().replace('_', "-")))];
    if let Some(at) = bill.paid_at.filter(|_| bill.paid > Yen::ZERO) {
        lines.push(Say::key("payment-bill-paid-at").with("at", at));
    }
    for refund in bills::refunds_of(context.tx, &context.city.id, bill.id).await? {
        lines.push(Say::dynamic(format!("payment-refund-{}", refund.state.as_str())).with("amount", refund.amount.to_string()));
    }
    let mut actions = Vec::new();
    if let Some(providers) = providers.filter(|_| has_receipt(bill)) {
        let url = receipt_url(context.db, context.tx, providers, &context.city.id, bill.id, context.now.to_utc()).await?;
        actions.push(Action::Link { label: Say::key("payment-receipt-label"), url });
    }
    if bill.state == BillState::Open {
        actions.push(Action::Postback { label: Say::key("payment-pay-title"), value: Postback::begin(super::PAY).given("bill", bill.id.to_string()).to_string() });
    }
    Ok(Card { title: Say::plain(&bill.title), subtitle: Some(Say::key("payment-bill-number").with("number", bill.number.as_str())), lines, place: None, actions })
}

/// What is told of money unasked, as it stands at this moment.
pub async fn tell(context: &mut Context<'_>, providers: Option<&Providers>, event: &str, key: &str) -> Result<News, ServiceError> {
    let city = &context.city.id;
    let id = key.parse::<Uuid>().ok();
    let say = match (event, id) {
        ("paid", Some(id)) => {
            let Some(bill) = bills::find(context.tx, city, BillId(id)).await?.filter(has_receipt) else { return Ok(News::default()) };
            let text = Say::key("payment-paid").with("what", label(&bill)).with("number", bill.number.as_str());
            match providers {
                Some(providers) => {
                    let url = receipt_url(context.db, context.tx, providers, city, bill.id, context.now.to_utc()).await?;
                    Part::Link { text, label: Say::key("payment-receipt-label"), url }
                }
                None => Part::text(text),
            }
        }
        ("refunded", Some(id)) => {
            let Some(refund) = bills::find_refund(context.tx, city, RefundId(id)).await? else { return Ok(News::default()) };
            let Some(bill) = bills::find(context.tx, city, refund.bill).await? else { return Ok(News::default()) };
            let key = if refund.by_hand() { "payment-refunded-by-hand" } else { "payment-refunded" };
            Part::text(Say::key(key).with("what", bill.title).with("number", bill.number).with("amount", refund.amount.to_string()))
        }
        ("refund-refused", Some(id)) => {
            let Some(refund) = bills::find_refund(context.tx, city, RefundId(id)).await?.filter(|refund| refund.state == bills::RefundState::Refused) else { return Ok(News::default()) };
            let Some(bill) = bills::find(context.tx, city, refund.bill).await? else { return Ok(News::default()) };
            let text = Say::key("payment-refund-refused-why").with("what", bill.title).with("number", bill.number).with("why", refund.why.unwrap_or_default());
            Part::Choices { text, choices: vec![Choice::new(Say::key("human-label"), "human"), Choice::new(Say::key("menu-label"), "menu")] }
        }
        ("twice" | "held", Some(id)) => {
            let Some(attempt) = attempts::find(context.tx, city, id).await? else { return Ok(News::default()) };
            let Some(bill) = bills::find(context.tx, city, attempt.bill).await? else { return Ok(News::default()) };
            let text = Say::dynamic(format!("payment-{event}")).with("what", bill.title).with("number", bill.number);
            Part::Choices { text, choices: vec![Choice::new(Say::key("human-label"), "human"), Choice::new(Say::key("menu-label"), "menu")] }
        }
        _ => return Ok(News::default()),
    };
    Ok(News { say: vec![say], urgency: Urgency::Normal })
}
