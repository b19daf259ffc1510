//! What a service does later, by the job queue.

use crate::{City, ServiceError};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::Value;
use sqlx::PgConnection;
use std::sync::Arc;
use store::{Db, Job, StoreError};

/// What a job may use while it is done.
pub struct Around {
    pub db: Db,
    pub city: Arc<City>,
    /// The moment, by the product's clock.
    pub now: DateTime<Utc>,
}

/// One kind of job.
pub trait Work: Send + Sync {
    /// What jobs of this kind are called in the queue.
    fn kind(&self) -> &'static str;

    /// What lies outside of the database: a call to an outer system. No transaction is open. It may happen more than once for
    /// one job (a process can die after it), so it carries a key by which the other side knows it again.
    fn call<'a>(&'a self, _around: &'a Around, _job: &'a Job) -> BoxFuture<'a, Result<Value, WorkError>> {
        Box::pin(async { Ok(Value::Null) })
    }

    /// The effect, with what the call answered; committed together with the end of the job, so it happens once. May schedule
    /// the same job again.
    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, called: Value) -> BoxFuture<'a, Result<(), WorkError>>;
}

/// Why a job could not be done. Everything but [`WorkError::Never`] is tried again, later and later.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error("{0}")]
    Again(String),
    /// It will never succeed: given up at once.
    #[error("{0}")]
    Never(String),
    #[error("the job panicked; the trace is in the log")]
    Panicked,
}
