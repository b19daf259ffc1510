//! A member of staff answers.

use super::act::{Act, back};
use crate::{Office, error::Refusal, post::Posted};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use model::{Author, Choice, Content, Part, Postback, StaffAct};
use store::{FileKind, NewFile};
use uuid::Uuid;

/// The longest reply in characters: what every channel carries in one message, less the signature.
const LONGEST: usize = 2_000;
/// A file, in bytes, and the whole form with it.
const FILE: usize = 10 << 20;
pub const LARGEST: usize = FILE + (1 << 20);
/// A link to a file opens for so long.
const LINK: TimeDelta = TimeDelta::days(14);

pub async fn reply(State(office): State<Office>, Path((city, id)): Path<(String, Uuid)>, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    let text = filled(&posted.text("text", LONGEST)?, &act);
    if text.is_empty() {
        return Err(Refusal::Bad("返信が空です。"));
    }
    if act.talk.blocked {
        return Err(Refusal::Bad("この方は公式アカウントをブロックしているため、返信は届きません。電話など、ほかの方法で連絡してください。"));
    }
    let seen: i32 = posted.get("seen").parse().map_err(|_| Refusal::Bad("画面が古くなっています。読み込み直してください。"))?;
    let form = posted.get("form").parse::<Uuid>().map_err(|_| Refusal::Bad("画面が古くなっています。読み込み直してください。"))?;
    let now = office.clock.now();
    // The row decides between two who answer at once: the second one had not seen the first one's reply.
    let won = sqlx::query(
        "UPDATE thread SET replies = replies + 1, mode = 'staff', assignee = COALESCE(assignee, $4), waiting_since = NULL, due_at = NULL, warned = 0, unread = 0,
             snoozed_until = NULL, talked_at = $5, handover_id = COALESCE(handover_id, $6)
         WHERE city_id = $1 AND conversation_id = $2 AND replies = $3",
    )
    .bind(act.me.id().as_str())
    .bind(id)
    .bind(seen)
    .bind(act.me.staff.id)
    .bind(now)
    .bind(office.db.uuid())
    .execute(&mut *act.tx)
    .await?;
    if won.rows_affected() == 0 {
        let same: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM inbox WHERE city_id = $1 AND channel = $2 AND platform_id = $3)")
            .bind(act.me.id().as_str())
            .bind(&act.talk.channel)
            .bind(format!("staff:{form}"))
            .fetch_one(&mut *act.tx)
            .await?;
        if same {
            // The same click twice.
            return Ok(back(&headers, act.me, id));
        }
        return Ok(overtaken());
    }
    sqlx::query(
        "INSERT INTO handover (city_id, handover_id, conversation_id, reason, desk_id, opened_at, answered_at)
         SELECT $1, handover_id, $2, 'staff', desk_id, $3, $3 FROM thread WHERE city_id = $1 AND conversation_id = $2
         ON CONFLICT (city_id, handover_id) DO UPDATE SET answered_at = COALESCE(handover.answered_at, $3)",
    )
    .bind(act.me.id().as_str())
    .bind(id)
    .bind(now)
    .execute(&mut *act.tx)
    .await?;
    let mut parts = vec![part(text, &posted)];
    parts.extend(file(&mut act, &posted).await?);
    parts.extend(offer(&act, &posted)?);
    let said = StaffAct::Reply { author: author(&act), parts };
    let conversation = act.conversation();
    store::enqueue_internal(&office.db, &mut act.tx, act.me.id(), conversation, &format!("staff:{form}"), now, &Content::Staff { act: said }).await?;
    let me = act.me.clone();
    act.finish("talk.reply", "").await?;
    (office.ring)();
    Ok(back(&headers, &me, id))
}

/// The file that goes out behind a link.
async fn file(act: &mut Act<'_>, posted: &Posted) -> Result<Option<Part<String>>, Refusal> {
    let Some(file) = &posted.file else { return Ok(None) };
    if file.bytes.len() > FILE {
        return Err(Refusal::Bad("ファイルは10MBまでです。"));
    }
    let name: String = file.name.chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\' | '"')).take(80).collect();
    let kind = file_type(&name).ok_or(Refusal::Bad("送れるファイルは、PDF、画像、Word、Excel、CSV、テキストです。"))?;
    let (office, now, conversation) = (act.office, act.office.clock.now(), act.conversation());
    let new = NewFile { kind: FileKind::Sent { until: now + LINK }, name: &name, content_type: kind, bytes: &file.bytes, author: Some(act.me.staff.id), now };
    let token = store::put_file(&office.db, &mut act.tx, act.me.id(), conversation, new).await?.unwrap_or_default();
    let url = format!("{}/files/{}/{token}", office.public_url, act.me.id());
    Ok(Some(Part::Link { text: format!("📎 {name}"), label: "ファイルを開く".to_owned(), url }))
}

/// By the end of its name: what a resident's device opens.
fn file_type(name: &str) -> Option<&'static str> {
    let (_, end) = name.rsplit_once('.')?;
    Some(match end.to_lowercase().as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv" => "text/csv; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// A form to begin with a tap; the machine then goes through it with the resident.
fn offer(act: &Act<'_>, posted: &Posted) -> Result<Option<Part<String>>, Refusal> {
    let wanted = posted.get("offer");
    if wanted.is_empty() {
        return Ok(None);
    }
    let forms = act.office.house.forms(act.me.id());
    let (id, title) = forms.into_iter().find(|(id, _)| id == wanted).ok_or(Refusal::Bad("その手続きはありません。"))?;
    let tap = Postback::begin(&id).given("by", "staff").to_string();
    Ok(Some(Part::Choices { text: format!("▶ {title}"), choices: vec![Choice { label: title, value: tap }] }))
}

/// Lines that begin with ・ in the field of choices are offered to be tapped.
fn part(text: String, posted: &Posted) -> Part<String> {
    let choices: Vec<Choice<String>> = posted
        .all("choice")
        .map(|label| label.trim().chars().take(20).collect::<String>())
        .filter(|label| !label.is_empty())
        .take(4)
        // What is tapped comes back as words: whoever has the conversation then reads them.
        .map(|label| Choice { value: label.clone(), label })
        .collect();
    if choices.is_empty() { Part::Text { text } } else { Part::Choices { text, choices } }
}

/// Puts in what canned replies leave open.
fn filled(text: &str, act: &Act<'_>) -> String {
    text.replace("{name}", &act.me.staff.name).replace("{desk}", act.talk.desk.as_deref().unwrap_or(&act.me.city.name)).replace("{city}", &act.me.city.name)
}

pub fn author(act: &Act<'_>) -> Author {
    Author { staff: act.me.staff.id, name: act.me.staff.name.clone(), desk: act.talk.desk.clone().unwrap_or_else(|| act.me.city.name.clone()) }
}

fn overtaken() -> Response {
    let words = "ほかの職員が先に返信しました。あなたの返信は送っていません。やりとりを読み直してから送ってください。";
    let body = maud::html! { main.narrow { h1 { "先に返信がありました" } p role="alert" { (words) } p { "書いた文は、前の画面に戻ると残っています。" } } };
    (StatusCode::CONFLICT, crate::page::bare("先に返信がありました", &body)).into_response()
}
