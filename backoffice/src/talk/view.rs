use super::{Talk, answer::{Tools, answer}, history, look, messages::messages, panel, person::{self, Other}};
use crate::{Office, audit, error::Refusal, inbox::{self, Wanted}, page, door::Me, show};
use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::CityTx;
use uuid::Uuid;

#[derive(Deserialize)]
pub struct How {
    /// `0`: this conversation alone, not those of the same human on other channels.
    #[serde(default)]
    together: Option<String>,
}

impl How {
    fn together(&self) -> bool {
        self.together.as_deref() != Some("0")
    }
}

/// The conversations that are shown, and their channels where they are several.
fn shown(talk: &Talk, others: &[Other], how: &How) -> (Vec<Uuid>, BTreeMap<Uuid, String>) {
    if !how.together() || others.is_empty() {
        return (vec![talk.conversation_id], BTreeMap::new());
    }
    let all = || others.iter().filter(|other| !other.protected || talk.looked).map(|other| (other.conversation_id, other.channel.clone())).chain([(talk.conversation_id, talk.channel.clone())]);
    (all().map(|(id, _)| id).collect(), all().collect())
}

pub async fn page(State(office): State<Office>, Path((_, id)): Path<(String, Uuid)>, me: Me, Query(wanted): Query<Wanted>, Query(how): Query<How>) -> Result<Response, Refusal> {
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let talk = Talk::find(&mut tx, &me, id, now).await?;
    if talk.hidden() {
        tx.commit().await?;
        return Ok(look::question(&me, &talk).into_response());
    }
    let others = person::others(&mut tx, &me, id).await?;
    let (ids, channels) = shown(&talk, &others, &how);
    let entries = history::read(&mut tx, &me, &ids).await?;
    let side = panel::of(&office, &mut tx, &me, &talk, &person::section(&me, &talk, &others, now, how.together())).await?;
    let canned: Vec<(String, String)> = sqlx::query_as("SELECT title, text FROM canned_reply WHERE city_id = $1 ORDER BY title").bind(me.id().as_str()).fetch_all(&mut *tx).await?;
    let tools = Tools { canned, forms: office.house.forms(me.id()), others };
    read(&mut tx, &me, id).await?;
    // Every look at somebody's words is written down.
    audit::of(&office.db, &mut tx, &me, now, "talk.read", &id.to_string(), if talk.protected { "protected" } else { "" }).await?;
    tx.commit().await?;
    let list = inbox::items(&office, &me, &wanted, Some(id)).await?;
    let base = format!("/backoffice/{}/talks/{id}", me.id());
    let body = html! {
        div.office.open {
            (list)
            main.talk #talk data-id=(id) data-src={ (base) "/messages" @if !how.together() { "?together=0" } } data-presence={ (base) "/presence" } data-csrf=(me.csrf) {
                (heading(&me, &talk, &base))
                div.history #history tabindex="0" role="log" aria-label="やりとり" { (messages(&office, &me, &entries, &channels)) }
                p.others #others role="status" aria-live="polite" {}
                @if me.staff.role.talks() { (answer(&office, &me, &talk, &base, &tools)) }
            }
            (side)
        }
    };
    Ok(page::of(&me, page::Room::Inbox, "会話", &body).into_response())
}

/// The messages alone, for a page that is open; what stands around them comes first.
pub async fn fragment(State(office): State<Office>, Path((_, id)): Path<(String, Uuid)>, me: Me, Query(how): Query<How>, headers: HeaderMap) -> Result<Html<String>, Refusal> {
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let talk = Talk::find(&mut tx, &me, id, now).await?;
    if talk.hidden() {
        return Err(Refusal::NotFound);
    }
    let others = person::others(&mut tx, &me, id).await?;
    let (ids, channels) = shown(&talk, &others, &how);
    let entries = history::read(&mut tx, &me, &ids).await?;
    let side = panel::of(&office, &mut tx, &me, &talk, &person::section(&me, &talk, &others, now, how.together())).await?;
    // The page is in sight: what it shows is read.
    if headers.get("x-live").is_some_and(|live| live == "seen") {
        read(&mut tx, &me, id).await?;
    }
    tx.commit().await?;
    let base = format!("/backoffice/{}/talks/{id}", me.id());
    Ok(Html(html! { template data-seen=(talk.replies) { (heading(&me, &talk, &base)) (side) } (messages(&office, &me, &entries, &channels)) }.into_string()))
}

async fn read(tx: &mut CityTx, me: &Me, id: Uuid) -> Result<(), Refusal> {
    if me.staff.role.talks() {
        sqlx::query("UPDATE thread SET unread = 0 WHERE city_id = $1 AND conversation_id = $2 AND unread > 0").bind(me.id().as_str()).bind(id).execute(&mut **tx).await?;
    }
    Ok(())
}

fn heading(me: &Me, talk: &Talk, base: &str) -> Markup {
    let state = match talk.mode.as_str() {
        "staff" => "職員が対応中（自動応答は止まっています）",
        "waiting" => "職員を待っています（自動応答も続いています）",
        _ => "自動応答中",
    };
    html! {
        header.talkhead #talkhead {
            a.backlink href={ "/backoffice/" (me.id()) } { "一覧へ" }
            div {
                h1 { span class={ "channel " (talk.channel) } { (show::channel(&talk.channel)) } (talk.desk.as_deref().unwrap_or("課なし")) @if let Some(reason) = &talk.reason { span.tag { (show::reason(reason)) } } @if talk.urgency > 1 { span.tag.alarm { "緊急" } } @if talk.protected { span.tag.alarm { "保護対象" } } }
                p.state class=(talk.mode) { (state) @if let Some(name) = &talk.assignee_name { "　担当：" (name) } }
            }
            @if me.staff.role.talks() {
                div.row {
                    @if talk.assignee != Some(me.staff.id) || talk.mode != "staff" {
                        form method="post" action={ (base) "/take" } { (page::token(me)) button.main #take type="submit" { "担当になる" } }
                    }
                    @if talk.mode != "machine" {
                        form method="post" action={ (base) "/close" } { (page::token(me)) button type="submit" { "対応を終える" } }
                    }
                }
            }
        }
    }
}
