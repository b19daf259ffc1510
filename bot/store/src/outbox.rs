//! Delivery: claimed by lease with the attempt recorded before the call, settled afterwards.

use crate::{Db, StoreError};
use chrono::{DateTime, Utc};
use model::{CityId, Channel, ConversationId, MessageId, Reply, ReplyToken, Urgency};
use sqlx::{Row, types::Json};
use std::{collections::BTreeMap, time::Duration};
use uuid::Uuid;

/// A message whose delivery this process has taken on. The attempt is already recorded.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    pub city: CityId,
    pub conversation: ConversationId,
    pub seq: i64,
    pub token: Uuid,
    /// This attempt included.
    pub attempts: i16,
    /// An earlier attempt may have gone through without our having learnt of it.
    pub in_doubt: bool,
}

/// A message, ready to be sent.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub due: DueDelivery,
    pub message: MessageId,
    pub channel: Channel,
    pub account: String,
    pub reply: Reply,
    pub urgency: Urgency,
    pub reply_token: Option<ReplyToken>,
    pub retry_key: Uuid,
    pub blocked: bool,
}

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Over: `sent`, `replied`, `blocked`, `refused` …, with the reason if it was not delivered.
    Finished { outcome: &'static str, error: Option<String> },
    /// Again after a while; the reply token is dropped when it can no longer be used.
    Later { after: Duration, error: String, drop_token: bool, in_doubt: bool },
}

/// Takes on up to `limit` messages, urgent ones first, and of each conversation only the oldest.
pub async fn claim_deliveries(db: &Db, channel: Channel, lease: Duration, limit: i64) -> Result<Vec<DueDelivery>, StoreError> {
    let token = db.uuid();
    let rows: Vec<(String, Uuid, i64, i16, bool)> = sqlx::query_as(
        "UPDATE outbox o SET lease_token = $1, lease_until = now() + $2 * interval '1 second', attempts = attempts + 1, in_doubt = true
         FROM (SELECT city_id, conversation_id, seq, in_doubt FROM outbox q
               WHERE due_at <= now() AND channel = $4 AND (lease_until IS NULL OR lease_until < now())
                 AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.city_id = q.city_id AND e.conversation_id = q.conversation_id
                                 AND e.due_at IS NOT NULL AND e.seq < q.seq)
               ORDER BY urgency DESC, due_at LIMIT $3 FOR UPDATE SKIP LOCKED) pick
         WHERE o.city_id = pick.city_id AND o.conversation_id = pick.conversation_id AND o.seq = pick.seq
         RETURNING o.city_id, o.conversation_id, o.seq, o.attempts, pick.in_doubt",
    )
    .bind(token)
    .bind(lease.as_secs_f64())
    .bind(limit)
    .bind(channel.as_str())
    .fetch_all(db.queue())
    .await?;
    rows.into_iter()
        .map(|(city, conversation, seq, attempts, in_doubt)| {
            let city = city.parse().map_err(|_| StoreError::Inconsistent { table: "outbox", key: city, problem: "is no city id" })?;
            Ok(DueDelivery { city, conversation: ConversationId(conversation), seq, token, attempts, in_doubt })
        })
        .collect()
}

