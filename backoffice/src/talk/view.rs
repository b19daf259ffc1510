use super::{Talk, history::{self, Delivery, Entry, Kind, Understood}, panel};
use crate::{Office, audit, error::Refusal, inbox::{self, Wanted}, page, door::Me, show};
use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};
use maud::{Markup, html};
use model::{Action, Content, Part};
use serde::Deserialize;
use store::CityTx;
use uuid::Uuid;

#[derive(Deserialize)]
pub struct Look {
    /// The second look at a person under protection.
    #[serde(default)]
    look: Option<String>,
}

pub async fn page(State(office): State<Office>, Path((_, id)): Path<(String, Uuid)>, me: Me, Query(wanted): Query<Wanted>, Query(look): Query<Look>) -> Result<Response, Refusal> {
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let talk = Talk::find(&mut tx, &me, id).await?;
    if talk.protected && look.look.is_none() {
        tx.commit().await?;
        return Ok(page::of(&me, page::Room::Inbox, "保護対象の方", &second_look(&me, id)).into_response());
    }
    let entries = history::read(&mut tx, &me, id).await?;
    let side = panel::of(&office, &mut tx, &me, &talk).await?;
    let canned: Vec<(String, String)> = sqlx::query_as("SELECT title, text FROM canned_reply WHERE city_id = $1 ORDER BY title").bind(me.id().as_str()).fetch_all(&mut *tx).await?;
    read(&mut tx, &me, id).await?;
    // Every look at somebody's words is written down.
    audit::of(&office.db, &mut tx, &me, now, "talk.read", &id.to_string(), if talk.protected { "protected" } else { "" }).await?;
    tx.commit().await?;
    let list = inbox::items(&office, &me, &wanted, Some(id)).await?;
    let base = format!("/backoffice/{}/talks/{id}", me.id());
    let body = html! {
        div.office.open {
            (list)
            main.talk #talk data-id=(id) data-src={ (base) "/messages" @if talk.protected { "?look=1" } } data-presence={ (base) "/presence" } data-csrf=(me.csrf) {
                (heading(&me, &talk, &base))
                div.history #history tabindex="0" role="log" aria-label="やりとり" { (messages(&office, &me, &entries)) }
                p.others #others role="status" aria-live="polite" {}
                @if me.staff.role.talks() { (answer(&office, &me, &talk, &base, &canned)) }
            }
            (side)
        }
    };
    Ok(page::of(&me, page::Room::Inbox, "会話", &body).into_response())
}

fn second_look(me: &Me, id: Uuid) -> Markup {
    html! {
        main.narrow {
            h1 { "保護対象の方の会話です" }
            p { "居所などを、ご本人以外に伝えてはいけません。ご本人かどうか分からないときは、返信せずに担当課へつないでください。" }
            p { "開いたことは記録に残ります。" }
            p.row { a.button href={ "/backoffice/" (me.id()) "/talks/" (id) "?look=1" } { "確認して開く" } a.button.quiet href={ "/backoffice/" (me.id()) } { "戻る" } }
        }
    }
}

