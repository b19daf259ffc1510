use super::{Drawer, Wanted, find};
use crate::{error::Refusal, door::Me};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// A line of the list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Item {
    pub conversation_id: Uuid,
    pub channel: String,
    pub mode: String,
    pub urgency: i16,
    pub waiting_since: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
    pub unread: i32,
    pub last_at: DateTime<Utc>,
    pub preview: String,
    pub lang: String,
    pub tags: Vec<String>,
    pub protected: bool,
    pub desk: Option<String>,
    pub assignee: Option<String>,
    pub reason: Option<String>,
    pub emergency: Option<String>,
}

/// Lines of a list at once.
const PAGE: i64 = 60;

/// What a person may see at all: `$1` the city, `$2` the person's desks.
const MAY: &str = "t.city_id = $1 AND ($2::text[] = '{}' OR t.desk_id = ANY($2))";

pub async fn items(tx: &mut PgConnection, me: &Me, wanted: &Wanted, now: DateTime<Utc>) -> Result<Vec<Item>, Refusal> {
    let found = if wanted.q.trim().is_empty() { None } else { Some(find::conversations(tx, me, &wanted.q, now).await?) };
    let (which, order) = match wanted.drawer {
        // A search looks everywhere.
        _ if found.is_some() => ("true", "t.last_at DESC"),
        Drawer::Open => ("t.mode <> 'machine' AND (t.snoozed_until IS NULL OR t.snoozed_until <= $3)", "t.urgency DESC, t.waiting_since"),
        Drawer::Mine => ("t.assignee = $4", "t.waiting_since, t.last_at DESC"),
        Drawer::Later => ("t.mode <> 'machine' AND t.snoozed_until > $3", "t.snoozed_until"),
        Drawer::Machine => ("t.mode = 'machine'", "t.last_at DESC"),
        Drawer::All => ("true", "t.last_at DESC"),
    };
    let sql = AssertSqlSafe(format!(
        "SELECT t.conversation_id, t.channel, t.mode, t.urgency, t.waiting_since, t.due_at, t.unread, t.last_at, t.preview, t.lang, t.tags, t.protected,
             d.name AS desk, s.name AS assignee, h.reason,
             (SELECT a.kind FROM alert a WHERE a.city_id = t.city_id AND a.conversation_id = t.conversation_id AND a.acknowledged_at IS NULL LIMIT 1) AS emergency
         FROM (SELECT * FROM thread t WHERE {MAY} AND {which} AND ($5 = '' OR t.desk_id = $5) AND ($6 = '' OR t.channel = $6)
                   AND ($7::uuid[] IS NULL OR t.conversation_id = ANY($7)) AND $3::timestamptz IS NOT NULL AND $4::uuid IS NOT NULL
               ORDER BY {order} LIMIT {PAGE}) t
         LEFT JOIN desk d ON d.city_id = t.city_id AND d.desk_id = t.desk_id
         LEFT JOIN staff s ON s.city_id = t.city_id AND s.staff_id = t.assignee
         LEFT JOIN handover h ON h.city_id = t.city_id AND h.handover_id = t.handover_id
         ORDER BY {order}"
    ));
    let rows = sqlx::query_as(sql)
        .bind(me.id().as_str())
        .bind(me.desks())
        .bind(now)
        .bind(me.staff.id)
        .bind(&wanted.desk)
        .bind(&wanted.channel)
        .bind(found)
        .fetch_all(tx)
        .await?;
    Ok(rows)
}

/// An emergency that nobody has acknowledged yet.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Alarm {
    pub alert_id: Uuid,
    pub conversation_id: Uuid,
    pub kind: String,
    pub raised_at: DateTime<Utc>,
    pub preview: String,
}

pub async fn alarms(tx: &mut PgConnection, me: &Me) -> Result<Vec<Alarm>, Refusal> {
    let sql = AssertSqlSafe(format!(
        "SELECT a.alert_id, a.conversation_id, a.kind, a.raised_at, CASE WHEN t.protected THEN '' ELSE t.preview END AS preview FROM alert a
         JOIN thread t ON t.city_id = a.city_id AND t.conversation_id = a.conversation_id
         WHERE a.city_id = $1 AND a.acknowledged_at IS NULL AND {MAY} ORDER BY a.raised_at LIMIT 20"
    ));
    Ok(sqlx::query_as(sql).bind(me.id().as_str()).bind(me.desks()).fetch_all(tx).await?)
}

/// How many wait for somebody.
pub async fn waiting(tx: &mut PgConnection, me: &Me, now: DateTime<Utc>) -> Result<i64, Refusal> {
    let sql = AssertSqlSafe(format!("SELECT count(*) FROM thread t WHERE {MAY} AND t.mode <> 'machine' AND (t.snoozed_until IS NULL OR t.snoozed_until <= $3)"));
    Ok(sqlx::query_scalar(sql).bind(me.id().as_str()).bind(me.desks()).bind(now).fetch_one(tx).await?)
}

/// By member of staff: how many they have themselves, and notices that they have not read.
pub async fn own(tx: &mut PgConnection, me: &Me) -> Result<HashMap<Uuid, (i64, i64)>, Refusal> {
    let sql = AssertSqlSafe(format!(
        "SELECT staff_id, sum(mine)::bigint, sum(notices)::bigint FROM (
             SELECT t.assignee AS staff_id, count(*) AS mine, 0 AS notices FROM thread t WHERE {MAY} AND t.mode <> 'machine' AND t.assignee IS NOT NULL GROUP BY 1
             UNION ALL SELECT n.staff_id, 0, count(*) FROM staff_notice n WHERE n.city_id = $1 AND n.read_at IS NULL GROUP BY 1) own
         GROUP BY 1"
    ));
    let rows: Vec<(Uuid, i64, i64)> = sqlx::query_as(sql).bind(me.id().as_str()).bind(me.desks()).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(id, mine, notices)| (id, (mine, notices))).collect())
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Desk {
    pub desk_id: String,
    pub name: String,
}

pub async fn desks(tx: &mut PgConnection, me: &Me) -> Result<Vec<Desk>, Refusal> {
    Ok(sqlx::query_as("SELECT desk_id, name FROM desk WHERE city_id = $1 ORDER BY desk_id").bind(me.id().as_str()).fetch_all(tx).await?)
}
