//! What each desk promises: minutes of its opening time until an answer, and who hears when one is late.

use crate::{Office, accounts::{self, Staff}, audit, error::Refusal, inbox, page, post::Posted, door::Me};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use maud::html;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Promise {
    desk_id: String,
    first_minutes: i32,
    next_minutes: i32,
    head: Option<Uuid>,
}

pub async fn page(State(office): State<Office>, me: Me) -> Result<impl IntoResponse, Refusal> {
    if !me.staff.role.administers() {
        return Err(Refusal::NotFound);
    }
    let mut tx = office.db.city(me.id()).await?;
    let desks = inbox::desks(&mut tx, &me).await?;
    let staff = accounts::all(&mut tx, me.id()).await?;
    let kept: Vec<Promise> = sqlx::query_as("SELECT desk_id, first_minutes, next_minutes, head FROM desk_promise WHERE city_id = $1").bind(me.id().as_str()).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let body = html! {
        main.sheet {
            h1 { "返信の約束" }
            p { "開庁時間で数えます（昼休みと休みの日は除きます）。期限を過ぎると、知らせる人に届きます。決めなければ管理者に届きます。" }
            @for desk in &desks {
                @let promise = kept.iter().find(|promise| promise.desk_id == desk.desk_id);
                form.row.box method="post" action={ "/backoffice/" (me.id()) "/promises" } {
                    (page::token(&me))
                    input type="hidden" name="desk" value=(desk.desk_id);
                    strong.grow { (desk.name) }
                    label { "最初の返信（分）" input type="number" name="first" min="1" max="10000" required value=(promise.map_or(30, |p| p.first_minutes)); }
                    label { "次の返信（分）" input type="number" name="next" min="1" max="10000" required value=(promise.map_or(60, |p| p.next_minutes)); }
                    label { "知らせる人" select name="head" { option value="" { "管理者" } @for one in staff.iter().filter(|one| hears(one, &desk.desk_id)) { option value=(one.id) selected[promise.and_then(|p| p.head) == Some(one.id)] { (one.name) } } } }
                    button type="submit" { "保存" }
                }
            }
        }
    };
    Ok(page::of(&me, page::Room::Staff, "返信の約束", &body))
}

/// Whether somebody can see the desk's conversations.
fn hears(staff: &Staff, desk: &str) -> bool {
    !staff.disabled && (staff.desks.is_empty() || staff.desks.iter().any(|own| own == desk))
}

pub async fn save(State(office): State<Office>, posted: Posted) -> Result<Redirect, Refusal> {
    let me = &posted.me;
    if !me.staff.role.administers() {
        return Err(Refusal::NotFound);
    }
    let minutes = |field| posted.get(field).parse::<i32>().ok().filter(|minutes| (1..=10_000).contains(minutes)).ok_or(Refusal::Bad("分は1から10000までの数で書いてください。"));
    let (first, next, desk) = (minutes("first")?, minutes("next")?, posted.get("desk"));
    let head = posted.get("head").parse::<Uuid>().ok();
    let mut tx = office.db.city(me.id()).await?;
    let known = inbox::desks(&mut tx, me).await?.iter().any(|one| one.desk_id == desk);
    let fits = match head {
        Some(head) => accounts::all(&mut tx, me.id()).await?.iter().any(|one| one.id == head && hears(one, desk)),
        None => true,
    };
    if !known || !fits {
        return Err(Refusal::NotFound);
    }
    sqlx::query(
        "INSERT INTO desk_promise (city_id, desk_id, first_minutes, next_minutes, head) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (city_id, desk_id) DO UPDATE SET first_minutes = $3, next_minutes = $4, head = $5",
    )
    .bind(me.id().as_str())
    .bind(desk)
    .bind(first)
    .bind(next)
    .bind(head)
    .execute(&mut *tx)
    .await?;
    audit::of(&office.db, &mut tx, me, office.clock.now(), "promise", desk, &format!("{first}/{next}")).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/backoffice/{}/promises", me.id())))
}
