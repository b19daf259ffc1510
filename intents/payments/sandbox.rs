//! The built-in provider for trying out. It keeps the promises of a real one on tables of its own; its page moves no money.

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use model::{CityId, Clock};
use outer::{
    Failure,
    payments::{Attempt, Booked, BookedKind, Checkout, Forged, Found, Notice, Order, PaymentProvider, RefundOrder, Refunded},
};
use sqlx::PgConnection;
use std::sync::Arc;
use store::{Db, StoreError};
use uuid::Uuid;

pub const NAME: &str = "sandbox";

pub struct Sandbox {
    pub db: Db,
    pub city: CityId,
    pub public_url: String,
    pub clock: Arc<dyn Clock>,
}

/// A page of the sandbox.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SandboxPage {
    pub title: String,
    pub amount: i64,
    pub state: String,
    pub return_url: String,
    pub expires_at: DateTime<Utc>,
}

pub async fn page(tx: &mut PgConnection, city: &CityId, page: Uuid) -> Result<Option<SandboxPage>, StoreError> {
    Ok(sqlx::query_as("SELECT title, amount, state, return_url, expires_at FROM sandbox_page WHERE city_id = $1 AND page_id = $2")
        .bind(city.as_str())
        .bind(page)
        .fetch_optional(tx)
        .await?)
}

/// The resident pays on the page, or leaves it. `false`: it is paid or over already.
pub async fn act(tx: &mut PgConnection, city: &CityId, page: Uuid, pays: bool, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE sandbox_page SET state = CASE WHEN $3 THEN 'paid' ELSE 'over' END, paid_at = CASE WHEN $3 THEN $4 END
         WHERE city_id = $1 AND page_id = $2 AND state = 'open' AND (expires_at > $4 OR NOT $3)",
    )
    .bind(city.as_str())
    .bind(page)
    .bind(pays)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn failed(error: impl ToString) -> Failure {
    Failure::unknown(NAME, error)
}

impl PaymentProvider for Sandbox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn checkout<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<Option<Checkout>, Failure>> {
        Box::pin(async move {
            let mut tx = self.db.city(&self.city).await.map_err(failed)?;
            sqlx::query("INSERT INTO sandbox_page (city_id, page_id, title, amount, state, return_url, expires_at) VALUES ($1, $2, $3, $4, 'open', $5, $6) ON CONFLICT DO NOTHING")
                .bind(self.city.as_str())
                .bind(order.attempt)
                .bind(&order.title)
                .bind(order.amount.get())
                .bind(&order.return_url)
                .bind(order.expires_at)
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
            tx.commit().await.map_err(failed)?;
            let reference = order.attempt.to_string();
            Ok(Some(Checkout { url: format!("{}/payments/sandbox/{}/{reference}", self.public_url, self.city), reference }))
        })
    }

    fn lookup<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Result<Found, Failure>> {
        Box::pin(async move {
            let mut tx = self.db.city(&self.city).await.map_err(failed)?;
            let page = page(&mut tx, &self.city, attempt.id).await.map_err(failed)?;
            tx.commit().await.map_err(failed)?;
            Ok(match page {
                None => Found::Nothing,
                Some(page) if page.state == "paid" => Found::Paid { payment: format!("sb_{}", attempt.id.simple()), amount: page.amount, currency: "JPY".to_owned() },
                Some(page) if page.state == "over" => Found::Over,
                Some(_) => Found::Waiting,
            })
        })
    }

    fn expire<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let mut tx = self.db.city(&self.city).await.map_err(failed)?;
            act(&mut tx, &self.city, attempt.id, false, self.clock.now()).await.map_err(failed)?;
            tx.commit().await.map_err(failed)
        })
    }

    fn refund<'a>(&'a self, order: &'a RefundOrder) -> BoxFuture<'a, Result<Refunded, Failure>> {
        Box::pin(async move {
            let Some(page) = order.payment.strip_prefix("sb_").and_then(|id| Uuid::try_parse(id).ok()) else { return Ok(Refunded::Refused { why: "no such payment".to_owned() }) };
            let mut tx = self.db.city(&self.city).await.map_err(failed)?;
            let left: Option<i64> = sqlx::query_scalar(
                "SELECT p.amount - (SELECT COALESCE(sum(amount), 0)::bigint FROM sandbox_refund r WHERE r.city_id = p.city_id AND r.page_id = p.page_id AND r.refund_id <> $3)
                 FROM sandbox_page p WHERE p.city_id = $1 AND p.page_id = $2 AND p.state = 'paid' FOR UPDATE",
            )
            .bind(self.city.as_str())
            .bind(page)
            .bind(order.refund)
            .fetch_optional(&mut *tx)
            .await
            .map_err(failed)?;
            if left.is_none_or(|left| left < order.amount.get()) {
                return Ok(Refunded::Refused { why: "more than was paid".to_owned() });
            }
            sqlx::query("INSERT INTO sandbox_refund (city_id, refund_id, page_id, amount, given_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING")
                .bind(self.city.as_str())
                .bind(order.refund)
                .bind(page)
                .bind(order.amount.get())
                .bind(order.now)
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
            tx.commit().await.map_err(failed)?;
            Ok(Refunded::Done)
        })
    }

    fn booked<'a>(&'a self, from: DateTime<Utc>, to: DateTime<Utc>) -> BoxFuture<'a, Result<Option<Vec<Booked>>, Failure>> {
        Box::pin(async move {
            let mut tx = self.db.city(&self.city).await.map_err(failed)?;
            let rows: Vec<(bool, Uuid, i64)> = sqlx::query_as(
                "SELECT true, page_id, amount FROM sandbox_page WHERE city_id = $1 AND state = 'paid' AND paid_at >= $2 AND paid_at < $3
                 UNION ALL SELECT false, page_id, amount FROM sandbox_refund WHERE city_id = $1 AND given_at >= $2 AND given_at < $3",
            )
            .bind(self.city.as_str())
            .bind(from)
            .bind(to)
            .fetch_all(&mut *tx)
            .await
            .map_err(failed)?;
            tx.commit().await.map_err(failed)?;
            let entry = |(paid, page, amount): (bool, Uuid, i64)| Booked {
                kind: if paid { BookedKind::Payment } else { BookedKind::Refund },
                payment: format!("sb_{}", page.simple()),
                amount,
                currency: "JPY".to_owned(),
            };
            Ok(Some(rows.into_iter().map(entry).collect()))
        })
    }

    /// Its page is in this house: it sends no notices.
    fn notice(&self, _header: &dyn Fn(&str) -> Option<String>, _body: &[u8], _now: DateTime<Utc>) -> Result<Notice, Forged> {
        Err(Forged::Unsigned)
    }
}
