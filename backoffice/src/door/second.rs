//! The second factor: asked for after the password; set up and left by its owner.

use super::{own::is_password, session::{self, By, Me, hex, unhex}, totp};
use crate::{Office, accounts, address::Caller, audit, error::Refusal, page, post::Posted};
use aws_lc_rs::rand;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use sqlx::PgConnection;
use store::StoreError;

/// Codes for whoever has lost the device.
const RECOVERY: usize = 10;

fn place(me: &Me) -> String {
    format!("staff.totp/{}", me.staff.id)
}

pub async fn ask(me: Me) -> Response {
    if !me.half {
        return Redirect::to("/backoffice").into_response();
    }
    question(&me, None).into_response()
}

fn question(me: &Me, problem: Option<&str>) -> Html<String> {
    page::bare("確認コード", &html! {
        main.door {
            h1 { span.mark aria-hidden="true" { "窓" } "確認コード" }
            @if let Some(problem) = problem { p.problem role="alert" { (problem) } }
            form method="post" action="/backoffice/second" {
                (page::token(me))
                label { "アプリに出ている6桁の数字" input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required autofocus; }
                button.main type="submit" { "確かめる" }
            }
            p.small { "端末がないときは、控えてある予備のコードを入れてください。予備もないときは、管理者に頼んでください。" }
            form method="post" action="/backoffice/logout" { (page::token(me)) button.quiet type="submit" { "やめる" } }
        }
    })
}

pub async fn check(State(office): State<Office>, caller: Caller, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    if !me.half {
        return Ok(Redirect::to("/backoffice").into_response());
    }
    let (typed, now) = (posted.get("code"), office.clock.now());
    let mut tx = office.db.city(me.id()).await?;
    // The row is held: of the same code sent twice at once, one opens.
    let locked: Option<(Option<Vec<u8>>, i64)> =
        sqlx::query_as("SELECT totp, totp_step FROM staff WHERE city_id = $1 AND staff_id = $2 AND (locked_until IS NULL OR locked_until <= $3) FOR UPDATE").bind(me.id().as_str()).bind(me.staff.id).bind(now).fetch_optional(&mut *tx).await?;
    let how = match locked {
        Some((Some(sealed), last)) => opens(&office, &mut tx, me, &sealed, last, typed).await?,
        _ => None,
    };
    let Some(how) = how else {
        accounts::failed(&mut tx, me.id(), me.staff.id, now).await?;
        audit::of(&office.db, &mut tx, me, now, "second.failed", "", "").await?;
        tx.commit().await?;
        return Ok((StatusCode::UNAUTHORIZED, question(me, Some("コードが違います。新しい数字に変わるのを待って、もう一度入れてください。"))).into_response());
    };
    accounts::entered(&mut tx, me.id(), me.staff.id).await?;
    audit::of(&office.db, &mut tx, me, now, "login", "", how).await?;
    // A new token: the one that was there before the second factor opens nothing.
    session::close(&mut tx, me).await?;
    let token = session::open(&office, &mut tx, me.id(), &me.staff, &caller, By::Password).await?;
    tx.commit().await?;
    let cookie = session::cookie(caller.over_tls, &token).ok_or(Refusal::LogIn)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&session::starts_at(&me.city, &me.staff))).into_response())
}

/// By what the typed code opens; what it was is used up.
async fn opens(office: &Office, tx: &mut PgConnection, me: &Me, sealed: &[u8], last: i64, typed: &str) -> Result<Option<&'static str>, Refusal> {
    let key = office.db.city_key(tx, me.id()).await?;
    let secret = key.open(sealed, &place(me)).map_err(StoreError::from)?;
    if let Some(step) = totp::step_of(&secret, typed, office.clock.now().timestamp(), last) {
        sqlx::query("UPDATE staff SET totp_step = $3 WHERE city_id = $1 AND staff_id = $2").bind(me.id().as_str()).bind(me.staff.id).bind(step).execute(tx).await?;
        return Ok(Some("code"));
    }
    let typed: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let used = sqlx::query("UPDATE staff_recovery SET used_at = $4 WHERE city_id = $1 AND staff_id = $2 AND code_hash = $3 AND used_at IS NULL")
        .bind(me.id().as_str())
        .bind(me.staff.id)
        .bind(key.index("staff.recovery", typed.as_bytes()))
        .bind(office.clock.now())
        .execute(tx)
        .await?;
    Ok((used.rows_affected() == 1).then_some("recovery"))
}

pub async fn set_up(State(office): State<Office>, me: Me) -> Result<Response, Refusal> {
    if me.staff.second_factor {
        return Ok(Redirect::to("/backoffice/own").into_response());
    }
    let secret = totp::new_secret().ok_or(StoreError::Vault(store::VaultError::NoRandom))?;
    Ok(invitation(&office, &me, &secret, None).await?.into_response())
}

