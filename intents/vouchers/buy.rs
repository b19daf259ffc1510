//! Buying the books that one was given: a bill like any other, and when it is paid, the worth is in the purse.

use super::{APPLY, BUY, ID, campaign::{self, Campaign, Purse}, why_not};
use crate::{Around, Context, ServiceError, Work, WorkError, tell};
use chrono::TimeDelta;
use dialogue::{Answer, Offer, Outcome};
use futures_util::future::BoxFuture;
use model::{BillId, BillLine, BillState, Choice, NewBill, Part, Postback, Say, Yen};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use store::{
    Job, StoreError, bills,
    ledger::{Movement, account, book},
};
use uuid::Uuid;

const KIND: &str = "voucher.purchase";
/// So long what is being bought is kept for the one who buys it.
const HOLD: TimeDelta = TimeDelta::minutes(30);

/// What can be bought: the campaign, one's purse and how many books are left for it; or why nothing can.
async fn may(context: &mut Context<'_>) -> Result<Result<(Campaign, Purse, i32), Vec<Part<Say>>>, ServiceError> {
    let (city, today) = (&context.city.id, context.now.date_naive());
    let Some(campaign) = campaign::current(context.tx, city, today).await? else { return Ok(Err(why_not("voucher-none"))) };
    let Some(purse) = campaign::purse(context.tx, city, context.conversation, &campaign.campaign_id).await? else {
        let choices = vec![Choice::new(Say::key("voucher-apply-title"), Postback::begin(APPLY)), Choice::new(Say::key("menu-label"), "menu")];
        return Ok(Err(vec![Part::Choices { text: Say::key("voucher-buy-first"), choices }]));
    };
    if campaign.buy_to < today {
        return Ok(Err(why_not("voucher-buy-closed")));
    }
    let left = purse.granted - purse.bought - purse.pending;
    if left <= 0 {
        return Ok(Err(why_not(if purse.pending > 0 { "voucher-buy-pending" } else { "voucher-buy-all" })));
    }
    Ok(Ok((campaign, purse, left)))
}

/// Looked at before anything is asked: nobody shall say how many, only to hear that there are none.
pub async fn offer(context: &mut Context<'_>) -> Result<Offer, ServiceError> {
    Ok(match may(context).await? {
        Ok((campaign, ..)) => Offer::worked_out(campaign.campaign_id, campaign.name),
        Err(parts) => Offer::Over(parts),
    })
}

pub async fn buy(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let now = context.now.to_utc();
    let (campaign, purse, left) = match may(context).await? {
        Ok(all) => all,
        Err(parts) => return Ok(Outcome::done(parts)),
    };
    let city = &context.city.id;
    let books: i32 = answers.get("books").and_then(|answer| answer.value.parse().ok()).unwrap_or(0);
    if !(1..=left).contains(&books) {
        let choices = (1..=left.min(10)).map(|n| Choice::new(Say::plain(n.to_string()), Postback::set(BUY, "books", n.to_string()))).collect();
        return Ok(Outcome::Rejected { field: "books".to_owned(), say: Say::key("voucher-buy-too-many").with("most", i64::from(left)), choices });
    }
    let purchase = context.ids.uuid();
    sqlx::query("UPDATE voucher_purse SET pending = pending + $4 WHERE city_id = $1 AND campaign_id = $2 AND contact_id = $3").bind(city.as_str()).bind(&campaign.campaign_id).bind(purse.contact_id).bind(books).execute(&mut *context.tx).await?;
    sqlx::query("INSERT INTO voucher_purchase (city_id, purchase_id, campaign_id, contact_id, books, state) VALUES ($1, $2, $3, $4, $5, 'open')")
        .bind(city.as_str())
        .bind(purchase)
        .bind(&campaign.campaign_id)
        .bind(purse.contact_id)
        .bind(books)
        .execute(&mut *context.tx)
        .await?;
    let unit = Yen::new(campaign.price).map_err(StoreError::from)?;
    // A voucher is a means of payment: no consumption tax is in its price.
    let line = BillLine { text: campaign.name.clone(), quantity: u32::try_from(books).unwrap_or(1), unit, tax_percent: None };
    let new = NewBill { kind: KIND, subject: purchase, conversation: Some(context.conversation), title: format!("{} {books}冊", campaign.name), lines: vec![line], due_at: now + HOLD, hold_until: Some(now + HOLD) };
    let bill = bills::open(context.db, context.tx, city, &new, now).await?;
    let text = Say::key("voucher-buy-bill").with("books", i64::from(books)).with("amount", bill.total.to_string()).with("until", now + HOLD);
    let choices = vec![Choice::new(Say::key("payment-pay-title"), Postback::begin("payment.pay").given("bill", bill.id.to_string())), Choice::new(Say::key("menu-label"), "menu")];
    Ok(Outcome::done(vec![Part::Choices { text, choices }]))
}

