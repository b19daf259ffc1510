//! Who has the conversation: taken, given to a colleague or a desk, given back to the machine.

use super::{act::{Act, back}, reply::author};
use crate::{Office, error::Refusal, post::Posted};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use model::{Closing, Content, StaffAct};
use store::{Wanted, Wish};
use uuid::Uuid;

type At = Path<(String, Uuid)>;

/// Takes it over: from now on the machine is silent, and the resident hears who is there.
pub async fn take(State(office): State<Office>, Path((city, id)): At, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    if act.talk.assignee == Some(act.me.staff.id) && act.talk.mode == "staff" {
        return Ok(back(&headers, act.me, id));
    }
    let (now, conversation) = (office.clock.now(), act.conversation());
    if act.talk.mode == "machine" {
        let wish = Wish { reason: Wanted::Staff, desk: act.talk.desk_id.as_deref(), now };
        store::want_person(&mut act.tx, act.me.id(), conversation, office.db.uuid(), wish).await?;
    }
    sqlx::query("UPDATE thread SET mode = 'staff', assignee = $3, talked_at = $4, snoozed_until = NULL WHERE city_id = $1 AND conversation_id = $2")
        .bind(act.me.id().as_str())
        .bind(id)
        .bind(act.me.staff.id)
        .bind(now)
        .execute(&mut *act.tx)
        .await?;
    let said = StaffAct::TakeOver { author: author(&act) };
    say(&mut act, said).await?;
    end(act, &headers, "talk.take", "").await
}

/// Gives it to a colleague who may see it. The resident hears nothing.
pub async fn assign(State(office): State<Office>, Path((city, id)): At, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    let to = posted.get("staff").parse::<Uuid>().ok();
    if let Some(to) = to {
        let fits: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM staff WHERE city_id = $1 AND staff_id = $2 AND disabled_at IS NULL AND role <> 'viewer' AND (desks = '{}' OR $3 = ANY(desks)))",
        )
        .bind(act.me.id().as_str())
        .bind(to)
        .bind(&act.talk.desk_id)
        .fetch_one(&mut *act.tx)
        .await?;
        if !fits {
            return Err(Refusal::Bad("その職員はこの課の担当ではありません。"));
        }
    }
    sqlx::query("UPDATE thread SET assignee = $3 WHERE city_id = $1 AND conversation_id = $2").bind(act.me.id().as_str()).bind(id).bind(to).execute(&mut *act.tx).await?;
    end(act, &headers, "talk.assign", &to.map(|to| to.to_string()).unwrap_or_default()).await
}

/// Passes it to another desk; who is not of that desk sees it no longer.
pub async fn transfer(State(office): State<Office>, Path((city, id)): At, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    let desk = posted.get("desk").to_owned();
    let name: Option<String> = sqlx::query_scalar("SELECT name FROM desk WHERE city_id = $1 AND desk_id = $2").bind(act.me.id().as_str()).bind(&desk).fetch_optional(&mut *act.tx).await?;
    let name = name.ok_or(Refusal::Bad("その課はありません。"))?;
    let (now, conversation) = (office.clock.now(), act.conversation());
    let wish = Wish { reason: Wanted::Staff, desk: Some(&desk), now };
    store::want_person(&mut act.tx, act.me.id(), conversation, office.db.uuid(), wish).await?;
    sqlx::query(
        "UPDATE thread SET desk_id = $3, assignee = NULL, waiting_since = COALESCE(waiting_since, $4), due_at = NULL, warned = 0, talked_at = $4
         WHERE city_id = $1 AND conversation_id = $2",
    )
    .bind(act.me.id().as_str())
    .bind(id)
    .bind(&desk)
    .bind(now)
    .execute(&mut *act.tx)
    .await?;
    let said = StaffAct::Transfer { author: author(&act), desk: name };
    say(&mut act, said).await?;
    let mine = act.me.desks().is_empty() || act.me.desks().contains(&desk);
    let me = act.me.clone();
    let done = end(act, &headers, "talk.transfer", &desk).await?;
    // Whoever passed it away is back at the list.
    Ok(if mine { done } else { axum::response::IntoResponse::into_response(axum::response::Redirect::to(&format!("/backoffice/{}", me.id()))) })
}

/// Done: the machine has it again, says so, offers what was begun before, and asks how it was.
pub async fn close(State(office): State<Office>, Path((city, id)): At, headers: HeaderMap, posted: Posted) -> Result<Response, Refusal> {
    let mut act = Act::begin(&office, &posted, &city, id).await?;
    let (now, conversation) = (office.clock.now(), act.conversation());
    let talked = act.talk.mode == "staff";
    if store::give_back(&mut act.tx, act.me.id(), conversation, "staff", now).await? && talked {
        say(&mut act, StaffAct::Close { why: Closing::Staff, ask_score: true }).await?;
    }
    end(act, &headers, "talk.close", "").await
}

async fn say(act: &mut Act<'_>, said: StaffAct) -> Result<(), Refusal> {
    let (now, conversation, id) = (act.office.clock.now(), act.conversation(), act.office.db.uuid().to_string());
    store::enqueue_internal(&act.office.db, &mut act.tx, act.me.id(), conversation, &format!("staff:{id}"), now, &Content::Staff { act: said }).await?;
    Ok(())
}

async fn end(act: Act<'_>, headers: &HeaderMap, action: &str, detail: &str) -> Result<Response, Refusal> {
    let (office, me, id) = (act.office.clone(), act.me.clone(), act.talk.conversation_id);
    act.finish(action, detail).await?;
    (office.ring)();
    Ok(back(headers, &me, id))
}
