//! What callers did, as the counter has stored it.

use serde_json::Value;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    path::Path,
    time::{Duration, Instant},
};

async fn rows(data: &Path, sql: &'static str) -> anyhow::Result<Vec<Value>> {
    let options = PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi");
    let mut connection = PgConnection::connect_with(&options).await?;
    let rows = sqlx::query_scalar(sql).fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(rows)
}

/// What callers did, in order, once there are so many.
pub async fn heard(data: &Path, count: usize) -> anyhow::Result<Vec<Value>> {
    let began = Instant::now();
    loop {
        let all = rows(data, "SELECT content FROM inbox WHERE channel = 'phone' AND handled_at IS NOT NULL ORDER BY seq").await?;
        if all.len() >= count {
            return Ok(all);
        }
        anyhow::ensure!(began.elapsed() < Duration::from_secs(20), "{count} were expected: {all:?}");
        tokio::task::yield_now().await;
    }
}

/// What they were answered, in order.
pub async fn answered(data: &Path) -> anyhow::Result<Vec<Value>> {
    rows(data, "SELECT reply FROM outbox WHERE channel = 'phone' ORDER BY seq").await
}
