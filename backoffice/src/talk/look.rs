//! The second look at a person under protection: a page in between, a reason, a line in the record.

use super::Talk;
use crate::{Office, audit, door::Me, error::Refusal, page, post::Posted};
use axum::{
    extract::{Path, State},
    response::{Html, Redirect},
};
use chrono::TimeDelta;
use maud::html;
use uuid::Uuid;

/// A reason is good for so long.
const GOOD: TimeDelta = TimeDelta::minutes(15);

const REASONS: [(&str, &str); 4] =
    [("self", "ご本人からの問い合わせに答えるため"), ("case", "担当している支援のため"), ("order", "上司の指示による確認のため"), ("emergency", "命や体の安全を守るため")];

pub fn question(me: &Me, talk: &Talk) -> Html<String> {
    let base = format!("/backoffice/{}/talks/{}", me.id(), talk.conversation_id);
    page::of(me, page::Room::Inbox, "保護対象の方", &html! {
        main.narrow {
            h1 { "保護対象の方の会話です" }
            p { "居所などを、ご本人以外に伝えてはいけません。ご本人かどうか分からないときは、返信せずに担当課へつないでください。" }
            @if me.staff.role.sees_personal_data() {
                p { "開く理由を選んでください。理由と開いたことは記録に残り、15分間だけ表示します。" }
                form.stack.box method="post" action={ (base) "/look" } {
                    (page::token(me))
                    fieldset { legend { "開く理由" } @for (value, label) in REASONS { label.check { input type="radio" name="reason" value=(value) required; (label) } } }
                    div.row { button.main type="submit" { "確認して開く" } a.button.quiet href={ "/backoffice/" (me.id()) } { "戻る" } }
                }
            } @else {
                p { "この権限では開けません。" }
                p { a.button.quiet href={ "/backoffice/" (me.id()) } { "戻る" } }
            }
        }
    })
}

pub async fn look(State(office): State<Office>, Path((_, id)): Path<(String, Uuid)>, posted: Posted) -> Result<Redirect, Refusal> {
    let (me, now) = (&posted.me, office.clock.now());
    let mut tx = office.db.city(me.id()).await?;
    let talk = Talk::find(&mut tx, me, id, now).await?;
    if !me.staff.role.sees_personal_data() {
        return Err(Refusal::NotFound);
    }
    let (reason, _) = REASONS.iter().find(|(value, _)| *value == posted.get("reason")).ok_or(Refusal::Bad("開く理由を選んでください。"))?;
    sqlx::query("INSERT INTO staff_look (city_id, staff_id, conversation_id, until) VALUES ($1, $2, $3, $4) ON CONFLICT (city_id, staff_id, conversation_id) DO UPDATE SET until = $4")
        .bind(me.id().as_str())
        .bind(me.staff.id)
        .bind(talk.conversation_id)
        .bind(now + GOOD)
        .execute(&mut *tx)
        .await?;
    audit::of(&office.db, &mut tx, me, now, "talk.look", &id.to_string(), reason).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/backoffice/{}/talks/{id}", me.id())))
}