/// What follows when the bill of a purchase changes.
pub struct Bought;

impl Work for Bought {
    fn kind(&self) -> &'static str {
        "bill.voucher.purchase"
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, _called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let city = &around.city.id;
            let id = job.key.parse().map_err(|_| WorkError::Never(format!("`{}` is no bill", job.key)))?;
            let Some(bill) = bills::lock(tx, city, BillId(id)).await? else { return Ok(()) };
            match bill.state {
                BillState::Paid => {}
                // The books were let go when the bill lapsed; if they are still to be had, late is not too late.
                BillState::Late => {
                    if again(tx, city.as_str(), bill.subject).await? {
                        bills::accept_late(&around.db, tx, city, bill.id, around.now).await?;
                    } else {
                        bills::decline_late(&around.db, tx, city, bill.id, around.now).await?;
                        return Ok(());
                    }
                }
                BillState::Expired | BillState::Cancelled => return Ok(let_go(tx, city.as_str(), bill.subject).await?),
                _ => return Ok(()),
            }
            let Some((campaign, books)) = fill(tx, city.as_str(), bill.subject).await? else { return Ok(()) };
            let Some(campaign) = campaign::find(tx, city, &campaign).await? else { return Ok(()) };
            let amount = |each: i64| Yen::new(each * i64::from(books)).map_err(StoreError::from);
            let cause = format!("purchase:{}", bill.subject);
            let sold = Movement { kind: "sold", cause: &cause, bill: Some(bill.id), at: around.now, debit: account::REVENUE, credit: account::VOUCHERS, amount: amount(campaign.price)? };
            book(&around.db, tx, city, sold).await?;
            book(&around.db, tx, city, Movement { kind: "premium", debit: account::SUBSIDY, amount: amount(campaign.worth - campaign.price)?, ..sold }).await?;
            if let Some(conversation) = bill.conversation {
                tell(&around.db, tx, city, conversation, (ID, "bought", &bill.subject.to_string()), around.now).await?;
            }
            Ok(())
        })
    }
}

/// The purchase is paid: the worth goes into the purse, once.
async fn fill(tx: &mut PgConnection, city: &str, purchase: Uuid) -> Result<Option<(String, i32)>, sqlx::Error> {
    sqlx::query_as(
        "WITH p AS (UPDATE voucher_purchase SET state = 'paid' WHERE city_id = $1 AND purchase_id = $2 AND state = 'open' RETURNING campaign_id, contact_id, books),
              purse AS (UPDATE voucher_purse u SET pending = u.pending - p.books, bought = u.bought + p.books, balance = u.balance + p.books * c.worth
                        FROM p JOIN voucher_campaign c ON c.city_id = $1 AND c.campaign_id = p.campaign_id
                        WHERE u.city_id = $1 AND u.campaign_id = p.campaign_id AND u.contact_id = p.contact_id)
         SELECT campaign_id, books FROM p",
    )
    .bind(city)
    .bind(purchase)
    .fetch_optional(tx)
    .await
}

/// The purchase was not paid: the books can be bought again.
async fn let_go(tx: &mut PgConnection, city: &str, purchase: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH p AS (UPDATE voucher_purchase SET state = 'over' WHERE city_id = $1 AND purchase_id = $2 AND state = 'open' RETURNING campaign_id, contact_id, books)
         UPDATE voucher_purse u SET pending = u.pending - p.books FROM p WHERE u.city_id = $1 AND u.campaign_id = p.campaign_id AND u.contact_id = p.contact_id",
    )
    .bind(city)
    .bind(purchase)
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes the books of a purchase that was let go once more, if they were not bought otherwise meanwhile.
async fn again(tx: &mut PgConnection, city: &str, purchase: Uuid) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "WITH purse AS (
             UPDATE voucher_purse u SET pending = u.pending + p.books FROM voucher_purchase p
             WHERE p.city_id = $1 AND p.purchase_id = $2 AND p.state = 'over' AND u.city_id = $1 AND u.campaign_id = p.campaign_id AND u.contact_id = p.contact_id
               AND u.pending + u.bought + p.books <= u.granted
             RETURNING u.contact_id)
         UPDATE voucher_purchase SET state = 'open' WHERE city_id = $1 AND purchase_id = $2 AND (state = 'open' OR EXISTS (SELECT 1 FROM purse))",
    )
    .bind(city)
    .bind(purchase)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
