//! Paying by voucher in a shop: the resident's page with the code, and the shop's page where it says how much.

use crate::{Pages, frame};
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use chrono::{DateTime, Utc};
use intents::{
    City, ServiceError,
    vouchers::{self, Spent},
};
use maud::{Markup, PreEscaped, html};
use model::{CityId, Lang, Yen};
use qrcode::{EcLevel, QrCode, render::svg};
use serde::Deserialize;
use store::StoreError;

/// Seconds between looks of the resident's page: it changes when the shop has entered the amount.
const AGAIN: u32 = 4;

#[derive(Deserialize)]
pub struct Entry {
    shop: String,
    pin: String,
    amount: String,
}

async fn open(pages: &Pages, city: &CityId, code: &str) -> Result<Option<(DateTime<Utc>, i64)>, StoreError> {
    let mut tx = pages.engine.db.city(city).await?;
    let open = vouchers::code_open(&pages.engine.db, &mut tx, city, code, pages.engine.now()).await?;
    tx.commit().await?;
    Ok(open)
}

/// What the resident shows.
pub async fn code(State(pages): State<Pages>, Path((city, code)): Path<(CityId, String)>) -> Response {
    let Some(city) = pages.engine.cities.get(&city) else { return frame::nothing() };
    let (until, balance) = match open(&pages, &city.id, &code).await {
        Ok(Some(open)) => open,
        Ok(None) => return page(&city, "商品券", None, &html! { p.card role="status" { "このコードは使い終わったか、時間が過ぎました。まどぐちの画面を確かめてください。" } }),
        Err(error) => return frame::broken(&error),
    };
    let url = format!("{}/vouchers/{}/{code}/shop", pages.providers.public_url, city.id);
    let Ok(qr) = QrCode::with_error_correction_level(url.as_bytes(), EcLevel::M) else { return frame::nothing() };
    let picture = qr.render::<svg::Color<'_>>().min_dimensions(280, 280).build();
    // The picture stands in the page; its own XML header does not belong there.
    let picture = picture.split_once("?>").map_or(picture.as_str(), |(_, svg)| svg).to_owned();
    let body = html! {
        div.card {
            p { "お店の人に、この画面を見せてください。" }
            div role="img" aria-label="お店が読み取るQRコード" { (PreEscaped(picture)) }
            dl {
                dt { "残高" } dd.amount { (Yen::new(balance).unwrap_or_default()) "円" }
                dt { "使える時間" } dd { (until.with_timezone(&city.zone).format("%H:%M")) "まで、1回だけ" }
            }
        }
    };
    page(&city, "商品券", Some(AGAIN), &body)
}

/// What the shop opens by its camera.
pub async fn shop(State(pages): State<Pages>, Path((city, code)): Path<(CityId, String)>) -> Response {
    let Some(city) = pages.engine.cities.get(&city) else { return frame::nothing() };
    match open(&pages, &city.id, &code).await {
        Ok(Some(_)) => page(&city, "商品券の受け取り", None, &entry("", None)),
        Ok(None) => page(&city, "商品券の受け取り", None, &html! { p.card role="alert" { (REFUSED_CODE) } }),
        Err(error) => frame::broken(&error),
    }
}

const REFUSED_CODE: &str = "このコードは使えません。もう使われたか、時間が過ぎています。お客さまに、新しいコードを出してもらってください。";

fn entry(shop: &str, wrong: Option<&str>) -> Markup {
    html! {
        @if let Some(wrong) = wrong { p.note role="alert" { (wrong) } }
        form.card method="post" {
            label for="shop" { "店番号" }
            input id="shop" name="shop" value=(shop) required autocomplete="username" maxlength="40";
            label for="pin" { "暗証番号" }
            input id="pin" name="pin" type="password" inputmode="numeric" required autocomplete="current-password" maxlength="40";
            label for="amount" { "金額（円）" }
            input id="amount" name="amount" inputmode="numeric" required maxlength="9";
            p { "金額をお客さまと確かめてから、押してください。あとから取り消せません。" }
            button type="submit" { "受け取る" }
        }
    }
}

pub async fn take(State(pages): State<Pages>, Path((city, code)): Path<(CityId, String)>, Form(entered): Form<Entry>) -> Response {
    let Some(city) = pages.engine.cities.get(&city) else { return frame::nothing() };
    let (db, now) = (&pages.engine.db, pages.engine.now());
    // Full-width digits are digits, too.
    let amount = entered.amount.chars().filter_map(|c| char::from_u32(if ('０'..='９').contains(&c) { c as u32 - 0xFEE0 } else { c as u32 })).filter(|c| *c != ',' && *c != '円').collect::<String>();
    let done = async {
        let mut tx = db.city(&city.id).await?;
        let spent = vouchers::spend(db, &mut tx, &city.id, &code, entered.shop.trim(), entered.pin.trim(), amount.trim().parse().unwrap_or(-1), now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok::<_, ServiceError>(spent)
    };
    let again = |wrong: &str| page(&city, "商品券の受け取り", None, &entry(entered.shop.trim(), Some(wrong)));
    match done.await {
        Ok(Spent::Done { shop, amount }) => {
            page(&city, "受け取りました", None, &html! { div.card role="status" { dl { dt { (shop) } dd.amount { (amount) "円" } dt { "時刻" } dd { (now.with_timezone(&city.zone).format("%m月%d日 %H:%M")) } } } })
        }
        Ok(Spent::WrongShop) => again("店番号か暗証番号が違います。続けて間違えると、しばらく使えなくなります。"),
        Ok(Spent::NoCode) => page(&city, "商品券の受け取り", None, &html! { p.card role="alert" { (REFUSED_CODE) } }),
        Ok(Spent::TooMuch) => again("残高が足りません。金額を確かめるか、足りない分をほかの方法で受け取ってください。"),
        Ok(Spent::BadAmount) => again("金額を、1円以上の数字で入れてください。"),
        Err(error) => frame::broken(&error),
    }
}

fn page(city: &City, title: &str, again: Option<u32>, body: &Markup) -> Response {
    frame::page(StatusCode::OK, Lang::Ja, &city.name, title, again, body)
}
