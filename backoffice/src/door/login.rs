use super::{password, session::{self, By, Me}};
use crate::{CityFacts, Office, accounts, address::Caller, audit, error::Refusal, page, post::{Posted, from_our_page}};
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use model::CityId;
use serde::Deserialize;

/// `/backoffice`: the inbox of whoever is logged in, or the login.
pub async fn door(me: Option<Me>) -> Redirect {
    match me {
        Some(me) => Redirect::to(&format!("/backoffice/{}", me.id())),
        None => Redirect::to("/backoffice/login"),
    }
}

pub async fn form(State(office): State<Office>, caller: Caller) -> Result<impl IntoResponse, Refusal> {
    Ok(page::bare("ログイン", &body(&open_to(&office, &caller)?, None, "")))
}

/// The cities whose staff may enter from here. From where nobody may, there is no form to try passwords on.
fn open_to(office: &Office, caller: &Caller) -> Result<Vec<CityFacts>, Refusal> {
    let all = office.house.cities();
    let some = !all.is_empty();
    let open: Vec<CityFacts> = all.into_iter().filter(|city| caller.may_enter(&city.rules.networks).is_ok()).collect();
    if some && open.is_empty() { Err(Refusal::Elsewhere) } else { Ok(open) }
}

fn body(cities: &[CityFacts], problem: Option<&str>, login: &str) -> Markup {
    html! {
        main.door {
            h1 { span.mark aria-hidden="true" { "窓" } "職員の受信箱" }
            @if let Some(problem) = problem { p.problem role="alert" { (problem) } }
            form method="post" action="/backoffice/login" {
                @if let [only] = cities {
                    p.city { (only.name) }
                    input type="hidden" name="city" value=(only.id);
                } @else {
                    label { "市" select name="city" { @for city in cities { option value=(city.id) { (city.name) } } } }
                }
                label { "職員ID" input name="login" value=(login) autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus; }
                label { "パスワード" input name="password" type="password" autocomplete="current-password" required; }
                button.main type="submit" { "ログイン" }
            }
            @for city in cities {
                @if let Some(sign_on) = &city.rules.sign_on {
                    p.or { a.button.quiet href={ "/backoffice/sign-on/" (city.id) } { @if cities.len() > 1 { (city.name) "：" } (sign_on.name) "でログイン" } }
                }
            }
            p.small { "5回続けて間違えると、15分間ログインできません。" }
        }
    }
}

#[derive(Deserialize)]
pub struct Tried {
    city: String,
    login: String,
    password: String,
}

pub async fn log_in(State(office): State<Office>, caller: Caller, headers: HeaderMap, Form(tried): Form<Tried>) -> Result<Response, Refusal> {
    if !from_our_page(&headers) {
        return Err(Refusal::Token);
    }
    let cities = open_to(&office, &caller)?;
    let login = tried.login.trim().to_lowercase();
    let refused = || {
        let words = "職員IDかパスワードが違います。続けて間違えた場合は、15分待ってからお試しください。";
        (StatusCode::UNAUTHORIZED, page::bare("ログイン", &body(&cities, Some(words), &login))).into_response()
    };
    let known = tried.city.parse::<CityId>().ok().and_then(|city| cities.iter().find(|facts| facts.id == city));
    let Some(facts) = known else { return Ok(refused()) };
    let (city, now) = (&facts.id, office.clock.now());
    let mut tx = office.db.city(city).await?;
    let staff = accounts::by_login(&mut tx, city, &login).await?;
    tx.commit().await?;
    let hash = staff.as_ref().map_or(password::NOBODY.to_owned(), |staff| staff.password.clone());
    let right = tried.password.chars().count() <= password::LONGEST
        && tokio::task::spawn_blocking(move || password::verify(&tried.password, &hash)).await.unwrap_or(false);
    let address = caller.address.to_string();
    let mut tx = office.db.city(city).await?;
    let line = |action| audit::Line { staff: staff.as_ref().map(|staff| staff.id), action, object: "", detail: "", address: &address };
    let allowed = staff.as_ref().filter(|staff| right && !staff.disabled && staff.locked_until.is_none_or(|until| until <= now));
    let Some(allowed) = allowed else {
        // A locked account says the same as a wrong password: nobody learns which accounts there are.
        if let Some(staff) = staff.as_ref().filter(|_| !right) {
            accounts::failed(&mut tx, city, staff.id, now).await?;
        }
        audit::write(&office.db, &mut tx, city, now, line("login.failed")).await?;
        tx.commit().await?;
        return Ok(refused());
    };
    // Wrong codes count on until a right one.
    let (by, next) = if allowed.second_factor { (By::Half, "/backoffice/second".to_owned()) } else { (By::Password, session::starts_at(facts, allowed)) };
    if by == By::Password {
        accounts::entered(&mut tx, city, allowed.id).await?;
        audit::write(&office.db, &mut tx, city, now, line("login")).await?;
    }
    let token = session::open(&office, &mut tx, city, allowed, &caller, by).await?;
    tx.commit().await?;
    let cookie = session::cookie(caller.over_tls, &token).ok_or(Refusal::Bad("ログインできませんでした。"))?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

pub async fn log_out(State(office): State<Office>, caller: Caller, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    let mut tx = office.db.city(me.id()).await?;
    session::close(&mut tx, me).await?;
    audit::of(&office.db, &mut tx, me, office.clock.now(), "logout", "", "").await?;
    tx.commit().await?;
    let cookie = session::cookie(caller.over_tls, "").ok_or(Refusal::LogIn)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/backoffice/login")).into_response())
}
