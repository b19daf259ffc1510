use super::{Talk, act::tell};
use crate::{Office, audit, error::Refusal, page, post::Posted, door::Me, show};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use chrono::{DateTime, Utc};
use maud::html;
use model::ConversationId;
use uuid::Uuid;

/// An emergency has been seen by a person.
pub async fn acknowledge(State(office): State<Office>, Path((_, id)): Path<(String, Uuid)>, posted: Posted) -> Result<Redirect, Refusal> {
    let me = &posted.me;
    if !me.staff.role.talks() {
        return Err(Refusal::Bad("閲覧だけの権限では、操作できません。"));
    }
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let conversation: Option<Uuid> = sqlx::query_scalar("SELECT conversation_id FROM alert WHERE city_id = $1 AND alert_id = $2").bind(me.id().as_str()).bind(id).fetch_optional(&mut *tx).await?;
    let talk = Talk::find(&mut tx, me, conversation.ok_or(Refusal::NotFound)?, now).await?;
    sqlx::query("UPDATE alert SET acknowledged_at = $3, acknowledged_by = $4 WHERE city_id = $1 AND alert_id = $2 AND acknowledged_at IS NULL")
        .bind(me.id().as_str())
        .bind(id)
        .bind(now)
        .bind(me.staff.id)
        .execute(&mut *tx)
        .await?;
    audit::of(&office.db, &mut tx, me, now, "alert.acknowledge", &talk.conversation_id.to_string(), "").await?;
    tx.commit().await?;
    tell(&office, me, ConversationId(talk.conversation_id)).await;
    Ok(Redirect::to(&format!("/backoffice/{}/talks/{}", me.id(), talk.conversation_id)))
}

#[derive(sqlx::FromRow)]
struct Notice {
    conversation_id: Uuid,
    at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
    desk: Option<String>,
}

/// What a desk's head is told: conversations whose answer is late. Reading them is what the page is for.
pub async fn notices(State(office): State<Office>, me: Me) -> Result<impl IntoResponse, Refusal> {
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let rows: Vec<Notice> = sqlx::query_as(
        "SELECT n.conversation_id, n.at, n.read_at, d.name AS desk FROM staff_notice n JOIN thread t ON t.city_id = n.city_id AND t.conversation_id = n.conversation_id
         LEFT JOIN desk d ON d.city_id = t.city_id AND d.desk_id = t.desk_id
         WHERE n.city_id = $1 AND n.staff_id = $2 AND ($3::text[] = '{}' OR t.desk_id = ANY($3)) ORDER BY n.at DESC LIMIT 100",
    )
    .bind(me.id().as_str())
    .bind(me.staff.id)
    .bind(me.desks())
    .fetch_all(&mut *tx)
    .await?;
    sqlx::query("UPDATE staff_notice SET read_at = $3 WHERE city_id = $1 AND staff_id = $2 AND read_at IS NULL").bind(me.id().as_str()).bind(me.staff.id).bind(now).execute(&mut *tx).await?;
    tx.commit().await?;
    let body = html! {
        main.sheet {
            h1 { "期限を過ぎた会話" }
            @if rows.is_empty() { p { "知らせはありません。" } }
            ul.plain {
                @for row in &rows {
                    li { a href={ "/backoffice/" (me.id()) "/talks/" (row.conversation_id) } { (row.desk.as_deref().unwrap_or("課なし")) } " " (show::moment(row.at, now, me.city.zone)) @if row.read_at.is_none() { " " span.tag { "新しい" } } }
                }
            }
        }
    };
    Ok(page::of(&me, page::Room::Inbox, "期限を過ぎた会話", &body))
}
