use super::provider;
use crate::{Around, Work, WorkError, payments::Providers};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, TimeZone, Utc};
use futures_util::future::BoxFuture;
use outer::payments::{Attempt, Booked, BookedKind, Found, PaymentProvider};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use store::{Job, NewJob, StoreError};
use uuid::Uuid;

/// Compares a provider's books with ours, once a day; its key is the provider's name.
pub struct Reconcile(pub Arc<Providers>);

pub const RECONCILE: &str = "payments.reconcile";

/// Something that the two books do not agree on: yen on each side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub payment: String,
    /// payment or refund.
    pub kind: String,
    pub theirs: i64,
    pub ours: i64,
}

/// What was compared, and what differed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    pub movements: usize,
    pub differences: Vec<Difference>,
}

#[derive(sqlx::FromRow)]
struct Ours {
    refund: bool,
    reference: String,
    amount: i64,
    attempt_id: Option<Uuid>,
    page: Option<String>,
}

/// What we have booked of a provider in a time, and the day before and after: clocks differ by a little.
async fn ours(tx: &mut PgConnection, city: &str, provider: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Ours>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT false AS refund, p.reference, p.amount, a.attempt_id, a.reference AS page
         FROM payment p LEFT JOIN LATERAL (SELECT attempt_id, reference FROM payment_attempt a WHERE a.city_id = p.city_id AND a.bill_id = p.bill_id AND a.provider = p.provider
             AND a.state IN ('paid', 'held') ORDER BY a.created_at LIMIT 1) a ON true
         WHERE p.city_id = $1 AND p.provider = $2 AND p.came_at >= $3 AND p.came_at < $4
         UNION ALL
         SELECT true, p.reference, r.amount, NULL, NULL FROM refund r JOIN payment p ON p.city_id = r.city_id AND p.payment_id = r.payment_id
         WHERE r.city_id = $1 AND p.provider = $2 AND r.way = 'as_paid' AND r.state = 'done' AND r.ended_at >= $3 AND r.ended_at < $4",
    )
    .bind(city)
    .bind(provider)
    .bind(from)
    .bind(to)
    .fetch_all(tx)
    .await?)
}

/// Asks the provider for its books and lays ours beside them.
pub async fn reconcile(around: &Around, provider: &dyn PaymentProvider, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Compared, WorkError> {
    let city = &around.city.id;
    // What happened at the edges is compared as a whole: each side is asked for a little more, and only what is known in the middle of one counts.
    let margin = TimeDelta::hours(1);
    let mut tx = around.db.city(city).await?;
    let wide = ours(&mut tx, city.as_str(), provider.name(), from - margin, to + margin).await?;
    let narrow = ours(&mut tx, city.as_str(), provider.name(), from, to).await?;
    tx.commit().await?;
    let theirs = match provider.booked(from - margin, to + margin).await? {
        Some(all) => all,
        None => one_by_one(around, provider, &wide).await?,
    };
    let key = |kind: BookedKind, payment: &str| (kind, payment.to_owned());
    let mut sums: BTreeMap<(BookedKind, String), (i64, i64)> = BTreeMap::new();
    for booked in &theirs {
        sums.entry(key(booked.kind, &booked.payment)).or_default().0 += booked.amount;
    }
    for own in &wide {
        let kind = if own.refund { BookedKind::Refund } else { BookedKind::Payment };
        sums.entry(key(kind, &own.reference)).or_default().1 += own.amount;
    }
    let differences = sums.iter().filter(|(_, (theirs, ours))| theirs != ours).map(|((kind, payment), (theirs, ours))| Difference {
        payment: payment.clone(),
        kind: if *kind == BookedKind::Refund { "refund" } else { "payment" }.to_owned(),
        theirs: *theirs,
        ours: *ours,
    });
    Ok(Compared { movements: narrow.len().max(theirs.len()), differences: differences.collect() })
}

/// For a provider that keeps no list: each of our payments is asked for.
async fn one_by_one(around: &Around, provider: &dyn PaymentProvider, ours: &[Ours]) -> Result<Vec<Booked>, WorkError> {
    let mut all = Vec::new();
    for own in ours {
        if own.refund {
            // Such a provider answers every refund by itself; there is nothing more to ask.
            all.push(Booked { kind: BookedKind::Refund, payment: own.reference.clone(), amount: own.amount, currency: "JPY".to_owned() });
            continue;
        }
        let Some(id) = own.attempt_id else { continue };
        let attempt = Attempt { city: around.city.id.clone(), id, reference: own.page.clone() };
        if let Found::Paid { payment, amount, currency } = provider.lookup(&attempt).await? {
            all.push(Booked { kind: BookedKind::Payment, payment, amount, currency });
        }
    }
    Ok(all)
}

/// Three in the morning of the day after, where the city is.
fn next(around: &Around) -> DateTime<Utc> {
    let tomorrow = around.now.with_timezone(&around.city.zone).date_naive() + Days::new(1);
    let at = tomorrow.and_time(NaiveTime::from_hms_opt(3, 0, 0).unwrap_or_default());
    around.city.zone.from_local_datetime(&at).earliest().map_or(around.now + TimeDelta::days(1), |at| at.to_utc())
}

impl Work for Reconcile {
    fn kind(&self) -> &'static str {
        RECONCILE
    }

    fn call<'a>(&'a self, around: &'a Around, job: &'a Job) -> BoxFuture<'a, Result<Value, WorkError>> {
        Box::pin(async move {
            let provider = provider(&self.0, around, &job.key)?;
            let compared = reconcile(around, provider.as_ref(), around.now - TimeDelta::days(2), around.now).await?;
            serde_json::to_value(compared).map_err(|error| WorkError::Never(error.to_string()))
        })
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let (city, compared) = (&around.city.id, serde_json::from_value::<Compared>(called).map_err(|error| WorkError::Never(error.to_string()))?);
            if !compared.differences.is_empty() {
                tracing::error!(city = %city, provider = job.key, differences = ?compared.differences, "the provider's books and ours differ");
            }
            sqlx::query("INSERT INTO reconciliation (city_id, provider, checked_at, from_at, compared, differences) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING")
                .bind(city.as_str())
                .bind(&job.key)
                .bind(around.now)
                .bind(around.now - TimeDelta::days(2))
                .bind(i32::try_from(compared.movements).unwrap_or(i32::MAX))
                .bind(serde_json::to_value(&compared.differences).map_err(StoreError::from)?)
                .execute(&mut *tx)
                .await?;
            let again = NewJob { kind: RECONCILE, key: job.key.clone(), due_at: next(around), payload: Value::Null };
            Ok(store::schedule_job(tx, city, &again, Duration::ZERO).await?)
        })
    }
}