/// The secret travels with the form, sealed: nothing is kept before a code has shown that the app has it.
async fn invitation(office: &Office, me: &Me, secret: &[u8], problem: Option<&str>) -> Result<Html<String>, Refusal> {
    let mut tx = office.db.city(me.id()).await?;
    let sealed = office.db.city_key(&mut tx, me.id()).await?.seal(secret, &place(me)).map_err(StoreError::from)?;
    tx.commit().await?;
    let written: Vec<String> = totp::base32(secret).as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    let body = html! {
        main.sheet.thin {
            h1 { "確認コードの設定" }
            @if me.city.rules.second_factor { p.told { "この市では、受信箱を使うために確認コードの設定が必要です。" } }
            @if let Some(problem) = problem { p.problem role="alert" { (problem) } }
            ol.steps {
                li { "スマートフォンの認証アプリ（Google Authenticator、Microsoft Authenticatorなど）で、この図を読み取ります。"
                    (picture(&totp::address(secret, &format!("{} まどぐち", me.city.name), &me.staff.login)))
                    p.small { "読み取れないときは、この文字を入れます：" code { (written.join(" ")) } }
                }
                li { "アプリに出た6桁の数字を入れます。"
                    form.row method="post" action="/backoffice/second/set-up" { (page::token(me)) input type="hidden" name="secret" value=(hex(&sealed)); input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required aria-label="6桁の数字"; button.main type="submit" { "設定する" } }
                }
            }
        }
    };
    Ok(page::of(me, page::Room::Own, "確認コードの設定", &body))
}

fn picture(address: &str) -> Markup {
    let Some((path, side)) = totp::picture(address) else { return html! {} };
    html! { svg.qr viewBox={ "0 0 " (side) " " (side) } role="img" aria-label="認証アプリで読み取る図" { rect width=(side) height=(side) fill="#fff" {} path d=(path) fill="#000" {} } }
}

pub async fn confirm(State(office): State<Office>, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    if me.half || me.staff.second_factor {
        return Err(Refusal::NotFound);
    }
    let sealed = unhex(posted.get("secret")).ok_or(Refusal::Bad("設定をやり直してください。"))?;
    let mut tx = office.db.city(me.id()).await?;
    let key = office.db.city_key(&mut tx, me.id()).await?;
    let secret = key.open(&sealed, &place(me)).map_err(|_| Refusal::Bad("設定をやり直してください。"))?;
    let Some(step) = totp::step_of(&secret, posted.get("code"), office.clock.now().timestamp(), 0) else {
        tx.commit().await?;
        let again = invitation(&office, me, &secret, Some("数字が合いません。スマートフォンの時刻が合っているか確かめて、もう一度入れてください。")).await?;
        return Ok((StatusCode::BAD_REQUEST, again).into_response());
    };
    sqlx::query("UPDATE staff SET totp = $3, totp_step = $4 WHERE city_id = $1 AND staff_id = $2").bind(me.id().as_str()).bind(me.staff.id).bind(&sealed).bind(step).execute(&mut *tx).await?;
    sqlx::query("DELETE FROM staff_recovery WHERE city_id = $1 AND staff_id = $2").bind(me.id().as_str()).bind(me.staff.id).execute(&mut *tx).await?;
    let mut codes = Vec::new();
    for _ in 0..RECOVERY {
        let code = recovery_code()?;
        let hash = key.index("staff.recovery", code.as_bytes());
        sqlx::query("INSERT INTO staff_recovery (city_id, staff_id, code_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING").bind(me.id().as_str()).bind(me.staff.id).bind(hash).execute(&mut *tx).await?;
        codes.push(code);
    }
    accounts::end_sessions(&mut tx, me.id(), me.staff.id, &me.token_hash).await?;
    audit::of(&office.db, &mut tx, me, office.clock.now(), "second.on", "", "").await?;
    tx.commit().await?;
    let body = html! {
        main.sheet.thin {
            h1 { "設定しました" }
            p { "次のログインから、パスワードのあとに6桁の数字を入れます。" }
            section.box { h2 { "予備のコード" } p { "端末をなくしたときに、1つにつき一度だけ使えます。紙に控えてください。" strong { "ここでしか表示しません。" } }
                ul.codes { @for code in &codes { li { code { (code.get(..5).unwrap_or_default()) "-" (code.get(5..).unwrap_or_default()) } } } } }
            p { a.button href={ "/backoffice/" (me.id()) } { "受信箱へ" } }
        }
    };
    Ok(page::of(me, page::Room::Own, "設定しました", &body).into_response())
}

/// Ten letters and digits that do not look alike: some 49 bits.
fn recovery_code() -> Result<String, StoreError> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 10];
    rand::fill(&mut bytes).map_err(|_| StoreError::Vault(store::VaultError::NoRandom))?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// Given up by its owner, who knows the password; where the city does not ask for it.
pub async fn leave(State(office): State<Office>, posted: Posted) -> Result<Redirect, Refusal> {
    let me = &posted.me;
    if me.half || me.city.rules.second_factor {
        return Err(Refusal::NotFound);
    }
    if !is_password(me, posted.get("password").to_owned()).await {
        return Err(Refusal::Bad("今のパスワードが違います。"));
    }
    let mut tx = office.db.city(me.id()).await?;
    accounts::drop_factor(&mut tx, me.id(), me.staff.id).await?;
    audit::of(&office.db, &mut tx, me, office.clock.now(), "second.off", "", "").await?;
    tx.commit().await?;
    Ok(Redirect::to("/backoffice/own"))
}
