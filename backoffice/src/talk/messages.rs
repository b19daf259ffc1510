//! What was said, as staff read it.

use super::{history::{Delivery, Entry, Kind, Understood}, media::PICTURES};
use crate::{Office, door::Me, show};
use maud::{Markup, html};
use model::{Action, Content, Part};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Everything that was said, in order, day by day.
pub fn messages(office: &Office, me: &Me, entries: &[Entry], channels: &BTreeMap<Uuid, String>) -> Markup {
    let day_of = |entry: &Entry| show::day(entry.at, me.city.zone);
    html! {
        @for (n, entry) in entries.iter().enumerate() {
            @let before = n.checked_sub(1).and_then(|n| entries.get(n)).map(day_of);
            @let day = day_of(entry);
            @if before.as_ref() != Some(&day) { p.day { (day) } }
            @if let Some(channel) = channels.get(&entry.conversation) { p.from { span class={ "channel " (channel) } { (show::channel(channel)) } } }
            (one(office, me, entry))
        }
    }
}

fn one(office: &Office, me: &Me, entry: &Entry) -> Markup {
    let time = entry.at.with_timezone(&me.city.zone).format("%-H:%M").to_string();
    let base = format!("/backoffice/{}/talks/{}/media", me.id(), entry.conversation);
    let sees = me.staff.role.sees_personal_data();
    let text = |text: &str| if sees { show::words(text) } else { show::words(&crate::mask::masked(text)) };
    match &entry.kind {
        Kind::Act(what) => html! { p.act { (what) " " time { (time) } } },
        Kind::Note { author, text: note } => html! { article.note { h2 { (author) "のメモ（住民には見えません）" time { (time) } } (text(note)) } },
        Kind::Resident { personal: true, .. } if !sees => html! { article.said.resident { h2 { "住民" time { (time) } } div.bubble { p.small { "●●●●（手続きへの回答）" } } } },
        Kind::Machine { personal: true, .. } if !sees => html! { article.said.machine { h2 { "自動応答" time { (time) } } div.bubble { p.small { "手続きの案内（個人の情報を含むため表示しません）" } } } },
        Kind::Resident { content, understood, file, .. } => html! {
            article.said.resident {
                h2 { "住民" time { (time) } }
                div.bubble {
                    @match content {
                        Content::Text { text: said } => (text(said)),
                        Content::Postback { value, label } => { (text(label.as_deref().unwrap_or(value))) p.small { "（ボタン）" } },
                        Content::Location { point, address, .. } => {
                            p { "位置情報 " @if sees { (address.as_deref().unwrap_or_default()) } @else { "●●●●" } }
                            @if sees { p { a rel="noreferrer" target="_blank" href={ "https://maps.gsi.go.jp/#17/" (point.lat) "/" (point.lng) "/" } { "地図で見る（地理院地図）" } } }
                        },
                        Content::Media { .. } => (received(&base, entry.seq, file.as_deref(), sees)),
                        Content::Sticker { keywords } => { p { "スタンプ" @if !keywords.is_empty() { "（" (keywords.join("、")) "）" } } },
                        Content::Dtmf { digits } => { p { "番号ボタン " (digits) } },
                        _ => { p { "（その他）" } },
                    }
                }
                @if let Some(understood) = understood { (meaning(office, me, understood)) }
            }
        },
        Kind::Machine { parts, delivery, .. } => html! { article.said.machine { h2 { "自動応答" time { (time) } } div.bubble { @for one in parts { (part(&text, one)) } } (fared(*delivery)) } },
        Kind::Staff { author, parts, delivery } => html! { article.said.staff { h2 { (author) "（職員）" time { (time) } } div.bubble { @for one in parts { (part(&text, one)) } } (fared(*delivery)) } },
    }
}

fn received(base: &str, seq: i64, file: Option<&str>, sees: bool) -> Markup {
    let address = format!("{base}/{seq}");
    html! {
        @match file {
            _ if !sees => p { "写真・ファイルを受け取りました（この権限では表示しません）" },
            Some(kind) if PICTURES.contains(&kind) => a href=(address) target="_blank" { img.photo src=(address) alt="住民から届いた写真" loading="lazy"; },
            Some(_) => p { a href=(address) { "受け取ったファイルを開く" } },
            None => p { "写真・ファイルを受け取りました（取り寄せています）" },
        }
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
