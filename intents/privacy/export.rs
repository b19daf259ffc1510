//! A copy of what is kept of a conversation, to be read by its resident.

use crate::{Context, ServiceError};
use chrono::{DateTime, Utc};
use model::{Content, Part, Reply};
use sqlx::types::Json;
use std::{collections::BTreeMap, fmt::Write};

/// When, number, room, from, to, state, what was told of the one who booked.
type Booked = (DateTime<Utc>, String, String, DateTime<Utc>, DateTime<Utc>, String, Option<Vec<u8>>);
type Said = (DateTime<Utc>, Option<Json<Content>>, Option<Json<Reply>>);

/// Japanese, with the headings in English as well: everything else is the resident's own words.
pub(super) async fn text(context: &mut Context<'_>) -> Result<String, ServiceError> {
    let (city, conversation, zone) = (context.city.id.as_str().to_owned(), context.conversation, context.city.zone);
    let at = |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
    let mut out = format!("{} 窓口案内に保存されている、この会話の情報 / What is kept of this conversation\n{}\n", context.city.name, at(context.now.to_utc()));
    let said: Vec<Said> = sqlx::query_as(
        "SELECT arrived_at, content, NULL::jsonb FROM inbox WHERE city_id = $1 AND conversation_id = $2
         UNION ALL SELECT created_at, NULL, reply FROM outbox WHERE city_id = $1 AND conversation_id = $2 ORDER BY 1",
    )
    .bind(&city)
    .bind(conversation.0)
    .fetch_all(&mut *context.tx)
    .await?;
    heading(&mut out, "やりとり / Messages");
    for (when, content, reply) in &said {
        if let Some(words) = content.as_ref().and_then(|content| own(&content.0)) {
            line(&mut out, &format!("{} あなた / you: {words}", at(*when)));
        }
        for words in reply.iter().flat_map(|reply| reply.0.parts.iter().map(told)) {
            line(&mut out, &format!("{} 窓口 / counter: {words}", at(*when)));
        }
    }
    heading(&mut out, "提出した手続き / Applications");
    let handed_in: Vec<(DateTime<Utc>, String, String, Vec<u8>)> =
        sqlx::query_as("SELECT created_at, receipt, procedure_id, sealed FROM submission WHERE city_id = $1 AND conversation_id = $2 ORDER BY created_at").bind(&city).bind(conversation.0).fetch_all(&mut *context.tx).await?;
    for (when, receipt, procedure, sealed) in handed_in {
        line(&mut out, &format!("{} {receipt} {procedure}", at(when)));
        sealed_answers(context, &mut out, &sealed, "submission").await?;
    }
    heading(&mut out, "折り返しの電話 / Calls asked for");
    let calls: Vec<(DateTime<Utc>, String, Vec<u8>)> =
        sqlx::query_as("SELECT created_at, receipt, sealed FROM callback_request WHERE city_id = $1 AND conversation_id = $2 ORDER BY created_at").bind(&city).bind(conversation.0).fetch_all(&mut *context.tx).await?;
    for (when, receipt, sealed) in calls {
        line(&mut out, &format!("{} {receipt}", at(when)));
        sealed_answers(context, &mut out, &sealed, "callback").await?;
    }
    heading(&mut out, "予約 / Bookings");
    let booked: Vec<Booked> = sqlx::query_as("SELECT created_at, number, room_id, from_at, to_at, state, sealed FROM booking WHERE city_id = $1 AND conversation_id = $2 ORDER BY created_at")
        .bind(&city)
        .bind(conversation.0)
        .fetch_all(&mut *context.tx)
        .await?;
    for (when, number, room, from, to, state, sealed) in booked {
        line(&mut out, &format!("{} {number} {room} {} – {} {state}", at(when), at(from), at(to)));
        if let Some(sealed) = sealed {
            sealed_answers(context, &mut out, &sealed, "booking").await?;
        }
    }
    heading(&mut out, "支払い / Payments");
    let bills: Vec<(DateTime<Utc>, String, String, i64, String, i64)> =
        sqlx::query_as("SELECT created_at, number, title, total, state, refunded FROM bill WHERE city_id = $1 AND conversation_id = $2 ORDER BY created_at").bind(&city).bind(conversation.0).fetch_all(&mut *context.tx).await?;
    for (when, number, title, total, state, refunded) in bills {
        line(&mut out, &format!("{} {number} {title} {total}円 {state}", at(when)));
        if refunded > 0 {
            line(&mut out, &format!("    返金 / refunded: {refunded}円"));
        }
    }
    let accounts: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT r.sealed FROM refund r JOIN bill b ON b.city_id = r.city_id AND b.bill_id = r.bill_id WHERE r.city_id = $1 AND b.conversation_id = $2 AND r.sealed IS NOT NULL ORDER BY r.asked_at",
    )
    .bind(&city)
    .bind(conversation.0)
    .fetch_all(&mut *context.tx)
    .await?;
    for sealed in accounts {
        sealed_answers(context, &mut out, &sealed, "refund").await?;
    }
    heading(&mut out, "商品券 / Vouchers");
    let purses: Vec<(String, i32, i64)> = sqlx::query_as(
        "SELECT v.campaign_id, v.bought, v.balance FROM voucher_purse v JOIN conversation c ON c.city_id = v.city_id AND c.contact_id = v.contact_id WHERE v.city_id = $1 AND c.conversation_id = $2 ORDER BY 1",
    )
    .bind(&city)
    .bind(conversation.0)
    .fetch_all(&mut *context.tx)
    .await?;
    for (campaign, bought, balance) in purses {
        line(&mut out, &format!("{campaign}: {bought}冊 / 残高 {balance}円"));
    }
    heading(&mut out, "写真・ファイル / Photos and files");
    let files: Vec<(DateTime<Utc>, String)> =
        sqlx::query_as("SELECT created_at, name FROM file WHERE city_id = $1 AND conversation_id = $2 AND kind <> 'export' ORDER BY created_at").bind(&city).bind(conversation.0).fetch_all(&mut *context.tx).await?;
    for (when, name) in files {
        line(&mut out, &format!("{} {name}", at(when)));
    }
    Ok(out)
}

