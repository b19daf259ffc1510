//! What staff do among themselves: notes, tags, putting off, marking. Nothing here reaches a resident.

use super::act::{Act, back};
use crate::{Office, door::Me, error::Refusal, post::Posted};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use chrono::TimeDelta;
use model::ConversationId;
use sqlx::PgConnection;
use uuid::Uuid;

type At = Path<(String, Uuid)>;

pub async fn note(State(office): State<Office>, Path((city, id)): At, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    let text = posted.text("text", 2_000)?;
    if text.is_empty() {
        return Err(Refusal::Bad("メモが空です。"));
    }
    sqlx::query("INSERT INTO staff_note (city_id, note_id, conversation_id, staff_id, at, text) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(act.me.id().as_str())
        .bind(office.db.uuid())
        .bind(id)
        .bind(act.me.staff.id)
        .bind(office.clock.now())
        .bind(text)
        .execute(&mut *act.tx)
        .await?;
    let me = act.me.clone();
    act.finish("talk.note", "").await?;
    Ok(back(&headers, &me, id))
}

/// Puts it off for some hours; what the resident writes brings it back earlier.
pub async fn snooze(State(office): State<Office>, Path((city, id)): At, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    let hours: i64 = posted.get("hours").parse().ok().filter(|hours| (0..=24 * 14).contains(hours)).ok_or(Refusal::Bad("時間を選んでください。"))?;
    let until = (hours > 0).then(|| office.clock.now() + TimeDelta::hours(hours));
    sqlx::query("UPDATE thread SET snoozed_until = $3 WHERE city_id = $1 AND conversation_id = $2").bind(act.me.id().as_str()).bind(id).bind(until).execute(&mut *act.tx).await?;
    let me = act.me.clone();
    act.finish("talk.snooze", &hours.to_string()).await?;
    Ok(back(&headers, &me, id))
}

/// Puts a tag on, or takes it off when it is there.
pub async fn tag(State(office): State<Office>, Path((city, id)): At, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    let tag = posted.text("tag", 20)?;
    if tag.is_empty() || act.talk.tags.len() >= 12 && !act.talk.tags.contains(&tag) {
        return Err(Refusal::Bad("札は20字まで、12枚までです。"));
    }
    sqlx::query(
        "UPDATE thread SET tags = CASE WHEN $3 = ANY(tags) THEN array_remove(tags, $3) ELSE array_append(tags, $3) END WHERE city_id = $1 AND conversation_id = $2",
    )
    .bind(act.me.id().as_str())
    .bind(id)
    .bind(&tag)
    .execute(&mut *act.tx)
    .await?;
    let me = act.me.clone();
    act.finish("talk.tag", "").await?;
    Ok(back(&headers, &me, id))
}

/// Protection is the human's: all their conversations are marked.
pub async fn mark(tx: &mut PgConnection, me: &Me, id: Uuid, on: bool) -> Result<(), Refusal> {
    let all: Vec<Uuid> = store::conversations_of(tx, me.id(), ConversationId(id)).await?.into_iter().map(|one| one.0).collect();
    sqlx::query("UPDATE thread SET protected = $3 WHERE city_id = $1 AND conversation_id = ANY($2)").bind(me.id().as_str()).bind(all).bind(on).execute(tx).await?;
    Ok(())
}

/// Marks the resident as a person under protection, or takes the mark away. Whoever sees personal data may put it on, so that
/// nobody waits for it; only an administrator takes it away.
pub async fn protect(State(office): State<Office>, Path((city, id)): At, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    if !act.me.staff.role.sees_personal_data() || act.talk.protected && !act.me.staff.role.administers() {
        return Err(Refusal::Bad("保護の印を外せるのは管理者だけです。"));
    }
    let on = !act.talk.protected;
    mark(&mut act.tx, act.me, id, on).await?;
    let me = act.me.clone();
    act.finish("talk.protect", if on { "on" } else { "off" }).await?;
    Ok(back(&headers, &me, id))
}
