//! What is one's own: the password, the second factor, the sessions that are open.

use super::{password, session::{IDLE, LONGEST, Me, cookie}};
use crate::{Office, accounts, address::Caller, audit, error::Refusal, page, post::Posted, show};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use maud::{Markup, html};

#[derive(sqlx::FromRow)]
struct Session {
    token_hash: Vec<u8>,
    created_at: DateTime<Utc>,
    active_at: DateTime<Utc>,
    browser: String,
    address: String,
}

pub async fn page(State(office): State<Office>, me: Me) -> Result<Html<String>, Refusal> {
    show_page(&office, &me, None).await
}

async fn show_page(office: &Office, me: &Me, problem: Option<&str>) -> Result<Html<String>, Refusal> {
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let sessions: Vec<Session> = sqlx::query_as(
        "SELECT token_hash, created_at, active_at, browser, address FROM staff_session
         WHERE city_id = $1 AND staff_id = $2 AND NOT half AND created_at > $3 AND active_at > $4 ORDER BY active_at DESC",
    )
    .bind(me.id().as_str())
    .bind(me.staff.id)
    .bind(now - LONGEST)
    .bind(now - IDLE)
    .fetch_all(&mut *tx)
    .await?;
    let codes: i64 = sqlx::query_scalar("SELECT count(*) FROM staff_recovery WHERE city_id = $1 AND staff_id = $2 AND used_at IS NULL").bind(me.id().as_str()).bind(me.staff.id).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    let body = html! {
        main.sheet.thin {
            h1 { "自分の設定" }
            @if me.staff.must_change { p.told { "最初のパスワードは一度だけ使えます。ご自分のものに変えてください。" } }
            section.box { h2 { "パスワード" } (password_form(me, problem)) }
            section.box { h2 { "ログインの確認コード（二段階認証）" }
                @if me.staff.second_factor {
                    p { "使っています。予備のコードは残り" (codes) "個です。" }
                    @if !me.city.rules.second_factor { form method="post" action="/backoffice/second/leave" { (page::token(me)) label.stack { "今のパスワード" input type="password" name="password" autocomplete="current-password" required; } button.quiet type="submit" { "使うのをやめる" } } }
                } @else { p { "スマートフォンのアプリに出る6桁の数字で、パスワードが漏れても入られないようにします。" } p { a.button href="/backoffice/second/set-up" { "設定する" } } }
            }
            section.box { h2 { "ログイン中の端末" }
                table { thead { tr { th { "ブラウザー" } th { "接続元" } th { "ログイン" } th { "最後の操作" } } }
                    tbody { @for one in &sessions { tr { td { (one.browser) @if one.token_hash == me.token_hash { " " span.tag { "この端末" } } } td { (one.address) } td { (show::moment(one.created_at, now, me.city.zone)) } td { (show::moment(one.active_at, now, me.city.zone)) } } } }
                }
                form.row.after method="post" action="/backoffice/sessions/end" { (page::token(me)) button type="submit" name="which" value="others" { "ほかの端末をログアウトする" } button.quiet type="submit" name="which" value="all" { "すべての端末をログアウトする" } }
            }
        }
    };
    Ok(page::of(me, page::Room::Own, "自分の設定", &body))
}

fn password_form(me: &Me, problem: Option<&str>) -> Markup {
    html! {
        @if let Some(problem) = problem { p.problem role="alert" { (problem) } }
        form.stack method="post" action="/backoffice/own" {
            (page::token(me))
            input type="hidden" autocomplete="username" value=(me.staff.login);
            label { "今のパスワード" input type="password" name="old" autocomplete="current-password" required; }
            label { "新しいパスワード（" (password::SHORTEST) "文字以上）" input type="password" name="new" minlength=(password::SHORTEST) maxlength=(password::LONGEST) autocomplete="new-password" required; }
            div { button.main type="submit" { "変える" } }
        }
    }
}

pub async fn change_password(State(office): State<Office>, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    let (old, new) = (posted.get("old").to_owned(), posted.get("new").to_owned());
    let length = new.chars().count();
    let problem = if !is_password(me, old.clone()).await {
        Some("今のパスワードが違います。")
    } else if !(password::SHORTEST..=password::LONGEST).contains(&length) {
        Some("新しいパスワードは12文字以上128文字以下にしてください。")
    } else if new == old || new.to_lowercase().contains(&me.staff.login) {
        Some("今と同じもの、職員IDを含むものは使えません。")
    } else {
        None
    };
    if let Some(problem) = problem {
        return Ok((StatusCode::BAD_REQUEST, show_page(&office, me, Some(problem)).await?).into_response());
    }
    let hash = accounts::hashed(new).await?;
    let mut tx = office.db.city(me.id()).await?;
    accounts::change_password(&mut tx, me.id(), me.staff.id, &hash, &me.token_hash).await?;
    audit::of(&office.db, &mut tx, me, office.clock.now(), "password", "", "").await?;
    tx.commit().await?;
    Ok(Redirect::to("/backoffice").into_response())
}

/// Whether somebody who is logged in knows the password, too.
pub(super) async fn is_password(me: &Me, typed: String) -> bool {
    let hash = me.staff.password.clone();
    typed.chars().count() <= password::LONGEST && tokio::task::spawn_blocking(move || password::verify(&typed, &hash)).await.unwrap_or(false)
}

/// Ends the other sessions, or all of them.
pub async fn end_sessions(State(office): State<Office>, caller: Caller, posted: Posted) -> Result<Response, Refusal> {
    let me = &posted.me;
    let all = posted.get("which") == "all";
    let mut tx = office.db.city(me.id()).await?;
    accounts::end_sessions(&mut tx, me.id(), me.staff.id, if all { &[] } else { &me.token_hash }).await?;
    audit::of(&office.db, &mut tx, me, office.clock.now(), "sessions.end", "", if all { "all" } else { "others" }).await?;
    tx.commit().await?;
    if !all {
        return Ok(Redirect::to("/backoffice/own").into_response());
    }
    let cookie = cookie(caller.over_tls, "").ok_or(Refusal::LogIn)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/backoffice/login")).into_response())
}

/// What a browser is called among people.
pub(super) fn short(browser: &str) -> String {
    let names = [("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    let systems = [("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "Mac"), ("Linux", "Linux")];
    let find = |list: &[(&str, &str)]| list.iter().find(|(mark, _)| browser.contains(mark)).map(|(_, name)| (*name).to_owned());
    let found: Vec<String> = [find(&names), find(&systems)].into_iter().flatten().collect();
    if found.is_empty() { "不明".to_owned() } else { found.join("・") }
}
