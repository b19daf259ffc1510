//! The page between the conversation and the provider: it waits until the provider's page is there, leads to it, and says
//! afterwards how it stands.

use crate::{Pages, frame};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use intents::{
    City,
    payments::{self, AttemptState},
};
use maud::html;
use model::{BillState, Channel, CityId, Say};
use serde::Deserialize;
use store::{StoreError, bills};
use turn::Engine;
use uuid::Uuid;

#[derive(Deserialize)]
pub struct Came {
    /// The provider sent the browser back.
    back: Option<String>,
}

/// Seconds between looks of a page that waits.
const AGAIN: u32 = 2;

pub async fn show(State(pages): State<Pages>, Path((city, attempt)): Path<(CityId, Uuid)>, Query(came): Query<Came>) -> Response {
    let Some(city) = pages.engine.cities.get(&city) else { return frame::nothing() };
    match found(&pages, &city, attempt, came.back.is_some()).await {
        Ok(Some(response)) => response,
        Ok(None) => frame::nothing(),
        Err(error) => frame::broken(&error),
    }
}

async fn found(pages: &Pages, city: &City, attempt: Uuid, back: bool) -> Result<Option<Response>, StoreError> {
    let engine = &pages.engine;
    let mut tx = engine.db.city(&city.id).await?;
    let Some(attempt) = payments::again(&mut tx, &city.id, attempt).await? else { return Ok(None) };
    let bill = bills::find(&mut tx, &city.id, attempt.bill).await?;
    tx.commit().await?;
    let paid = bill.as_ref().is_some_and(|bill| matches!(bill.state, BillState::Paid | BillState::PartlyRefunded | BillState::Refunded));
    let (key, again) = match attempt.state {
        AttemptState::Held => ("pay-page-held", None),
        _ if paid => ("pay-page-paid", None),
        AttemptState::New if attempt.expires_at <= engine.now() => ("pay-page-over", None),
        AttemptState::New => ("pay-page-waiting", Some(AGAIN)),
        AttemptState::Open if back => {
            // The browser says that it comes from there; what happened there, only the provider says.
            payments::asked(&engine.db, &city.id, attempt.id, engine.now()).await?;
            pages.jobs.ring();
            ("pay-page-checking", Some(AGAIN))
        }
        AttemptState::Open => match &attempt.url {
            Some(url) => return Ok(Some((frame::headers(), Redirect::to(url)).into_response())),
            None => ("pay-page-waiting", Some(AGAIN)),
        },
        AttemptState::Paid => ("pay-page-checking", Some(AGAIN)),
        AttemptState::Failed => ("pay-page-failed", None),
        AttemptState::Closing | AttemptState::Over => ("pay-page-over", None),
    };
    let speaker = Engine::speaker(city, attempt.lang, Channel::Web);
    let say = |key: &'static str| engine.texts.say(&speaker, &Say::key(key));
    let body = html! {
        div.card {
            @if let Some(bill) = &bill { p { (bill.title) br; (bill.number) " / " (bill.total) "円" } }
            p role="status" { strong { (say(key)) } }
        }
        @if back && attempt.state == AttemptState::Open && attempt.url.is_some() { a.button href=(attempt.url.unwrap_or_default()) { (say("pay-page-open")) } }
    };
    Ok(Some(frame::page(StatusCode::OK, attempt.lang, speaker.city, &say("pay-page-title"), again, &body)))
}
