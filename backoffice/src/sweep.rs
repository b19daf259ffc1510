//! What time brings about: by when an answer is due, who is warned, what returns to the machine. Called again and again;
//! any number of processes may do so.

use crate::{Change, Office, hub};
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use model::{CityId, Closing, Content, ConversationId, Hours, StaffAct};
use store::{CityTx, StoreError};
use uuid::Uuid;

/// A talk with staff in which nobody has written for so long returns to the machine.
const SILENCE: TimeDelta = TimeDelta::hours(24);
/// Those at the desk are warned so long before an answer is due (of the clock's time).
pub const WARNED_BEFORE: TimeDelta = TimeDelta::minutes(10);
/// Conversations looked at in one go.
const BATCH: i64 = 200;

/// One round over all cities.
pub async fn sweep(office: &Office) -> Result<(), StoreError> {
    for city in office.house.cities() {
        let now = office.clock.now();
        let mut tx = office.db.city(&city.id).await?;
        let mut changed = due(&mut tx, &city.id, city.zone).await?;
        changed.extend(warn(office, &mut tx, &city.id, now).await?);
        let returned = give_back(office, &mut tx, &city.id, now).await?;
        tx.commit().await?;
        if !returned.is_empty() {
            (office.ring)();
        }
        for conversation in changed.into_iter().chain(returned) {
            hub::announce(&office.db, &Change::of(&city.id, ConversationId(conversation))).await?;
        }
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Waiting {
    conversation_id: Uuid,
    waiting_since: DateTime<Utc>,
    hours: Option<String>,
    minutes: i32,
}

/// Works out by when an answer is due: the desk's promise, counted in its opening hours.
async fn due(tx: &mut CityTx, city: &CityId, zone: chrono_tz::Tz) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Waiting> = sqlx::query_as(
        "SELECT t.conversation_id, t.waiting_since, d.hours, CASE WHEN t.replies = 0 THEN COALESCE(p.first_minutes, 30) ELSE COALESCE(p.next_minutes, 60) END AS minutes
         FROM thread t LEFT JOIN desk d ON d.city_id = t.city_id AND d.desk_id = t.desk_id LEFT JOIN desk_promise p ON p.city_id = t.city_id AND p.desk_id = t.desk_id
         WHERE t.city_id = $1 AND t.waiting_since IS NOT NULL AND t.due_at IS NULL AND t.mode <> 'machine' LIMIT $2",
    )
    .bind(city.as_str())
    .bind(BATCH)
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        let hours = row.hours.as_deref().and_then(|hours| Hours::parse(hours, "祝日; 年末年始(12/29-1/3)").ok()).unwrap_or_default();
        let since = row.waiting_since.with_timezone(&zone).naive_local();
        let minutes = u32::try_from(row.minutes).unwrap_or(30);
        let due = hours.after(since, minutes).and_then(|due| zone.from_local_datetime(&due).earliest()).map(|due| due.to_utc());
        // A desk without hours: the minutes of the clock.
        let due = due.unwrap_or(row.waiting_since + TimeDelta::minutes(i64::from(minutes)));
        sqlx::query("UPDATE thread SET due_at = $3 WHERE city_id = $1 AND conversation_id = $2 AND waiting_since = $4")
            .bind(city.as_str())
            .bind(row.conversation_id)
            .bind(due)
            .bind(row.waiting_since)
            .execute(&mut **tx)
            .await?;
    }
    Ok(rows.into_iter().map(|row| row.conversation_id).collect())
}

/// Warns before it is late (the list shows it), and tells the desk's head when it is.
async fn warn(office: &Office, tx: &mut CityTx, city: &CityId, now: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
    let soon: Vec<Uuid> = sqlx::query_scalar(
        "UPDATE thread SET warned = 1 WHERE city_id = $1 AND waiting_since IS NOT NULL AND warned = 0 AND due_at <= $2 AND due_at > $3 RETURNING conversation_id",
    )
    .bind(city.as_str())
    .bind(now + WARNED_BEFORE)
    .bind(now)
    .fetch_all(&mut **tx)
    .await?;
    let late: Vec<(Uuid, Option<String>)> = sqlx::query_as(
        "UPDATE thread SET warned = 2 WHERE city_id = $1 AND waiting_since IS NOT NULL AND warned < 2 AND due_at <= $2 RETURNING conversation_id, desk_id",
    )
    .bind(city.as_str())
    .bind(now)
    .fetch_all(&mut **tx)
    .await?;
    for (conversation, desk) in &late {
        // The desk's head; where none is named, the administrators.
        let heads: Vec<Uuid> = sqlx::query_scalar(
            "SELECT staff_id FROM staff WHERE city_id = $1 AND disabled_at IS NULL AND
                 CASE WHEN (SELECT head FROM desk_promise WHERE city_id = $1 AND desk_id = $2) IS NULL THEN role = 'administrator'
                      ELSE staff_id = (SELECT head FROM desk_promise WHERE city_id = $1 AND desk_id = $2) END",
        )
        .bind(city.as_str())
        .bind(desk)
        .fetch_all(&mut **tx)
        .await?;
        for head in heads {
            sqlx::query("INSERT INTO staff_notice (city_id, notice_id, staff_id, conversation_id, at) VALUES ($1, $2, $3, $4, $5)")
                .bind(city.as_str())
                .bind(office.db.uuid())
                .bind(head)
                .bind(conversation)
                .bind(now)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(soon.into_iter().chain(late.into_iter().map(|(conversation, _)| conversation)).collect())
}

/// A person had it, nobody owes an answer, and nobody has written for long.
async fn give_back(office: &Office, tx: &mut CityTx, city: &CityId, now: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
    let quiet: Vec<(Uuid, DateTime<Utc>)> = sqlx::query_as(
        "SELECT conversation_id, talked_at FROM thread WHERE city_id = $1 AND mode = 'staff' AND waiting_since IS NULL AND talked_at <= $2 LIMIT $3 FOR UPDATE SKIP LOCKED",
    )
    .bind(city.as_str())
    .bind(now - SILENCE)
    .bind(BATCH)
    .fetch_all(&mut **tx)
    .await?;
    for (conversation, talked_at) in &quiet {
        let id = ConversationId(*conversation);
        if store::give_back(tx, city, id, "silence", now).await? {
            let said = StaffAct::Close { why: Closing::Silence, ask_score: false };
            store::enqueue_internal(&office.db, tx, city, id, &format!("staff:{conversation}:{}", talked_at.timestamp_millis()), now, &Content::Staff { act: said }).await?;
        }
    }
    Ok(quiet.into_iter().map(|(conversation, _)| conversation).collect())
}
