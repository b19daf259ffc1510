use super::{Drawer, Wanted, memory::Seen, query::{self, Alarm, Item}};
use crate::{Office, error::Refusal, page, door::Me, show};
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::{Html, IntoResponse},
};
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use std::sync::Arc;
use uuid::Uuid;

pub async fn page(State(office): State<Office>, me: Me, Query(wanted): Query<Wanted>) -> Result<impl IntoResponse, Refusal> {
    let list = items(&office, &me, &wanted, None).await?;
    let body = html! {
        div.office {
            (list)
            main.empty { p.big { "会話を選ぶと、ここに表示します。" } (crate::keys::list()) }
        }
    };
    Ok(page::of(&me, page::Room::Inbox, "受信箱", &body))
}

/// The list alone, for a page that is open.
pub async fn fragment(State(office): State<Office>, me: Me, headers: HeaderMap, Query(wanted): Query<Wanted>) -> Result<Html<String>, Refusal> {
    // A page that renews itself was told of the change: what another page has looked up since is as new.
    let live = headers.contains_key("x-live") && wanted.q.trim().is_empty() && wanted.drawer != Drawer::Mine;
    Ok(Html(list(&office, &me, &wanted, None, live).await?.into_string()))
}

async fn look(office: &Office, me: &Me, wanted: &Wanted) -> Result<Seen, Refusal> {
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let seen = Seen {
        items: query::items(&mut tx, me, wanted, now).await?,
        alarms: query::alarms(&mut tx, me).await?,
        waiting: query::waiting(&mut tx, me, now).await?,
        desks: query::desks(&mut tx, me).await?,
        own: query::own(&mut tx, me).await?,
    };
    tx.commit().await?;
    Ok(seen)
}

/// What all pages that see the same share.
async fn shared_look(office: &Office, me: &Me, wanted: &Wanted) -> Result<Arc<Seen>, Refusal> {
    let lists = &office.hub.lists;
    let key = format!("{}|{}|{}", me.id(), me.desks().join(","), wanted.to_query());
    let _gate = lists.gate(&key).await;
    let now = office.clock.now();
    if let Some(seen) = lists.find(&key, now) {
        return Ok(seen);
    }
    let at = lists.count();
    let seen = Arc::new(look(office, me, wanted).await?);
    lists.keep(key, at, now, seen.clone());
    Ok(seen)
}

/// The column with the list.
pub async fn items(office: &Office, me: &Me, wanted: &Wanted, open: Option<Uuid>) -> Result<Markup, Refusal> {
    list(office, me, wanted, open, false).await
}

async fn list(office: &Office, me: &Me, wanted: &Wanted, open: Option<Uuid>, shared: bool) -> Result<Markup, Refusal> {
    let now = office.clock.now();
    let seen = if shared { shared_look(office, me, wanted).await? } else { Arc::new(look(office, me, wanted).await?) };
    let Seen { items, alarms, waiting, desks, own } = seen.as_ref();
    let (waiting, (mine, notices)) = (*waiting, own.get(&me.staff.id).copied().unwrap_or_default());
    let base = format!("/backoffice/{}", me.id());
    let may_desk = |id: &str| me.desks().is_empty() || me.desks().iter().any(|desk| desk == id);
    Ok(html! {
        section.list #list aria-label="会話の一覧" data-src={ (base) "/list?" (wanted.to_query()) } data-alarms=(alarms.len()) data-waiting=(waiting) {
            @for alarm in alarms { (alarm_box(me, &base, alarm, now)) }
            @if notices > 0 { p.notice { a href={ (base) "/notices" } { "期限を過ぎた会話の知らせが " (notices) " 件あります" } } }
            nav.drawers aria-label="引き出し" {
                @for (drawer, name, label) in Drawer::ALL {
                    a href={ (base) "?box=" (name) } aria-current=[(drawer == wanted.drawer).then_some("true")] {
                        (label)
                        @let count = match drawer { Drawer::Open => waiting, Drawer::Mine => mine, _ => 0 };
                        @if count > 0 { " " span.count { (count) } }
                    }
                }
            }
            form.filter method="get" action=(base) role="search" {
                input type="hidden" name="box" value=(wanted.drawer.as_str());
                input type="search" name="q" value=(wanted.q) placeholder="会話を検索（/）" aria-label="会話を検索";
                select name="desk" aria-label="課" { option value="" { "すべての課" } @for desk in desks.iter().filter(|desk| may_desk(&desk.desk_id)) { option value=(desk.desk_id) selected[desk.desk_id == wanted.desk] { (desk.name) } } }
                select name="channel" aria-label="窓口" { option value="" { "すべての窓口" } @for id in ["line", "web", "phone"] { option value=(id) selected[id == wanted.channel] { (show::channel(id)) } } }
                button.quiet type="submit" { "絞る" }
            }
            @if items.is_empty() { p.nothing { @if wanted.q.is_empty() { "ここに会話はありません。" } @else { "見つかりませんでした。" } } }
            ol {
                @for item in items { (row(me, &base, wanted, item, open, now)) }
            }
        }
    })
}

fn row(me: &Me, base: &str, wanted: &Wanted, item: &Item, open: Option<Uuid>, now: DateTime<Utc>) -> Markup {
    let href = format!("{base}/talks/{}?{}", item.conversation_id, wanted.to_query());
    let late = item.waiting_since.is_some() && item.due_at.is_some_and(|due| due < now);
    let preview = if item.protected {
        "保護対象の方です。開くときに確認します。".to_owned()
    } else {
        // Numbers and addresses have no place on a list, whoever looks.
        crate::mask::masked(&show::line(&item.preview))
    };
    html! {
        li.late[late].urgent[item.urgency > 1].unread[item.unread > 0] {
            a href=(href) aria-current=[(Some(item.conversation_id) == open).then_some("true")] {
                span.top {
                    span class={ "channel " (item.channel) } { (show::channel(&item.channel)) }
                    @if let Some(kind) = &item.emergency { span.tag.alarm { "緊急：" (show::emergency(kind)) } }
                    @if let Some(reason) = &item.reason { span.tag { (show::reason(reason)) } }
                    @if item.lang != "ja" { span.tag { (show::language(&item.lang)) } }
                    span.when { (show::moment(item.last_at, now, me.city.zone)) }
                }
                span.preview dir="auto" { @if preview.is_empty() { "（まだ言葉がありません）" } @else { (preview) } }
                span.bottom {
                    span { (item.desk.as_deref().unwrap_or("課なし")) @if let Some(name) = &item.assignee { "・" (name) } }
                    @if item.mode == "staff" { span.tag.soft { "対応中" } }
                    @for tag in &item.tags { span.tag.soft { (tag) } }
                    @if let Some(since) = item.waiting_since { span.wait { "待ち " (show::span(now - since)) @if late { "・期限超過" } } }
                    @if item.unread > 0 { span.count { (item.unread) span.hidden { "件の未読" } } }
                }
            }
        }
    }
}

fn alarm_box(me: &Me, base: &str, alarm: &Alarm, now: DateTime<Utc>) -> Markup {
    let preview = crate::mask::masked(&show::line(&alarm.preview));
    html! {
        div.alarm role="alert" {
            a href={ (base) "/talks/" (alarm.conversation_id) } { strong { "緊急：" (show::emergency(&alarm.kind)) } span.when { (show::moment(alarm.raised_at, now, me.city.zone)) } span.preview dir="auto" { (preview) } }
            @if me.staff.role.talks() {
                form method="post" action={ (base) "/alerts/" (alarm.alert_id) "/acknowledge" } { (page::token(me)) button type="submit" { "確認しました" } }
            }
        }
    }
}
