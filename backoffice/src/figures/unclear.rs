//! Sentences that nothing fitted: what they should mean, for the models to learn.

use super::may;
use crate::{Office, audit, audit_page::download, door::Me, error::Refusal, page, post::Posted, show};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use chrono::{DateTime, Utc};
use maud::html;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Unclear {
    conversation_id: Uuid,
    seq: i64,
    at: DateTime<Utc>,
    text: Option<String>,
    intent: Option<String>,
}

/// Sentences that nothing fitted, to be taught or put aside.
pub async fn unclear(State(office): State<Office>, me: Me) -> Result<impl IntoResponse, Refusal> {
    may(&me)?;
    let mut tx = office.db.city(me.id()).await?;
    let rows: Vec<Unclear> = sqlx::query_as(
        "SELECT u.conversation_id, u.seq, u.at, i.content->>'text' AS text, u.intent FROM understood u
         JOIN inbox i ON i.city_id = u.city_id AND i.conversation_id = u.conversation_id AND i.seq = u.seq
         WHERE u.city_id = $1 AND u.missed AND NOT u.personal AND u.taught_as IS NULL ORDER BY u.at DESC LIMIT 100",
    )
    .bind(me.id().as_str())
    .fetch_all(&mut *tx)
    .await?;
    let taught: Vec<(String, i64)> = sqlx::query_as("SELECT taught_as, count(*) FROM understood WHERE city_id = $1 AND taught_as IS NOT NULL AND taught_as <> '-' GROUP BY 1 ORDER BY 1").bind(me.id().as_str()).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let now = office.clock.now();
    let body = html! {
        main.sheet {
            h1 { "分からなかった発言" }
            p { "意味（intent）を選ぶと、学習の候補になります。候補は" a href={ "/backoffice/" (me.id()) "/sentences.csv" } { "CSV" } "で取り出せます（" code { "bot import sentences" } " で入ります）。" }
            @if !taught.is_empty() { p { "候補：" @for (intent, n) in &taught { span.tag { (office.house.title(me.id(), intent).unwrap_or_else(|| intent.clone())) " " (n) } " " } } }
            @if rows.is_empty() { p { "ありません。" } }
            @for Unclear { conversation_id, seq, at, text, intent } in &rows {
                @let said = text.as_deref().unwrap_or("（言葉なし）");
                form.row.box method="post" action={ "/backoffice/" (me.id()) "/unclear" } {
                    (page::token(&me))
                    input type="hidden" name="talk" value=(conversation_id); input type="hidden" name="seq" value=(seq);
                    div.grow { @if me.staff.role.sees_personal_data() { (show::words(said)) } @else { (show::words(&crate::mask::masked(said))) } span.small { (show::moment(*at, now, me.city.zone)) } }
                    @if me.staff.role.edits() {
                        input name="intent" value=(intent.as_deref().unwrap_or_default()) aria-label="意味（intent）" maxlength="60";
                        button.main type="submit" name="do" value="teach" { "教える" }
                        button.quiet type="submit" name="do" value="aside" { "対象外" }
                    }
                }
            }
        }
    };
    Ok(page::of(&me, page::Room::Figures, "分からなかった発言", &body))
}

pub async fn teach(State(office): State<Office>, posted: Posted) -> Result<Redirect, Refusal> {
    let me = &posted.me;
    may(me)?;
    if !me.staff.role.edits() {
        return Err(Refusal::NotFound);
    }
    let intent = posted.text("intent", 60)?;
    let aside = posted.get("do") == "aside";
    if !aside && office.house.title(me.id(), &intent).is_none() {
        return Err(Refusal::Bad("その意味（intent）はありません。"));
    }
    let (talk, seq) = posted.get("talk").parse::<Uuid>().ok().zip(posted.get("seq").parse::<i64>().ok()).ok_or(Refusal::NotFound)?;
    let mut tx = office.db.city(me.id()).await?;
    sqlx::query("UPDATE understood SET taught_as = $4 WHERE city_id = $1 AND conversation_id = $2 AND seq = $3 AND missed")
        .bind(me.id().as_str())
        .bind(talk)
        .bind(seq)
        .bind(if aside { "-" } else { intent.as_str() })
        .execute(&mut *tx)
        .await?;
    audit::of(&office.db, &mut tx, me, office.clock.now(), "teach", &talk.to_string(), if aside { "aside" } else { &intent }).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/backoffice/{}/unclear", me.id())))
}

/// Sentences with their meaning, as `bot import sentences` reads them.
pub async fn taught(State(office): State<Office>, me: Me) -> Result<impl IntoResponse, Refusal> {
    may(&me)?;
    if !me.staff.role.edits() {
        return Err(Refusal::NotFound);
    }
    let mut tx = office.db.city(me.id()).await?;
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT u.taught_as, i.content->>'text' FROM understood u JOIN inbox i ON i.city_id = u.city_id AND i.conversation_id = u.conversation_id AND i.seq = u.seq
         WHERE u.city_id = $1 AND u.taught_as IS NOT NULL AND u.taught_as <> '-' AND i.content->>'text' IS NOT NULL ORDER BY u.at",
    )
    .bind(me.id().as_str())
    .fetch_all(&mut *tx)
    .await?;
    audit::of(&office.db, &mut tx, &me, office.clock.now(), "teach", "", "export").await?;
    tx.commit().await?;
    Ok(download("sentences.csv", &["intent", "text"], rows.into_iter().map(|(intent, text)| vec![intent, text]).collect()))
}
