//! The accounts of staff, for administrators.

use crate::{NewStaff, Office, Role, accounts, audit, error::Refusal, page, post::Posted, door::Me};
use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse, Redirect},
};
use maud::{Markup, html};
use uuid::Uuid;

pub async fn page(State(office): State<Office>, me: Me) -> Result<Html<String>, Refusal> {
    show(&office, &me, &html! {}).await
}

async fn show(office: &Office, me: &Me, told: &Markup) -> Result<Html<String>, Refusal> {
    if !me.staff.role.administers() {
        return Err(Refusal::NotFound);
    }
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let all = accounts::all(&mut tx, me.id()).await?;
    let desks = crate::inbox::desks(&mut tx, me).await?;
    tx.commit().await?;
    let desk_name = |id: &String| desks.iter().find(|desk| desk.desk_id == *id).map_or(id.as_str(), |desk| desk.name.as_str()).to_owned();
    let base = format!("/backoffice/{}/staff", me.id());
    let body = html! {
        main.sheet {
            h1 { "職員" }
            p { a href={ "/backoffice/" (me.id()) "/promises" } { "課ごとの返信の約束" } }
            (told)
            table {
                thead { tr { th { "職員ID" } th { "名前" } th { "権限" } th { "課" } th { "確認コード" } th { "シングルサインオン" } th { "状態" } th { "操作" } } }
                tbody {
                    @for staff in &all {
                        tr {
                            td { (staff.login) } td { (staff.name) } td { (staff.role.label()) }
                            td { @if staff.desks.is_empty() { "すべて" } @else { (staff.desks.iter().map(desk_name).collect::<Vec<_>>().join("、")) } }
                            td { @if staff.second_factor { "あり" } @else { "–" } }
                            td { @if let Some(name) = &staff.sign_on { "連携：" (name) } @else { "–" } }
                            td { @if staff.disabled { "停止" } @else if staff.locked_until.is_some_and(|until| until > now) { "ロック中" } @else if staff.must_change { "初回ログイン前" } @else { "利用中" } }
                            td { @if staff.id != me.staff.id {
                                form method="post" action={ (base) "/" (staff.id) } { (page::token(me))
                                    @if staff.disabled { button type="submit" name="do" value="enable" { "再開" } } @else { button type="submit" name="do" value="disable" { "停止" } }
                                    @if staff.locked_until.is_some_and(|until| until > now) { button type="submit" name="do" value="unlock" { "ロックを解く" } }
                                    @if staff.second_factor { button type="submit" name="do" value="factor" { "確認コードを外す" } }
                                    button type="submit" name="do" value="sessions" { "ログアウトさせる" }
                                }
                                @if me.city.rules.sign_on.is_some() {
                                    form.inline method="post" action={ (base) "/" (staff.id) } { (page::token(me)) input name="sign_on" value=(staff.sign_on.as_deref().unwrap_or_default()) maxlength="255" aria-label={ (staff.name) "の認証基盤での識別子" } placeholder="識別子"; button type="submit" name="do" value="link" { "連携" } }
                                }
                            } }
                        }
                    }
                }
            }
            h2 { "職員を加える" }
            form.stack.box method="post" action=(base) {
                (page::token(me))
                label { "職員ID（英小文字・数字）" input name="login" pattern="[a-z0-9][a-z0-9._\\-]{1,39}" required autocapitalize="none"; }
                label { "名前（住民にも見えます）" input name="name" maxlength="40" required; }
                label { "権限" select name="role" { @for role in Role::ALL { option value=(role) selected[role == Role::Operator] { (role.label()) } } } }
                fieldset { legend { "課（選ばなければ、すべて）" } div.checks { @for desk in &desks { label { input type="checkbox" name="desk" value=(desk.desk_id); (desk.name) } } } }
                button.main type="submit" { "加える" }
            }
        }
    };
    Ok(page::of(me, page::Room::Staff, "職員", &body))
}