/// Loads what was claimed, city by city.
pub async fn load_deliveries(db: &Db, due: Vec<DueDelivery>) -> Result<Vec<Delivery>, StoreError> {
    let mut by_city: BTreeMap<CityId, Vec<DueDelivery>> = BTreeMap::new();
    for one in due {
        by_city.entry(one.city.clone()).or_default().push(one);
    }
    let mut loaded = Vec::new();
    for (city, due) in by_city {
        let mut tx = db.city(&city).await?;
        let rows = sqlx::query(
            "SELECT o.seq, o.message_id, o.channel, o.account, o.reply, o.reply_token, o.reply_expires_at, o.retry_key, c.blocked
             FROM unnest($2::uuid[], $3::bigint[]) AS t (conversation_id, seq)
             JOIN outbox o ON o.city_id = $1 AND o.conversation_id = t.conversation_id AND o.seq = t.seq
             JOIN conversation c ON c.city_id = $1 AND c.conversation_id = t.conversation_id",
        )
        .bind(city.as_str())
        .bind(due.iter().map(|d| d.conversation.0).collect::<Vec<_>>())
        .bind(due.iter().map(|d| d.seq).collect::<Vec<_>>())
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let mut by_seq: BTreeMap<i64, DueDelivery> = due.into_iter().map(|d| (d.seq, d)).collect();
        for row in &rows {
            let seq: i64 = row.try_get("seq")?;
            let Some(due) = by_seq.remove(&seq) else { continue };
            let channel: String = row.try_get("channel")?;
            let reply: Json<Reply> = row.try_get("reply")?;
            let token: Option<String> = row.try_get("reply_token")?;
            let expires: Option<DateTime<Utc>> = row.try_get("reply_expires_at")?;
            loaded.push(Delivery {
                due,
                message: MessageId(row.try_get("message_id")?),
                channel: channel.parse().map_err(|_| StoreError::Inconsistent { table: "outbox", key: seq.to_string(), problem: "unknown channel" })?,
                account: row.try_get("account")?,
                urgency: reply.urgency,
                reply: reply.0,
                reply_token: token.zip(expires).map(|(token, expires_at)| ReplyToken { token, expires_at }),
                retry_key: row.try_get("retry_key")?,
                blocked: row.try_get("blocked")?,
            });
        }
    }
    Ok(loaded)
}

/// Writes down how deliveries ended. One whose lease has passed to another process is left to that one.
pub async fn settle_deliveries(db: &Db, settled: &[(DueDelivery, Settled)]) -> Result<(), StoreError> {
    let mut by_city: BTreeMap<&CityId, Vec<&(DueDelivery, Settled)>> = BTreeMap::new();
    for one in settled {
        by_city.entry(&one.0.city).or_default().push(one);
    }
    for (city, settled) in by_city {
        let later = |s: &Settled| match s {
            Settled::Later { after, .. } => Some(after.as_secs_f64()),
            Settled::Finished { .. } => None,
        };
        let mut tx = db.city(city).await?;
        sqlx::query(
            "UPDATE outbox o SET lease_token = NULL, lease_until = NULL, error = t.error, outcome = t.outcome,
                 due_at = now() + t.after * interval '1 second',
                 finished_at = CASE WHEN t.after IS NULL THEN now() END,
                 reply_token = CASE WHEN t.drop_token THEN NULL ELSE o.reply_token END, in_doubt = t.in_doubt
             FROM unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::float8[], $6::text[], $7::text[], $8::bool[], $9::bool[])
                 AS t (conversation_id, seq, token, after, outcome, error, drop_token, in_doubt)
             WHERE o.city_id = $1 AND o.conversation_id = t.conversation_id AND o.seq = t.seq AND o.lease_token = t.token",
        )
        .bind(city.as_str())
        .bind(settled.iter().map(|(d, _)| d.conversation.0).collect::<Vec<_>>())
        .bind(settled.iter().map(|(d, _)| d.seq).collect::<Vec<_>>())
        .bind(settled.iter().map(|(d, _)| d.token).collect::<Vec<_>>())
        .bind(settled.iter().map(|(_, s)| later(s)).collect::<Vec<_>>())
        .bind(settled.iter().map(|(_, s)| match s { Settled::Finished { outcome, .. } => Some(*outcome), Settled::Later { .. } => None }).collect::<Vec<_>>())
        .bind(settled.iter().map(|(_, s)| match s { Settled::Finished { error, .. } => error.clone(), Settled::Later { error, .. } => Some(error.clone()) }).collect::<Vec<_>>())
        .bind(settled.iter().map(|(_, s)| matches!(s, Settled::Later { drop_token: true, .. })).collect::<Vec<_>>())
        .bind(settled.iter().map(|(_, s)| matches!(s, Settled::Later { in_doubt: true, .. })).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
    }
    Ok(())
}
