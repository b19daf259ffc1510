//! Calls that residents asked for: a list of cases, each closed with what came of it, which the resident hears.

use crate::{Office, door::Me, error::Refusal, page, post::Posted, show, talk::{Act, author}};
use axum::{
    extract::{Path, State},
    response::{Html, Redirect},
};
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use model::{CallResult, Content, ConversationId, StaffAct};
use serde::Deserialize;
use store::CityTx;
use uuid::Uuid;

/// What was sealed.
#[derive(Deserialize)]
pub struct Wish {
    pub topic: String,
    pub phone: String,
}

#[derive(sqlx::FromRow)]
pub struct Row {
    pub conversation_id: Uuid,
    pub receipt: String,
    pub wanted: String,
    sealed: Vec<u8>,
    pub created_at: DateTime<Utc>,
    pub desk: Option<String>,
    pub protected: bool,
}

/// Open ones, oldest first; of one conversation, or of all that this person may see.
pub async fn open(tx: &mut CityTx, me: &Me, conversation: Option<Uuid>) -> Result<Vec<Row>, Refusal> {
    Ok(sqlx::query_as(
        "SELECT r.conversation_id, r.receipt, r.wanted, r.sealed, r.created_at, d.name AS desk, t.protected FROM callback_request r
         JOIN thread t ON t.city_id = r.city_id AND t.conversation_id = r.conversation_id LEFT JOIN desk d ON d.city_id = t.city_id AND d.desk_id = t.desk_id
         WHERE r.city_id = $1 AND ($2::text[] = '{}' OR t.desk_id = ANY($2)) AND ($3::uuid IS NULL OR r.conversation_id = $3) AND r.closed_at IS NULL AND r.withdrawn_at IS NULL
         ORDER BY r.created_at LIMIT 200",
    )
    .bind(me.id().as_str())
    .bind(me.desks())
    .bind(conversation)
    .fetch_all(&mut **tx)
    .await?)
}

/// Number and topic, for those who may see them.
pub async fn read(office: &Office, tx: &mut CityTx, me: &Me, row: &Row) -> Result<Option<Wish>, Refusal> {
    if !me.staff.role.sees_personal_data() {
        return Ok(None);
    }
    let plain = store::open_for_conversation(&office.db, tx, me.id(), ConversationId(row.conversation_id), &row.sealed, "callback").await?;
    Ok(serde_json::from_slice(&plain).ok())
}

pub fn when(wanted: &str) -> &'static str {
    match wanted {
        "morning" => "午前",
        "afternoon" => "午後",
        _ => "いつでも",
    }
}

/// How it ended; without a result nothing is closed.
pub fn closing(me: &Me, row: &Row) -> Markup {
    html! {
        form.inline method="post" action={ "/backoffice/" (me.id()) "/talks/" (row.conversation_id) "/called" } {
            (page::token(me))
            input type="hidden" name="receipt" value=(row.receipt);
            select name="result" aria-label={ (row.receipt) "の結果" } { option value="talked" { "電話で話した" } option value="absent" { "出なかった（時間を聞く）" } option value="written" { "会話で答えた" } }
            button type="submit" { "終える" }
        }
    }
}

pub async fn page(State(office): State<Office>, me: Me) -> Result<Html<String>, Refusal> {
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let rows = open(&mut tx, &me, None).await?;
    let mut shown = Vec::new();
    for row in rows {
        // In a list a number is shown in part; nothing of a person under protection.
        let wish = if row.protected { None } else { read(&office, &mut tx, &me, &row).await? };
        shown.push((row, wish));
    }
    tx.commit().await?;
    let body = html! {
        main.sheet {
            h1 { "折り返しの電話" }
            @if shown.is_empty() { p.nothing { "待っている方はいません。" } }
            @else {
                table {
                    thead { tr { th { "受付番号" } th { "受付" } th { "希望" } th { "課" } th { "用件" } th { "電話" } th { "結果" } } }
                    tbody { @for (row, wish) in &shown { tr {
                        td { a href={ "/backoffice/" (me.id()) "/talks/" (row.conversation_id) } { (row.receipt) } } td { (show::moment(row.created_at, now, me.city.zone)) } td { (when(&row.wanted)) } td { (row.desk.as_deref().unwrap_or("–")) }
                        td { @match wish { Some(wish) => { (crate::mask::masked(&wish.topic)) }, None => { @if row.protected { "保護対象の方" } @else { "●●●●" } } } }
                        td { @match wish { Some(wish) => { (tail(&wish.phone)) }, None => { "●●●●" } } }
                        td { @if me.staff.role.talks() && !row.protected { (closing(&me, row)) } }
                    } } }
                }
                p.small { "電話番号は、会話を開くと全部見えます。" }
            }
        }
    };
    Ok(page::of(&me, page::Room::Callbacks, "折り返しの電話", &body))
}

/// The last digits, by which somebody knows it again.
fn tail(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    format!("●●●●{}", digits[digits.len().saturating_sub(3)..].iter().collect::<String>())
}

pub async fn called(State(office): State<Office>, Path((city, id)): Path<(String, Uuid)>, posted: Posted) -> Result<Redirect, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    let (receipt, now) = (posted.text("receipt", 20)?, office.clock.now());
    let result = match posted.get("result") {
        "talked" => CallResult::Talked,
        "absent" => CallResult::Absent,
        "written" => CallResult::Written,
        _ => return Err(Refusal::Bad("結果を選んでください。")),
    };
    // Nobody answered: the wish stays open, and the resident is asked when.
    let closes = result != CallResult::Absent;
    let done = sqlx::query("UPDATE callback_request SET closed_at = CASE WHEN $5 THEN $4::timestamptz END, result = $6 WHERE city_id = $1 AND conversation_id = $2 AND receipt = $3 AND closed_at IS NULL AND withdrawn_at IS NULL")
        .bind(act.me.id().as_str())
        .bind(id)
        .bind(&receipt)
        .bind(now)
        .bind(closes)
        .bind(posted.get("result"))
        .execute(&mut *act.tx)
        .await?;
    if done.rows_affected() == 0 {
        return Err(Refusal::Bad("その受付は、もう終わっているか、取り下げられています。"));
    }
    let said = StaffAct::CalledBack { author: author(&act), receipt: receipt.clone(), result };
    let conversation = act.conversation();
    store::enqueue_internal(&office.db, &mut act.tx, act.me.id(), conversation, &format!("staff:{}", office.db.uuid()), now, &Content::Staff { act: said }).await?;
    let me = act.me.clone();
    act.finish("callback.close", &format!("{receipt} {}", posted.get("result"))).await?;
    (office.ring)();
    Ok(Redirect::to(&format!("/backoffice/{}/callbacks", me.id())))
}
