//! Codes: eight digits, a quarter of an hour, one use, few guesses.

use crate::{Context, ServiceError};
use chrono::TimeDelta;
use model::ConversationId;
use uuid::Uuid;

pub const DIGITS: usize = 8;
const LIFE: TimeDelta = TimeDelta::minutes(15);
/// Wrong codes an hour.
const MISSES_OF_AN_ACCOUNT: i64 = 5;
const MISSES_OF_A_CITY: i64 = 200;

/// What a code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It was made for this conversation.
    Of(ConversationId),
    Wrong,
    /// Too many were wrong; this one was not even looked at.
    TooMany,
}

/// A new code of the conversation; an earlier one is void.
pub async fn issue(context: &mut Context<'_>) -> Result<String, ServiceError> {
    // Of a UUIDv7 the last 32 bits are random. No zero in front: a code is never the number of a choice.
    let code = (10_000_000 + (context.ids.uuid().as_u128() & 0xffff_ffff) % 90_000_000).to_string();
    let hash = hash(context, &code).await?;
    sqlx::query("DELETE FROM link_code WHERE city_id = $1 AND (expires_at <= $2 OR conversation_id = $3)")
        .bind(context.city.id.as_str())
        .bind(context.now.to_utc())
        .bind(context.conversation.0)
        .execute(&mut *context.tx)
        .await?;
    sqlx::query("INSERT INTO link_code (city_id, conversation_id, hash, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(context.city.id.as_str())
        .bind(context.conversation.0)
        .bind(hash)
        .bind(context.now.to_utc() + LIFE)
        .execute(&mut *context.tx)
        .await?;
    Ok(code)
}

/// Looks a code up; one that is wrong is counted.
pub async fn check(context: &mut Context<'_>, code: &str) -> Result<Checked, ServiceError> {
    let hour_ago = context.now.to_utc() - TimeDelta::hours(1);
    let (mine, all): (i64, i64) = sqlx::query_as("SELECT count(*) FILTER (WHERE conversation_id = $3), count(*) FROM link_miss WHERE city_id = $1 AND at > $2")
        .bind(context.city.id.as_str())
        .bind(hour_ago)
        .bind(context.conversation.0)
        .fetch_one(&mut *context.tx)
        .await?;
    if mine >= MISSES_OF_AN_ACCOUNT || all >= MISSES_OF_A_CITY {
        return Ok(Checked::TooMany);
    }
    let hash = hash(context, code).await?;
    let found: Option<Uuid> = sqlx::query_scalar("SELECT conversation_id FROM link_code WHERE city_id = $1 AND hash = $2 AND expires_at > $3")
        .bind(context.city.id.as_str())
        .bind(hash)
        .bind(context.now.to_utc())
        .fetch_optional(&mut *context.tx)
        .await?;
    if let Some(conversation) = found {
        return Ok(Checked::Of(ConversationId(conversation)));
    }
    sqlx::query("DELETE FROM link_miss WHERE city_id = $1 AND at <= $2").bind(context.city.id.as_str()).bind(hour_ago).execute(&mut *context.tx).await?;
    sqlx::query("INSERT INTO link_miss (city_id, miss_id, conversation_id, at) VALUES ($1, $2, $3, $4)")
        .bind(context.city.id.as_str())
        .bind(context.ids.uuid())
        .bind(context.conversation.0)
        .bind(context.now.to_utc())
        .execute(&mut *context.tx)
        .await?;
    Ok(Checked::Wrong)
}

/// Ends a code. `false`: somebody else was faster.
pub async fn spend(context: &mut Context<'_>, code: &str) -> Result<bool, ServiceError> {
    let hash = hash(context, code).await?;
    let done = sqlx::query("DELETE FROM link_code WHERE city_id = $1 AND hash = $2").bind(context.city.id.as_str()).bind(hash).execute(&mut *context.tx).await?;
    Ok(done.rows_affected() == 1)
}

async fn hash(context: &mut Context<'_>, code: &str) -> Result<Vec<u8>, ServiceError> {
    let key = context.db.city_key(context.tx, &context.city.id).await?;
    Ok(key.index("link-code", code.as_bytes()))
}

/// The code in some words: eight digits in a row, however they are grouped.
pub fn code_in(text: &str) -> Option<String> {
    let plain = ungrouped(text);
    plain.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == DIGITS).map(str::to_owned)
}

/// Digits as they are typed on any keyboard, groups put together.
fn ungrouped(text: &str) -> String {
    let folded = normalise::fold(text);
    let chars: Vec<char> = folded.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    let joint = |n: usize, c: char| matches!(c, '-' | ' ') && digit(n.checked_sub(1)) && digit(Some(n + 1));
    chars.iter().enumerate().filter(|(n, c)| !joint(*n, **c)).map(|(_, c)| *c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        for text in ["12345678", "1234-5678", "コードは１２３４ ５６７８です", "コード 12345678"] {
            assert_eq!(code_in(text).as_deref(), Some("12345678"), "{text}");
        }
        for text in ["1234567", "123456789", "06-0000-12345", "こんにちは"] {
            assert_eq!(code_in(text), None, "{text}");
        }
    }
}
