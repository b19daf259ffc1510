//! Bookings as staff see them: who has which room on a day, entering one for somebody who called, ending one, and how rooms are used.

mod day;
mod figures;

pub use figures::{csv, page as figures};

use crate::{Office, audit, door::Me, error::Refusal, page, post::Posted};
use axum::{
    extract::{Query, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use maud::html;
use model::CounterBooking;
use serde::Deserialize;

/// Who books holds names and numbers: whoever sees no personal data stays outside, and so does whoever works for some desks only.
pub fn open_to(me: &Me) -> bool {
    me.staff.role.sees_personal_data() && me.desks().is_empty()
}

pub fn may(me: &Me) -> Result<(), Refusal> {
    if open_to(me) { Ok(()) } else { Err(Refusal::NotFound) }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// 2026-12-05; today where it is missing or no day.
    day: String,
    /// The number of what was just entered or ended, to be told to the caller.
    entered: String,
    ended: String,
    /// Yen that go back of what was just ended.
    back: i64,
}

pub async fn page(State(office): State<Office>, me: Me, Query(shown): Query<Shown>) -> Result<Html<String>, Refusal> {
    may(&me)?;
    let now = office.clock.now();
    let today = now.with_timezone(&me.city.zone).date_naive();
    let on = shown.day.parse::<NaiveDate>().unwrap_or(today);
    let mut tx = office.db.city(me.id()).await?;
    let rows = day::of(&office, &mut tx, &me, on).await?;
    let rooms = day::rooms(&mut tx, &me).await?;
    audit::of(&office.db, &mut tx, &me, now, "booking.read", "", &on.to_string()).await?;
    tx.commit().await?;
    let body = html! {
        main.sheet {
            div.row { h1 { "予約" } span.grow {} a.pill href={ "/backoffice/" (me.id()) "/bookings/figures" } { "利用の数字" } }
            @if !shown.entered.is_empty() { p.told role="status" { "予約しました。番号は " strong { (shown.entered) } " です。電話の方に伝えてください。" } }
            @if !shown.ended.is_empty() { p.told role="status" { (shown.ended) " を取り消しました。" @if shown.back > 0 { (shown.back) "円を返金します（「お金」の部屋で進みます）。" } @else { "返金はありません。" } } }
            (day::list(&me, on, &rows))
            section.box { h2 { "電話・窓口の方の予約を入れる" } (day::entry(&me, on, &rooms, office.db.uuid())) }
        }
    };
    Ok(page::of(&me, page::Room::Bookings, "予約", &body))
}

/// A page that says why not, with the form's words kept by the browser's way back.
fn refused(me: &Me, why: &str) -> Response {
    let body = html! { main.sheet { h1 { "できませんでした" } p.problem role="alert" { (why) "。" } p { "ブラウザの「戻る」で入力に戻り、直してもう一度送ってください。" } } };
    (axum::http::StatusCode::CONFLICT, page::of(me, page::Room::Bookings, "予約できませんでした", &body)).into_response()
}

pub async fn book(State(office): State<Office>, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    may(me)?;
    let now = office.clock.now();
    let day: NaiveDate = posted.get("day").parse().map_err(|_| Refusal::Bad("日付を選んでください。"))?;
    let span = format!("{}-{}", clock(posted.get("from"))?, clock(posted.get("to"))?);
    let people = match posted.get("people") {
        "" => None,
        text => Some(text.parse().map_err(|_| Refusal::Bad("人数は数字で書いてください。"))?),
    };
    let (name, phone) = (posted.text("name", 60)?, posted.text("phone", 20)?);
    if name.is_empty() || phone.chars().filter(char::is_ascii_digit).count() < 10 {
        return Err(Refusal::Bad("名前と電話番号（10けたか11けた）を書いてください。"));
    }
    let wanted = CounterBooking { entry: posted.get("entry").parse().map_err(|_| Refusal::Token)?, author: me.staff.id, room: posted.text("room", 80)?, day, span, people, group: posted.text("group", 20)?, name, phone };
    let mut tx = office.db.city(me.id()).await?;
    match office.house.book(&mut tx, me.id(), &wanted, now).await? {
        Ok(number) => {
            audit::of(&office.db, &mut tx, me, now, "booking.enter", &number, &format!("{} {day}", wanted.room)).await?;
            tx.commit().await?;
            Ok(Redirect::to(&format!("/backoffice/{}/bookings?day={day}&entered={number}", me.id())).into_response())
        }
        Err(why) => Ok(refused(me, &why)),
    }
}

/// `09:00` as a form sends it, `0900` as a slot says it.
fn clock(text: &str) -> Result<String, Refusal> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 4 { Ok(digits) } else { Err(Refusal::Bad("時間を選んでください。")) }
}

pub async fn end(State(office): State<Office>, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    may(me)?;
    let (now, number) = (office.clock.now(), posted.text("number", 20)?);
    let by_city = match posted.get("why") {
        "request" => false,
        "city" => true,
        _ => return Err(Refusal::Bad("取り消す理由を選んでください。")),
    };
    let mut tx = office.db.city(me.id()).await?;
    let Some(back) = office.house.unbook(&mut tx, me.id(), &number, by_city, now).await? else {
        return Ok(refused(me, "この予約は、もう終わったか、取り消されています"));
    };
    audit::of(&office.db, &mut tx, me, now, "booking.end", &number, if by_city { "city" } else { "request" }).await?;
    tx.commit().await?;
    (office.ring)();
    Ok(Redirect::to(&format!("/backoffice/{}/bookings?day={}&ended={number}&back={}", me.id(), posted.text("day", 10)?, back.get())).into_response())
}
