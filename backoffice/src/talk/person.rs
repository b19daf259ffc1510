//! One human on several channels: their other conversations, joined and parted by staff.

use super::{Talk, act::{Act, back}};
use crate::{Office, door::Me, error::Refusal, page, post::Posted, show};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use model::ConversationId;
use sqlx::PgConnection;
use uuid::Uuid;

type At = Path<(String, Uuid)>;

/// Another conversation of the same human that this person may see.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Other {
    pub conversation_id: Uuid,
    pub channel: String,
    pub last_at: DateTime<Utc>,
    pub blocked: bool,
    pub protected: bool,
}

pub async fn others(tx: &mut PgConnection, me: &Me, id: Uuid) -> Result<Vec<Other>, Refusal> {
    let all: Vec<Uuid> = store::conversations_of(tx, me.id(), ConversationId(id)).await?.into_iter().map(|one| one.0).filter(|one| *one != id).collect();
    if all.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as(
        "SELECT t.conversation_id, t.channel, t.last_at, c.blocked, t.protected FROM thread t JOIN conversation c ON c.city_id = t.city_id AND c.conversation_id = t.conversation_id
         WHERE t.city_id = $1 AND ($2::text[] = '{}' OR t.desk_id = ANY($2)) AND t.conversation_id = ANY($3) ORDER BY t.last_at DESC",
    )
    .bind(me.id().as_str())
    .bind(me.desks())
    .bind(all)
    .fetch_all(tx)
    .await?)
}

/// Beside the conversation: the others, and how to say that another is the same human's.
pub fn section(me: &Me, talk: &Talk, others: &[Other], now: DateTime<Utc>, together: bool) -> Markup {
    let base = format!("/backoffice/{}/talks", me.id());
    html! {
        section {
            h2 { "同じ方のほかの窓口" }
            @if others.is_empty() { p.small { "つながっている会話はありません。" } }
            @for other in others {
                p.row { a href={ (base) "/" (other.conversation_id) } { span class={ "channel " (other.channel) } { (show::channel(&other.channel)) } " の会話" } span.small { (show::moment(other.last_at, now, me.city.zone)) @if other.blocked { " ブロック中" } } }
            }
            @if !others.is_empty() {
                p { @if together { a href={ (base) "/" (talk.conversation_id) "?together=0" } { "この会話だけ表示" } } @else { a href={ (base) "/" (talk.conversation_id) } { "まとめて表示" } } }
                @if me.staff.role.sees_personal_data() { form method="post" action={ (base) "/" (talk.conversation_id) "/part" } { (page::token(me)) button.quiet type="submit" { "この会話を切り離す" } } }
            }
            @if me.staff.role.sees_personal_data() {
                details { summary { "ほかの会話とつなぐ" }
                    form.stack method="post" action={ (base) "/" (talk.conversation_id) "/join" } { (page::token(me)) label { "同じ方の会話の番号" input name="other" required pattern="[0-9a-fA-F\\-]{36}" placeholder="会話の画面の右下にあります"; } button type="submit" { "つなぐ" } p.small { "ご本人だと確かめてからつないでください。記録に残り、いつでも切り離せます。" } }
                }
            }
            p.small { "この会話の番号 " span.id { (talk.conversation_id) } }
        }
    }
}

/// Both must be conversations that this person may see.
pub async fn join(State(office): State<Office>, Path((city, id)): At, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    personal(&act)?;
    let other = posted.get("other").trim().parse::<Uuid>().ok().filter(|other| *other != id).ok_or(Refusal::Bad("つなぐ会話の番号を入れてください。"))?;
    let found = Talk::find(&mut act.tx, act.me, other, office.clock.now()).await.map_err(|_| Refusal::Bad("その番号の会話はありません。"))?;
    if found.hidden() {
        return Err(Refusal::Bad("その番号の会話はありません。"));
    }
    store::join_accounts(&office.db, &mut act.tx, act.me.id(), ConversationId(id), ConversationId(other), office.clock.now()).await?;
    // Protection is the human's, not the account's.
    if found.protected || act.talk.protected {
        super::handle::mark(&mut act.tx, act.me, id, true).await?;
    }
    let me = act.me.clone();
    act.finish("talk.join", &other.to_string()).await?;
    Ok(back(&headers, &me, id))
}

pub async fn part(State(office): State<Office>, Path((city, id)): At, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    personal(&act)?;
    // What staff join and part among themselves the residents did not do: they are told of neither.
    if store::part_account(&office.db, &mut act.tx, act.me.id(), ConversationId(id), office.clock.now()).await?.is_none() {
        return Err(Refusal::Bad("この会話は、どの会話ともつながっていません。"));
    }
    let me = act.me.clone();
    act.finish("talk.part", "").await?;
    Ok(back(&headers, &me, id))
}

fn personal(act: &Act<'_>) -> Result<(), Refusal> {
    if act.me.staff.role.sees_personal_data() { Ok(()) } else { Err(Refusal::Bad("個人の情報を扱う権限が必要です。")) }
}