/// A new account; its password is shown on this answer and never again.
pub async fn add(State(office): State<Office>, posted: Posted) -> Result<impl IntoResponse, Refusal> {
    let me = &posted.me;
    if !me.staff.role.administers() {
        return Err(Refusal::NotFound);
    }
    let login = posted.text("login", 40)?;
    let fine = login.len() >= 2 && login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-')) && login.as_bytes()[0].is_ascii_alphanumeric();
    let name = posted.text("name", 40)?;
    let role: Role = posted.get("role").parse().map_err(|_| Refusal::Bad("権限を選んでください。"))?;
    if !fine || name.is_empty() {
        return Err(Refusal::Bad("職員IDは英小文字と数字で2文字以上、名前は1文字以上にしてください。"));
    }
    let mut tx = office.db.city(me.id()).await?;
    if accounts::by_login(&mut tx, me.id(), &login).await?.is_some() {
        return Err(Refusal::Bad("その職員IDは使われています。"));
    }
    let known: Vec<String> = crate::inbox::desks(&mut tx, me).await?.into_iter().map(|desk| desk.desk_id).collect();
    let desks: Vec<String> = posted.all("desk").filter(|desk| known.iter().any(|id| id == desk)).map(ToOwned::to_owned).collect();
    audit::of(&office.db, &mut tx, me, office.clock.now(), "staff.add", &login, role.as_str()).await?;
    tx.commit().await?;
    let initial = accounts::add(&office.db, me.id(), &NewStaff { login: login.clone(), name, role, desks }, office.clock.now()).await?;
    let told = html! { p.told role="status" { "「" (login) "」の最初のパスワードは " code { (initial) } " です。ここでしか表示しません。" } };
    show(&office, me, &told).await
}

pub async fn change(State(office): State<Office>, Path((_, id)): Path<(String, Uuid)>, posted: Posted) -> Result<Redirect, Refusal> {
    let me = &posted.me;
    if !me.staff.role.administers() || id == me.staff.id {
        return Err(Refusal::NotFound);
    }
    let (now, what) = (office.clock.now(), posted.get("do"));
    let mut tx = office.db.city(me.id()).await?;
    if !accounts::all(&mut tx, me.id()).await?.iter().any(|staff| staff.id == id) {
        return Err(Refusal::NotFound);
    }
    match what {
        "disable" | "enable" | "unlock" => {
            let disabled = (what == "disable").then_some(now);
            sqlx::query("UPDATE staff SET disabled_at = $3, locked_until = NULL, failures = 0 WHERE city_id = $1 AND staff_id = $2").bind(me.id().as_str()).bind(id).bind(disabled).execute(&mut *tx).await?;
        }
        // Lost with the device: the next login asks for a new one where the city wants it.
        "factor" => accounts::drop_factor(&mut tx, me.id(), id).await?,
        "link" => link(&mut tx, me, id, &posted.text("sign_on", 255)?).await?,
        "sessions" => {}
        _ => return Err(Refusal::Bad("操作を選んでください。")),
    }
    if matches!(what, "disable" | "factor" | "sessions") {
        accounts::end_sessions(&mut tx, me.id(), id, &[]).await?;
    }
    audit::of(&office.db, &mut tx, me, now, "staff.change", &id.to_string(), what).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/backoffice/{}/staff", me.id())))
}

/// Writes down whom the identity provider knows somebody as; empty: nobody.
async fn link(tx: &mut sqlx::PgConnection, me: &Me, id: Uuid, subject: &str) -> Result<(), Refusal> {
    if accounts::by_sign_on(tx, me.id(), subject).await?.is_some_and(|other| other.id != id) {
        return Err(Refusal::Bad("その識別子は、ほかの職員と連携しています。"));
    }
    let subject = Some(subject).filter(|subject| !subject.is_empty());
    sqlx::query("UPDATE staff SET sign_on = $3 WHERE city_id = $1 AND staff_id = $2").bind(me.id().as_str()).bind(id).bind(subject).execute(tx).await?;
    Ok(())
}
