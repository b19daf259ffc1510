//! Money as staff handle it: cash that came over the counter, refunds that wait for a yes or for somebody's hand, payments that are
//! not what was asked for, and the ledger's accounts.

mod view;

use crate::{Office, audit, bookings::may, door::Me, error::Refusal, page, post::Posted};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use maud::html;
use model::{CityId, RefundId, Yen};
use serde::Deserialize;
use store::{
    CityTx,
    bills::{self, Came, NewPayment},
    ledger::account,
};
use uuid::Uuid;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// What was just done.
    done: String,
}

pub async fn page(State(office): State<Office>, me: Me, Query(shown): Query<Shown>) -> Result<Html<String>, Refusal> {
    may(&me)?;
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let found = view::read(&office, &mut tx, &me, now).await?;
    if found.shows_accounts() {
        audit::of(&office.db, &mut tx, &me, now, "money.read", "", "").await?;
    }
    tx.commit().await?;
    Ok(page::of(&me, page::Room::Money, "お金", &view::page(&me, &found, &shown.done, office.db.uuid(), now)))
}

/// Says why not, on a page of its own; what was typed is a step back in the browser.
fn refused(me: &Me, why: &str) -> Response {
    let body = html! { main.sheet { h1 { "できませんでした" } p.problem role="alert" { (why) } p { a href={ "/backoffice/" (me.id()) "/money" } { "「お金」の部屋へ戻る" } } } };
    (StatusCode::CONFLICT, page::of(me, page::Room::Money, "できませんでした", &body)).into_response()
}

/// A bill was paid in cash. The form carries the entry's id: sent twice, it is the same money.
pub async fn cash(State(office): State<Office>, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    may(me)?;
    let now = office.clock.now();
    let number = posted.text("bill", 20)?.to_uppercase();
    let entry: Uuid = posted.get("entry").parse().map_err(|_| Refusal::Token)?;
    let amount = posted.get("amount").parse().ok().and_then(|yen| Yen::new(yen).ok()).filter(|yen| *yen > Yen::ZERO).ok_or(Refusal::Bad("受け取った金額を、数字で書いてください。"))?;
    let mut tx = office.db.city(me.id()).await?;
    let Some(bill) = bills::find_number(&mut tx, me.id(), &number).await? else {
        return Ok(refused(me, "その番号の請求はありません。番号は「B-」で始まる数字です。領収書か、予約の一覧で確かめてください。"));
    };
    let new = NewPayment { bill: bill.id, provider: account::CASH.to_owned(), reference: entry.to_string(), amount };
    let said = match bills::pay(&office.db, &mut tx, me.id(), &new, now).await? {
        Came::Paid => "現金を記録しました。",
        Came::Late => "期限のあとの入金として記録しました。予約が残っていなければ、返金になります。",
        Came::Known => "この入力は、もう記録されています。",
        // What is not what was asked for is given back over the counter, and never booked.
        Came::Differs => return Ok(refused(me, &format!("金額が違います。{} は{}円の請求です。差額は受け取らずに、正しい金額を入力してください。", bill.number, bill.total))),
        Came::Twice => return Ok(refused(me, &format!("{} は、もう支払い済みです。現金は受け取らないでください。", bill.number))),
        Came::NoBill => return Err(Refusal::NotFound),
    };
    audit::of(&office.db, &mut tx, me, now, "money.cash", &bill.number, &amount.to_string()).await?;
    tx.commit().await?;
    (office.ring)();
    Ok(done(me, said))
}

fn done(me: &Me, said: &str) -> Response {
    let said: String = said.bytes().map(|byte| format!("%{byte:02X}")).collect();
    Redirect::to(&format!("/backoffice/{}/money?done={said}", me.id())).into_response()
}

/// Yes, no, or given.
pub async fn refund(State(office): State<Office>, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    may(me)?;
    // Whoever types money in does not decide on it.
    if !me.staff.role.edits() {
        return Ok(refused(me, "返金を決められるのは、編集者と管理者です。"));
    }
    let now = office.clock.now();
    let id = RefundId(posted.get("refund").parse().map_err(|_| Refusal::NotFound)?);
    let mut tx = office.db.city(me.id()).await?;
    let (action, done_so, said) = match posted.get("do") {
        "approve" => ("money.approve", bills::approve(&office.db, &mut tx, me.id(), id, now).await?, "返金を承認しました。"),
        "refuse" => {
            let why = posted.text("why", 200)?;
            if why.is_empty() {
                return Err(Refusal::Bad("断る理由を書いてください。本人に伝わります。"));
            }
            let refused = bills::refuse(&mut tx, me.id(), id, &why, now).await?;
            if refused {
                tell(&office, &mut tx, me.id(), id, "refund-refused", now).await?;
            }
            ("money.refuse", refused, "返金を断り、本人に理由を伝えました。")
        }
        by @ ("bank" | "cash") => {
            let given = bills::done(&office.db, &mut tx, me.id(), id, Some(by), now).await?;
            if given {
                tell(&office, &mut tx, me.id(), id, "refunded", now).await?;
            }
            ("money.given", given, "返金を記録し、本人に伝えました。")
        }
        _ => return Err(Refusal::Bad("どうするかを選んでください。")),
    };
    if !done_so {
        return Ok(refused(me, "この返金は、もうほかの人が進めています。画面を読み込み直してください。"));
    }
    audit::of(&office.db, &mut tx, me, now, action, &id.to_string(), posted.get("do")).await?;
    tx.commit().await?;
    (office.ring)();
    Ok(done(me, said))
}

/// Has the resident hear of it, where the bill is somebody's who talks with us.
async fn tell(office: &Office, tx: &mut CityTx, city: &CityId, refund: RefundId, event: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
    let Some(found) = bills::find_refund(tx, city, refund).await? else { return Ok(()) };
    let Some(conversation) = bills::find(tx, city, found.bill).await?.and_then(|bill| bill.conversation) else { return Ok(()) };
    store::enqueue_event(&office.db, tx, city, conversation, ("payments", event, &refund.to_string()), now).await?;
    Ok(())
}
