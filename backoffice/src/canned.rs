use crate::{Office, audit, error::Refusal, page, post::Posted, door::Me};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use maud::html;
use uuid::Uuid;

pub async fn page(State(office): State<Office>, me: Me) -> Result<impl IntoResponse, Refusal> {
    if !me.staff.role.edits() {
        return Err(Refusal::NotFound);
    }
    let mut tx = office.db.city(me.id()).await?;
    let rows: Vec<(Uuid, String, String)> = sqlx::query_as("SELECT reply_id, title, text FROM canned_reply WHERE city_id = $1 ORDER BY title").bind(me.id().as_str()).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let form = |id: Option<Uuid>, title: &str, text: &str| {
        html! {
            form.stack.box method="post" action={ "/backoffice/" (me.id()) "/canned" } {
                (page::token(&me))
                @if let Some(id) = id { input type="hidden" name="id" value=(id); }
                label { "題" input name="title" value=(title) maxlength="60" required; }
                label { "文" textarea name="text" rows="3" maxlength="2000" required { (text) } }
                div.row { button.main type="submit" name="do" value="save" { "保存" } @if id.is_some() { button.quiet type="submit" name="do" value="remove" { "消す" } } }
            }
        }
    };
    let body = html! {
        main.sheet {
            h1 { "定型文" }
            p { "{name} は返信する職員、{desk} は課、{city} は市の名前になります。" }
            @for (id, title, text) in &rows { (form(Some(*id), title, text)) }
            h2 { "新しい定型文" }
            (form(None, "", ""))
        }
    };
    Ok(page::of(&me, page::Room::Canned, "定型文", &body))
}

pub async fn save(State(office): State<Office>, posted: Posted) -> Result<Redirect, Refusal> {
    let me = &posted.me;
    if !me.staff.role.edits() {
        return Err(Refusal::NotFound);
    }
    let (title, text) = (posted.text("title", 60)?, posted.text("text", 2_000)?);
    if title.is_empty() || text.is_empty() {
        return Err(Refusal::Bad("題と文を書いてください。"));
    }
    let id = posted.get("id").parse::<Uuid>().ok();
    let mut tx = office.db.city(me.id()).await?;
    if posted.get("do") == "remove" {
        sqlx::query("DELETE FROM canned_reply WHERE city_id = $1 AND reply_id = $2").bind(me.id().as_str()).bind(id).execute(&mut *tx).await?;
    } else {
        let taken: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM canned_reply WHERE city_id = $1 AND title = $2 AND reply_id IS DISTINCT FROM $3)")
            .bind(me.id().as_str())
            .bind(&title)
            .bind(id)
            .fetch_one(&mut *tx)
            .await?;
        if taken {
            return Err(Refusal::Bad("同じ題の定型文があります。"));
        }
        sqlx::query("INSERT INTO canned_reply (city_id, reply_id, title, text) VALUES ($1, $2, $3, $4) ON CONFLICT (city_id, reply_id) DO UPDATE SET title = $3, text = $4")
            .bind(me.id().as_str())
            .bind(id.unwrap_or_else(|| office.db.uuid()))
            .bind(title)
            .bind(text)
            .execute(&mut *tx)
            .await?;
    }
    audit::of(&office.db, &mut tx, me, office.clock.now(), "canned", &id.map(|id| id.to_string()).unwrap_or_default(), posted.get("do")).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/backoffice/{}/canned", me.id())))
}
