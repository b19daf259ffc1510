//! `payment.pay`: which bill, by which way, and the link to the page.

use super::{Attempt, AttemptState, PAY, Providers, RECEIPT, attempts, page_url};
use crate::{Context, ServiceError, names::key};
use chrono::TimeDelta;
use dialogue::{Answer, Candidate, Found, Outcome};
use model::{Bill, BillState, Choice, Part, Postback, Say, Yen};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};
use store::{NewJob, bills};
use uuid::Uuid;

/// Bills that are looked at; LINE shows so many choices.
const MOST: i64 = 11;
/// A link that is nearly over is not given again.
const NEARLY: TimeDelta = TimeDelta::minutes(3);

fn may_be_paid(bill: &Bill) -> bool {
    bill.state == BillState::Open && bill.total > Yen::ZERO
}

pub fn label(bill: &Bill) -> String {
    format!("{} {}円", bill.title, bill.total)
}

/// The bill that is meant by some words: its number, or what it is for.
pub async fn find_bill(context: &mut Context<'_>, text: &str, open: bool, asked: bool) -> Result<Found, ServiceError> {
    let all = bills::of_person(context.tx, &context.city.id, context.conversation, MOST).await?;
    let words = key(text);
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let typed = digits(&normalise::fold(text));
    let fits = |bill: &Bill| {
        let (title, number) = (key(&bill.title), digits(&bill.number));
        let by_number = typed.len() >= 6 && number.contains(&typed);
        let by_title = words.chars().count() >= 2 && (words.contains(&title) || (asked && title.contains(&words)));
        by_number || by_title
    };
    let mut found: Vec<_> = all
        .iter()
        .filter(|bill| (!open || may_be_paid(bill)) && fits(bill))
        .map(|bill| Candidate { value: bill.id.to_string(), label: label(bill) })
        .collect();
    Ok(match found.len() {
        0 => Found::None,
        1 => Found::One(found.remove(0)),
        _ => Found::Many(found),
    })
}

/// What ways to pay are called.
const WAYS: [(&str, &[&str]); 3] = [
    ("stripe", &["カード", "クレジット", "クレカ", "visa", "マスターカード", "jcb", "card", "信用卡", "카드", "thẻ"]),
    ("paypay", &["paypay", "ペイペイ", "スマホ決済", "qr"]),
    ("sandbox", &["おためし", "お試し", "sandbox"]),
];

/// The way to pay that some words name.
pub fn find_way(text: &str) -> Found {
    let said = normalise::fold(text).to_lowercase();
    let mut named = WAYS.iter().filter(|(_, words)| words.iter().any(|word| said.contains(word)));
    match (named.next(), named.next()) {
        (Some((way, _)), None) => Found::One(Candidate { value: (*way).to_owned(), label: (*way).to_owned() }),
        _ => Found::None,
    }
}

pub async fn pay(context: &mut Context<'_>, providers: Option<&Providers>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let (city, now) = (context.city, context.now.to_utc());
    let all = bills::of_person(context.tx, &city.id, context.conversation, MOST).await?;
    let open: Vec<&Bill> = all.iter().filter(|bill| may_be_paid(bill) && bill.hold_until.is_none_or(|until| until > now)).collect();
    let chosen = answers.get("bill").and_then(|answer| open.iter().find(|bill| bill.id.to_string() == answer.value));
    let bill = match (chosen, open.as_slice()) {
        (Some(bill), _) => *bill,
        (None, []) => return Ok(nothing()),
        (None, [only]) => *only,
        (None, several) => {
            let choices = several.iter().map(|bill| Choice::new(Say::plain(label(bill)), Postback::set(PAY, "bill", bill.id.to_string()))).collect();
            return Ok(Outcome::Rejected { field: "bill".to_owned(), say: Say::key("payment-pay-which-bill"), choices });
        }
    };
    let offered = providers.map(|providers| providers.offered(context.db, city)).unwrap_or_default();
    let wanted = answers.get("way").map(|answer| answer.value.as_str());
    let (Some(providers), Some(first)) = (providers, offered.first()) else { return Ok(at_the_counter(bill)) };
    let way = match wanted {
        Some(way) if offered.contains(&way) => way,
        None if offered.len() == 1 => first,
        _ => {
            let choices = offered.iter().map(|way| Choice::new(Say::dynamic(format!("payment-pay-way-{way}")), Postback::set(PAY, "way", *way))).collect();
            let ask = if wanted.is_some() { "payment-pay-not-this-way" } else { "payment-pay-which-way" };
            return Ok(Outcome::Rejected { field: "way".to_owned(), say: Say::key(ask), choices });
        }
    };
    let attempt = attempt_for(context, bill, way).await?;
    let text = Say::key("payment-pay-link")
        .with("what", bill.title.as_str())
        .with("number", bill.number.as_str())
        .with("amount", bill.total.to_string())
        .with("way", Say::dynamic(format!("payment-pay-way-{way}")))
        .with("until", attempt.expires_at);
    let link = Part::Link { text, label: Say::key("payment-pay-link-label"), url: page_url(&providers.public_url, &city.id, attempt.id) };
    Ok(Outcome::done(vec![link]))
}

