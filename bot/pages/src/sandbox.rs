//! The sandbox's payment page: what a provider's page would be, without money.

use crate::{Pages, frame};
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use intents::payments;
use maud::html;
use model::{CityId, Lang, Yen};
use serde::Deserialize;
use store::StoreError;
use uuid::Uuid;

#[derive(Deserialize)]
pub struct Act {
    act: String,
}

pub async fn show(State(pages): State<Pages>, Path((city, page)): Path<(CityId, Uuid)>) -> Response {
    let Some(city) = pages.engine.cities.get(&city) else { return frame::nothing() };
    let found = async {
        let mut tx = pages.engine.db.city(&city.id).await?;
        let found = payments::sandbox_page(&mut tx, &city.id, page).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(found)
    };
    let found = match found.await {
        Ok(Some(found)) => found,
        Ok(None) => return frame::nothing(),
        Err(error) => return frame::broken(&error),
    };
    let open = found.state == "open" && found.expires_at > pages.engine.now();
    let body = html! {
        p.note { "これは練習用の支払いページです。本当のお金は動きません。" }
        div.card {
            dl {
                dt { "払うもの" } dd { (found.title) }
                dt { "金額" } dd.amount { (Yen::new(found.amount).unwrap_or_default()) "円" }
            }
        }
        @if open {
            form method="post" { input type="hidden" name="act" value="pay"; button type="submit" { "支払う" } }
            form method="post" { input type="hidden" name="act" value="leave"; button.quiet type="submit" { "やめる" } }
        } @else {
            p role="status" { strong { @if found.state == "paid" { "支払い済みです。" } @else { "この支払いは終わりました。" } } }
            p { a href=(found.return_url) { "もどる" } }
        }
    };
    frame::page(StatusCode::OK, Lang::Ja, &city.name, "練習用の支払い", None, &body)
}

pub async fn act(State(pages): State<Pages>, Path((city, page)): Path<(CityId, Uuid)>, Form(act): Form<Act>) -> Response {
    let Some(city) = pages.engine.cities.get(&city) else { return frame::nothing() };
    let (db, now) = (&pages.engine.db, pages.engine.now());
    let done = async {
        let mut tx = db.city(&city.id).await?;
        let found = payments::sandbox_page(&mut tx, &city.id, page).await?;
        if found.is_some() {
            payments::sandbox_act(&mut tx, &city.id, page, act.act == "pay", now).await?;
        }
        tx.commit().await?;
        payments::asked(db, &city.id, page, now).await?;
        pages.jobs.ring();
        Ok::<_, StoreError>(found)
    };
    match done.await {
        Ok(Some(found)) => (frame::headers(), Redirect::to(&found.return_url)).into_response(),
        Ok(None) => frame::nothing(),
        Err(error) => frame::broken(&error),
    }
}
