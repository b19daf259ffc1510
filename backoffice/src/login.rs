use crate::{Office, accounts, audit, error::Refusal, page, password, post::{Posted, from_our_page}, session::{self, Me}};
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

impl axum::extract::OptionalFromRequestParts<Office> for Me {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, office: &Office) -> Result<Option<Self>, Refusal> {
        match <Self as axum::extract::FromRequestParts<Office>>::from_request_parts(parts, office).await {
            Ok(me) => Ok(Some(me)),
            Err(Refusal::LogIn) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

pub async fn form(State(office): State<Office>) -> impl IntoResponse {
    page::bare("ログイン", &body(&office, None, ""))
}

fn body(office: &Office, problem: Option<&str>, login: &str) -> Markup {
    let cities = office.house.cities();
    html! {
        main.door {
            h1 { span.mark aria-hidden="true" { "窓" } "職員の受信箱" }
            @if let Some(problem) = problem { p.problem role="alert" { (problem) } }
            form method="post" action="/backoffice/login" {
                @if let [only] = cities.as_slice() {
                    p.city { (only.name) }
                    input type="hidden" name="city" value=(only.id);
                } @else {
                    label { "市" select name="city" { @for city in &cities { option value=(city.id) { (city.name) } } } }
                }
                label { "職員ID" input name="login" value=(login) autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus; }
                label { "パスワード" input name="password" type="password" autocomplete="current-password" required; }
                button.main type="submit" { "ログイン" }
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

pub async fn log_in(State(office): State<Office>, headers: HeaderMap, Form(tried): Form<Tried>) -> Result<Response, Refusal> {
    if !from_our_page(&headers) {
        return Err(Refusal::Token);
    }
    let login = tried.login.trim().to_lowercase();
    let known = tried.city.parse::<CityId>().ok().filter(|city| office.house.city(city).is_some());
    let Some(city) = known else { return Ok(refused(&office, &login)) };
    let now = office.clock.now();
    let mut tx = office.db.city(&city).await?;
    let staff = accounts::by_login(&mut tx, &city, &login).await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    let hash = staff.as_ref().map_or(password::NOBODY.to_owned(), |staff| staff.password.clone());
    let right = tried.password.chars().count() <= password::LONGEST
        && tokio::task::spawn_blocking(move || password::verify(&tried.password, &hash)).await.unwrap_or(false);
    let address = session::address(&headers);
    let mut tx = office.db.city(&city).await?;
    let line = |action| audit::Line { staff: staff.as_ref().map(|staff| staff.id), action, object: "", detail: "", address: &address };
    let allowed = staff.as_ref().filter(|staff| right && !staff.disabled && staff.locked_until.is_none_or(|until| until <= now));
    let Some(allowed) = allowed else {
        // A locked account says the same as a wrong password: nobody learns which accounts there are.
        if let Some(staff) = staff.as_ref().filter(|_| !right) {
            accounts::failed(&mut tx, &city, staff.id, now).await?;
        }
        audit::write(&office.db, &mut tx, &city, now, line("login.failed")).await?;
        tx.commit().await.map_err(store::StoreError::from)?;
        return Ok(refused(&office, &login));
    };
    sqlx::query("UPDATE staff SET failures = 0, locked_until = NULL WHERE city_id = $1 AND staff_id = $2").bind(city.as_str()).bind(allowed.id).execute(&mut *tx).await?;
    audit::write(&office.db, &mut tx, &city, now, line("login")).await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    let cookie = session::cookie(&headers, &session::open(&office, &city, allowed, now).await?).ok_or(Refusal::Bad("ログインできませんでした。"))?;
    let next = if allowed.must_change { "/backoffice/password".to_owned() } else { format!("/backoffice/{city}") };
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

fn refused(office: &Office, login: &str) -> Response {
    let words = "職員IDかパスワードが違います。続けて間違えた場合は、15分待ってからお試しください。";
    (StatusCode::UNAUTHORIZED, page::bare("ログイン", &body(office, Some(words), login))).into_response()
}

pub async fn log_out(State(office): State<Office>, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    session::close(&office, me).await?;
    let mut tx = office.db.city(me.id()).await?;
    audit::of(&office.db, &mut tx, me, office.clock.now(), "logout", "", "").await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    let cookie = session::cookie(&headers, "").ok_or(Refusal::LogIn)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/backoffice/login")).into_response())
}

pub async fn password_form(me: Me) -> impl IntoResponse {
    page::of(&me, page::Room::Own, "パスワード", &password_body(&me, None))
}

fn password_body(me: &Me, problem: Option<&str>) -> Markup {
    html! {
        main.narrow {
            h1 { "パスワードを変える" }
            @if me.staff.must_change { p { "最初のパスワードは一度だけ使えます。ご自分のものに変えてください。" } }
            @if let Some(problem) = problem { p.problem role="alert" { (problem) } }
            form.stack method="post" action="/backoffice/password" {
                (page::token(me))
                label { "今のパスワード" input type="password" name="old" autocomplete="current-password" required; }
                label { "新しいパスワード（" (password::SHORTEST) "文字以上）" input type="password" name="new" minlength=(password::SHORTEST) maxlength=(password::LONGEST) autocomplete="new-password" required; }
                button.main type="submit" { "変える" }
            }
        }
    }
}

pub async fn change_password(State(office): State<Office>, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    let (old, new) = (posted.get("old").to_owned(), posted.get("new").to_owned());
    let right = {
        let hash = me.staff.password.clone();
        tokio::task::spawn_blocking(move || password::verify(&old, &hash)).await.unwrap_or(false)
    };
    let length = new.chars().count();
    let problem = if !right {
        Some("今のパスワードが違います。")
    } else if !(password::SHORTEST..=password::LONGEST).contains(&length) {
        Some("新しいパスワードは12文字以上128文字以下にしてください。")
    } else if new == posted.get("old") || new.to_lowercase().contains(&me.staff.login) {
        Some("今と同じもの、職員IDを含むものは使えません。")
    } else {
        None
    };
    if let Some(problem) = problem {
        return Ok((StatusCode::BAD_REQUEST, page::of(me, page::Room::Own, "パスワード", &password_body(me, Some(problem)))).into_response());
    }
    let hash = accounts::hashed(new).await?;
    let mut tx = office.db.city(me.id()).await?;
    accounts::change_password(&mut tx, me.id(), me.staff.id, &hash, &me.token_hash).await?;
    audit::of(&office.db, &mut tx, me, office.clock.now(), "password", "", "").await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    Ok(Redirect::to("/backoffice").into_response())
}