/// The messages alone, for a page that is open; what stands around them comes first.
pub async fn fragment(State(office): State<Office>, Path((_, id)): Path<(String, Uuid)>, me: Me, Query(look): Query<Look>, headers: HeaderMap) -> Result<Html<String>, Refusal> {
    let mut tx = office.db.city(me.id()).await?;
    let talk = Talk::find(&mut tx, &me, id).await?;
    if talk.protected && look.look.is_none() {
        return Err(Refusal::NotFound);
    }
    let entries = history::read(&mut tx, &me, id).await?;
    let side = panel::of(&office, &mut tx, &me, &talk).await?;
    // The page is in sight: what it shows is read.
    if headers.get("x-live").is_some_and(|live| live == "seen") {
        read(&mut tx, &me, id).await?;
    }
    tx.commit().await?;
    let base = format!("/backoffice/{}/talks/{id}", me.id());
    Ok(Html(html! { template data-seen=(talk.replies) { (heading(&me, &talk, &base)) (side) } (messages(&office, &me, &entries)) }.into_string()))
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

fn messages(office: &Office, me: &Me, entries: &[Entry]) -> Markup {
    let day_of = |entry: &Entry| show::day(entry.at, me.city.zone);
    html! {
        @for (n, entry) in entries.iter().enumerate() {
            @let before = n.checked_sub(1).and_then(|n| entries.get(n)).map(day_of);
            @let day = day_of(entry);
            @if before.as_ref() != Some(&day) { p.day { (day) } }
            (one(office, me, entry))
        }
    }
}

fn one(office: &Office, me: &Me, entry: &Entry) -> Markup {
    let time = entry.at.with_timezone(&me.city.zone).format("%-H:%M").to_string();
    let text = |text: &str| if me.staff.role.sees_personal_data() { show::words(text) } else { show::words(&show::masked(text)) };
    match &entry.kind {
        Kind::Act(what) => html! { p.act { (what) " " time { (time) } } },
        Kind::Note { author, text: note } => html! { article.note { h2 { (author) "のメモ（住民には見えません）" time { (time) } } (text(note)) } },
        Kind::Resident { content, understood } => html! {
            article.said.resident {
                h2 { "住民" time { (time) } }
                div.bubble {
                    @match content {
                        Content::Text { text: said } => (text(said)),
                        Content::Postback { value, label } => { (text(label.as_deref().unwrap_or(value))) p.small { "（ボタン）" } },
                        Content::Location { point, address, .. } => {
                            p { "位置情報 " @if me.staff.role.sees_personal_data() { (address.as_deref().unwrap_or_default()) } @else { "●●●●" } }
                            @if me.staff.role.sees_personal_data() { p { a rel="noreferrer" target="_blank" href={ "https://maps.gsi.go.jp/#17/" (point.lat) "/" (point.lng) "/" } { "地図で見る（地理院地図）" } } }
                        },
                        Content::Media { .. } => { p { "写真・ファイルを受け取りました" } },
                        Content::Sticker { keywords } => { p { "スタンプ" @if !keywords.is_empty() { "（" (keywords.join("、")) "）" } } },
                        Content::Dtmf { digits } => { p { "番号ボタン " (digits) } },
                        _ => { p { "（その他）" } },
                    }
                }
                @if let Some(understood) = understood { (meaning(office, me, understood)) }
            }
        },
        Kind::Machine { parts, delivery } => html! { article.said.machine { h2 { "自動応答" time { (time) } } div.bubble { @for one in parts { (part(&text, one)) } } (fared(*delivery)) } },
        Kind::Staff { author, parts, delivery } => html! { article.said.staff { h2 { (author) "（職員）" time { (time) } } div.bubble { @for one in parts { (part(&text, one)) } } (fared(*delivery)) } },
    }
}

/// What the machine understood and did.
fn meaning(office: &Office, me: &Me, understood: &Understood) -> Markup {
    let Some(intent) = &understood.intent else { return html! {} };
    let title = office.house.title(me.id(), intent).unwrap_or_else(|| intent.clone());
    html! {
        p.meaning {
            @if understood.missed { "分からなかった発言（近いもの：" (title) }
            @else { "理解：" (title) }
            @if let Some(confidence) = understood.confidence { " " (percent(confidence)) "%" }
            @if understood.missed { "）" }
            @if understood.silent { "・自動応答は止めています" }
        }
    }
}

fn percent(share: f32) -> String {
    format!("{:.0}", share * 100.0)
}

fn fared(delivery: Delivery) -> Markup {
    match delivery {
        Delivery::Done => html! {},
        Delivery::Waiting => html! { p.small.fared { "送信中" } },
        Delivery::Blocked => html! { p.small.fared.bad { "届いていません（ブロックされています）" } },
        Delivery::Failed => html! { p.small.fared.bad { "届いていません" } },
    }
}

fn part(text: &impl Fn(&str) -> Markup, part: &Part<String>) -> Markup {
    match part {
        Part::Text { text: said } | Part::Date { text: said, .. } => text(said),
        Part::Choices { text: said, choices } => html! { (text(said)) ul.choices { @for choice in choices { li { (choice.label) } } } },
        Part::Cards { text: said, cards } => html! {
            (text(said))
            @for card in cards {
                div.card { strong { (card.title) } @for line in &card.lines { p { (line) } } ul.choices { @for action in &card.actions { li { @match action { Action::Postback { label, .. } | Action::Link { label, .. } => (label) } } } } }
            }
        },
        Part::Place { text: said, address, .. } => html! { (text(said)) p { (address) } },
        Part::Image { text: said, .. } => html! { p { "［画像］" (said) } },
        Part::Link { text: said, label, url } => html! { (text(said)) p { (label) " " span.small { (url) } } },
        Part::Handoff { text: said, desk, phone, .. } => html! { (text(said)) p { (desk) @if let Some(phone) = phone { " " (phone) } } },
    }
}

fn answer(office: &Office, me: &Me, talk: &Talk, base: &str, canned: &[(String, String)]) -> Markup {
    if talk.blocked {
        return html! { div.answer { p.problem role="alert" { "この方は公式アカウントをブロックしています。返信は届きません。折り返しの電話番号があれば右の欄に出ます。" } (note_form(me, base)) } };
    }
    html! {
        div.answer {
            form.reply #reply method="post" action={ (base) "/reply" } {
                (page::token(me))
                input type="hidden" name="seen" value=(talk.replies);
                input type="hidden" name="form" value=(office.db.uuid());
                label.hidden for="text" { "住民への返信" }
                textarea #text name="text" rows="3" maxlength="2000" required placeholder={ "住民への返信（" (show::language(&talk.lang)) "で話しています）" } {}
                details.more {
                    summary { "選択肢を付ける" }
                    div.row { @for n in 1..=4 { input name="choice" maxlength="20" aria-label={ "選択肢" (n) } placeholder={ "選択肢" (n) }; } }
                }
                div.row {
                    select #canned aria-label="定型文を入れる" { option value="" { "定型文…" } @for (title, text) in canned { option value=(text) { (title) } } }
                    span.grow {}
                    button.main type="submit" { "返信する" kbd { "Ctrl+Enter" } }
                }
            }
            (note_form(me, base))
        }
    }
}

fn note_form(me: &Me, base: &str) -> Markup {
    html! {
        form.noteform #noteform method="post" action={ (base) "/note" } {
            (page::token(me))
            label.hidden for="note" { "メモ" }
            input #note name="text" maxlength="2000" required placeholder="職員どうしのメモ（住民には見えません）" autocomplete="off";
            button type="submit" { "メモを残す" }
        }
    }
}