/// The attempt that is open by this way, or a new one. One page takes money for a bill at a time.
async fn attempt_for(context: &mut Context<'_>, bill: &Bill, way: &str) -> Result<Attempt, ServiceError> {
    let (city, now) = (&context.city.id, context.now.to_utc());
    // The bill's row first, as everywhere.
    bills::lock(context.tx, city, bill.id).await?;
    for attempt in attempts::of_bill(context.tx, city, bill.id).await? {
        if !matches!(attempt.state, AttemptState::New | AttemptState::Open) {
            continue;
        }
        if attempt.provider == way && attempt.expires_at > now + NEARLY {
            if attempt.state == AttemptState::New {
                // Should its page have been given up on, it is tried anew.
                attempts::make(context.tx, city, &attempt, now).await?;
            }
            return Ok(attempt);
        }
        attempts::set(context.tx, city, attempt.id, AttemptState::Closing, None).await?;
        attempts::look(context.tx, city, &attempt, now, 0).await?;
    }
    let until = now + TimeDelta::minutes(context.city.profile.payments.link_minutes.into());
    let attempt = Attempt {
        id: context.ids.uuid(),
        bill: bill.id,
        conversation: Some(context.conversation),
        lang: context.lang,
        provider: way.to_owned(),
        state: AttemptState::New,
        reference: None,
        url: None,
        expires_at: bill.hold_until.map_or(until, |hold| hold.min(until)),
    };
    attempts::begin(context.tx, city, &attempt, now).await?;
    let books = NewJob { kind: super::work::RECONCILE, key: way.to_owned(), due_at: now + TimeDelta::days(1), payload: Value::Null };
    store::ensure_job(context.tx, city, &books, Duration::ZERO).await?;
    Ok(attempt)
}

/// The attempt that took an attempt's place, if another did.
pub async fn again(tx: &mut sqlx::PgConnection, city: &model::CityId, attempt: Uuid) -> Result<Option<Attempt>, store::StoreError> {
    let Some(asked) = attempts::find(tx, city, attempt).await? else { return Ok(None) };
    let all = attempts::of_bill(tx, city, asked.bill).await?;
    let lost = asked.state == AttemptState::Over && asked.reference.is_none();
    let next = all.into_iter().find(|other| other.id != asked.id && lost && matches!(other.state, AttemptState::New | AttemptState::Open));
    Ok(Some(next.unwrap_or(asked)))
}

fn nothing() -> Outcome {
    let choices = vec![
        Choice::new(Say::key("payment-receipt-title"), Postback::begin(RECEIPT)),
        Choice::new(Say::key("payment-methods-title"), Postback::begin(super::METHODS)),
        Choice::new(Say::key("menu-label"), "menu"),
    ];
    Outcome::done(vec![Part::Choices { text: Say::key("payment-pay-none"), choices }])
}

fn at_the_counter(bill: &Bill) -> Outcome {
    let say = Say::key("payment-pay-counter").with("what", bill.title.as_str()).with("number", bill.number.as_str()).with("amount", bill.total.to_string());
    Outcome::done(vec![Part::text(say)])
}
