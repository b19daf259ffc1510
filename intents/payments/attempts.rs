//! Attempts to pay, as they are kept.

use chrono::{DateTime, Utc};
use model::{BillId, CityId, ConversationId, Lang};
use outer::payments;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};
use std::str::FromStr;
use store::{StoreError, schedule_for};
use uuid::Uuid;

/// The job that makes the page; its key is the attempt's id.
pub const CHECKOUT: &str = "payments.checkout";
/// The job that asks the provider how the attempt stands; its key is the attempt's id.
pub const CHECK: &str = "payments.check";

#[derive(Clone, Debug, sqlx::FromRow)]
struct Row {
    attempt_id: Uuid,
    bill_id: Uuid,
    conversation_id: Option<Uuid>,
    lang: String,
    provider: String,
    state: String,
    reference: Option<String>,
    url: Option<String>,
    expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: Uuid,
    pub bill: BillId,
    pub conversation: Option<ConversationId>,
    pub lang: Lang,
    pub provider: String,
    pub state: State,
    pub reference: Option<String>,
    pub url: Option<String>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    New,
    Open,
    Closing,
    Paid,
    Over,
    Failed,
    Held,
}

impl State {
    const ALL: [State; 7] = [State::New, State::Open, State::Closing, State::Paid, State::Over, State::Failed, State::Held];

    pub fn as_str(self) -> &'static str {
        match self {
            State::New => "new",
            State::Open => "open",
            State::Closing => "closing",
            State::Paid => "paid",
            State::Over => "over",
            State::Failed => "failed",
            State::Held => "held",
        }
    }

    /// Whether money may still come by it.
    pub fn may_pay(self) -> bool {
        matches!(self, State::New | State::Open | State::Closing)
    }
}

impl Attempt {
    /// As the provider's client wants it.
    pub fn outer(&self, city: &CityId) -> payments::Attempt {
        payments::Attempt { city: city.clone(), id: self.id, reference: self.reference.clone() }
    }

    fn read(row: Row) -> Result<Self, StoreError> {
        let state = State::ALL.into_iter().find(|state| state.as_str() == row.state);
        let state = state.ok_or_else(|| StoreError::Inconsistent { table: "payment_attempt", key: row.attempt_id.to_string(), problem: "unknown state" })?;
        Ok(Self {
            id: row.attempt_id,
            bill: BillId(row.bill_id),
            conversation: row.conversation_id.map(ConversationId),
            lang: Lang::from_str(&row.lang).unwrap_or_default(),
            provider: row.provider,
            state,
            reference: row.reference,
            url: row.url,
            expires_at: row.expires_at,
        })
    }
}

const SELECT: &str = "SELECT attempt_id, bill_id, conversation_id, lang, provider, state, reference, url, expires_at FROM payment_attempt WHERE city_id = $1 ";

pub async fn find(tx: &mut PgConnection, city: &CityId, attempt: Uuid) -> Result<Option<Attempt>, StoreError> {
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(format!("{SELECT} AND attempt_id = $2"))).bind(city.as_str()).bind(attempt).fetch_optional(tx).await?;
    row.map(Attempt::read).transpose()
}

/// All attempts at a bill, oldest first.
pub async fn of_bill(tx: &mut PgConnection, city: &CityId, bill: BillId) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(format!("{SELECT} AND bill_id = $2 ORDER BY created_at, attempt_id"))).bind(city.as_str()).bind(bill.0).fetch_all(tx).await?;
    rows.into_iter().map(Attempt::read).collect()
}

/// Begins an attempt: it is written down, and a job makes the page.
pub async fn begin(tx: &mut PgConnection, city: &CityId, attempt: &Attempt, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO payment_attempt (city_id, attempt_id, bill_id, conversation_id, lang, provider, state, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 'new', $7, $8)")
        .bind(city.as_str())
        .bind(attempt.id)
        .bind(attempt.bill.0)
        .bind(attempt.conversation.map(|id| id.0))
        .bind(attempt.lang.as_str())
        .bind(&attempt.provider)
        .bind(now)
        .bind(attempt.expires_at)
        .execute(&mut *tx)
        .await?;
    make(tx, city, attempt, now).await
}

/// Has the page made.
pub async fn make(tx: &mut PgConnection, city: &CityId, attempt: &Attempt, now: DateTime<Utc>) -> Result<(), StoreError> {
    schedule_for(tx, city, attempt.conversation, CHECKOUT, &attempt.id.to_string(), now, &Value::Null).await
}

/// The page is there. `false`: it is not wanted any more.
pub async fn opened(tx: &mut PgConnection, city: &CityId, attempt: Uuid, page: &payments::Checkout) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE payment_attempt SET reference = $3, url = $4, state = CASE state WHEN 'new' THEN 'open' ELSE 'closing' END
         WHERE city_id = $1 AND attempt_id = $2 AND state IN ('new', 'closing', 'over') RETURNING state",
    )
    .bind(city.as_str())
    .bind(attempt)
    .bind(&page.reference)
    .bind(&page.url)
    .fetch_optional(tx)
    .await?;
    Ok(match done {
        Some(row) => sqlx::Row::try_get::<&str, _>(&row, "state")? == State::Open.as_str(),
        None => false,
    })
}

/// Moves an attempt that may still pay into another state.
pub async fn set(tx: &mut PgConnection, city: &CityId, attempt: Uuid, state: State, problem: Option<&str>) -> Result<(), StoreError> {
    sqlx::query("UPDATE payment_attempt SET state = $3, problem = COALESCE($4, problem) WHERE city_id = $1 AND attempt_id = $2 AND state IN ('new', 'open', 'closing')")
        .bind(city.as_str())
        .bind(attempt)
        .bind(state.as_str())
        .bind(problem)
        .execute(tx)
        .await?;
    Ok(())
}

/// Has the provider asked how an attempt stands.
pub async fn look(tx: &mut PgConnection, city: &CityId, attempt: &Attempt, at: DateTime<Utc>, rounds: u32) -> Result<(), StoreError> {
    schedule_for(tx, city, attempt.conversation, CHECK, &attempt.id.to_string(), at, &Value::from(rounds)).await
}