async fn sealed_answers(context: &mut Context<'_>, out: &mut String, sealed: &[u8], place: &str) -> Result<(), ServiceError> {
    let plain = store::open_for_conversation(context.db, context.tx, &context.city.id, context.conversation, sealed, place).await?;
    let answers: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&plain).map_err(store::StoreError::from)?;
    for (name, value) in answers {
        line(out, &format!("    {name}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
    Ok(())
}

fn heading(out: &mut String, words: &str) {
    line(out, &format!("\n■ {words}"));
}

fn line(out: &mut String, words: &str) {
    // Writing to memory does not fail.
    let _ = writeln!(out, "{}", words.replace('\n', "\n        "));
}

fn own(content: &Content) -> Option<String> {
    Some(match content {
        Content::Text { text } => text.clone(),
        Content::Postback { value, label } => label.clone().unwrap_or_else(|| value.clone()),
        Content::Location { point, address, .. } => format!("{:.5}, {:.5} {}", point.lat, point.lng, address.as_deref().unwrap_or_default()),
        Content::Media { .. } => "（写真・ファイル）".to_owned(),
        Content::Sticker { .. } => "（スタンプ）".to_owned(),
        Content::Dtmf { digits } => digits.clone(),
        _ => return None,
    })
}

fn told(part: &Part<String>) -> &str {
    match part {
        Part::Text { text }
        | Part::Choices { text, .. }
        | Part::Cards { text, .. }
        | Part::Place { text, .. }
        | Part::Date { text, .. }
        | Part::Image { text, .. }
        | Part::Link { text, .. }
        | Part::Handoff { text, .. } => text,
    }
}
