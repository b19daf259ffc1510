//! Beside the conversation: who has it, what the resident has begun, how to reach them, what else can be done.

use super::Talk;
use crate::{Office, callbacks, door::Me, error::Refusal, inbox, page, show};
use maud::{Markup, html};
use model::ConversationId;
use store::CityTx;
use uuid::Uuid;

pub async fn of(office: &Office, tx: &mut CityTx, me: &Me, talk: &Talk, person: &Markup) -> Result<Markup, Refusal> {
    let now = office.clock.now();
    let desks = inbox::desks(tx, me).await?;
    let colleagues: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT staff_id, name FROM staff WHERE city_id = $1 AND disabled_at IS NULL AND role <> 'viewer' AND (desks = '{}' OR $2 = ANY(desks)) ORDER BY name",
    )
    .bind(me.id().as_str())
    .bind(&talk.desk_id)
    .fetch_all(&mut **tx)
    .await?;
    let personal = me.staff.role.sees_personal_data();
    let conversation = ConversationId(talk.conversation_id);
    let running = match if personal { store::open_state(&office.db, tx, me.id(), conversation).await? } else { None } {
        Some((version, state)) => office.house.running(me.id(), version, &state),
        None => Vec::new(),
    };
    let mut wishes = Vec::new();
    for row in callbacks::open(tx, me, Some(talk.conversation_id)).await? {
        let wish = callbacks::read(office, tx, me, &row).await?;
        wishes.push((row, wish));
    }
    let base = format!("/backoffice/{}/talks/{}", me.id(), talk.conversation_id);
    let talks = me.staff.role.talks();
    Ok(html! {
        aside.panel aria-label="この会話について" {
            section {
                h2 { "状況" }
                dl {
                    dt { "言葉" } dd { (show::language(&talk.lang)) }
                    @if let Some(since) = talk.waiting_since { dt { "待ち" } dd { (show::span(now - since)) } }
                    @if let Some(due) = talk.due_at { dt { "返信の期限" } dd.late[due < now] { (show::moment(due, now, me.city.zone)) @if due < now { " 超過" } } }
                    @if let Some(until) = talk.snoozed_until.filter(|until| *until > now) { dt { "あとで" } dd { (show::moment(until, now, me.city.zone)) "まで" } }
                }
            }
            section {
                h2 { "途中の手続き" }
                @if !personal { p.small { "個人の情報は、この権限では表示しません。" } }
                @else if running.is_empty() { p.small { "ありません。" } }
                @for form in &running {
                    h3 { (form.title) }
                    dl { @for (name, value) in &form.answers { dt { (name) } dd { (value) } } }
                }
            }
            @for (row, wish) in &wishes {
                section { h2 { "折り返しの電話 " (row.receipt) }
                    dl { @if let Some(wish) = wish { dt { "用件" } dd { (wish.topic) } dt { "電話" } dd { a href={ "tel:" (wish.phone) } { (wish.phone) } } } @else { dt { "電話" } dd { "●●●●" } } dt { "時間" } dd { (callbacks::when(&row.wanted)) } }
                    @if talks { (callbacks::closing(me, row)) }
                }
            }
            (person)
            @if talks {
                section {
                    h2 { "担当" }
                    form.inline method="post" action={ (base) "/assign" } { (page::token(me)) select name="staff" aria-label="担当の職員" { option value="" { "決めない" } @for (id, name) in &colleagues { option value=(id) selected[Some(*id) == talk.assignee] { (name) } } } button type="submit" { "替える" } }
                    form.inline method="post" action={ (base) "/transfer" } { (page::token(me)) select name="desk" aria-label="引き継ぐ課" { @for desk in &desks { option value=(desk.desk_id) selected[Some(&desk.desk_id) == talk.desk_id.as_ref()] { (desk.name) } } } button type="submit" { "課へ引き継ぐ" } }
                }
                section {
                    h2 { "整理" }
                    form.inline method="post" action={ (base) "/snooze" } { (page::token(me)) select name="hours" aria-label="あとで" { @for (hours, label) in [(1, "1時間後"), (3, "3時間後"), (24, "明日"), (168, "1週間後"), (0, "今すぐ戻す")] { option value=(hours) { (label) } } } button type="submit" { "あとで" } }
                    form.inline method="post" action={ (base) "/tag" } { (page::token(me)) input name="tag" maxlength="20" aria-label="札" placeholder="札" required; button type="submit" { "付ける" } }
                    @if !talk.tags.is_empty() { p { @for tag in &talk.tags { form.tagform method="post" action={ (base) "/tag" } { (page::token(me)) input type="hidden" name="tag" value=(tag); button.tag type="submit" aria-label={ "札「" (tag) "」を外す" } { (tag) " ×" } } } } }
                    form method="post" action={ (base) "/protect" } { (page::token(me)) button.quiet type="submit" { @if talk.protected { "保護の印を外す" } @else { "保護対象の印を付ける" } } }
                }
            }
        }
    })
}
