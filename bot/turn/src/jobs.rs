//! Does the jobs that are due. What a job changes and its end are one commit: it is done once, whatever is killed when.

use crate::{Bell, Engine};
use chrono::{DateTime, Utc};
use futures_util::{FutureExt, future::join_all};
use intents::{Around, Work, WorkError};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use store::{Job, StoreError, Which};
use tokio::sync::watch;

/// After so many tries a job is given up; with the pauses below that is some three hours.
const TRIES: i16 = 12;
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

#[derive(Clone, Copy, Debug)]
pub struct JobSettings {
    /// Jobs that are done side by side.
    pub batch: i64,
    /// A process that dies gives its jobs back after this long; an outer call takes less.
    pub lease: Duration,
    /// How often to look without having been woken.
    pub poll: Duration,
    /// The first pause after a failure; it doubles each time.
    pub back_off: Duration,
}

/// Does whatever is due, in this process. Any number of these, in any number of processes.
pub struct JobRunner {
    pub engine: Arc<Engine>,
    pub settings: JobSettings,
    /// Rung when something was scheduled for now.
    pub jobs: Arc<Bell>,
    /// Rung when a job may have put something into an inbox.
    pub turns: Arc<Bell>,
}

impl JobRunner {
    /// Works until told to stop; what was begun is finished.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let which = Which::Any { limit: self.settings.batch };
            match do_jobs(&self.engine, self.engine.now(), &self.settings, which).await {
                Ok(0) => {}
                // There may be more.
                Ok(_) => {
                    self.turns.ring();
                    continue;
                }
                Err(error) => {
                    tracing::error!(%error, "jobs cannot be taken");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
            tokio::select! {
                () = self.jobs.wait(self.settings.poll) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

/// Does the jobs that are due at `now`; returns how many were taken.
pub async fn do_jobs(engine: &Engine, now: DateTime<Utc>, settings: &JobSettings, which: Which<'_>) -> Result<usize, StoreError> {
    let kinds: Vec<&str> = engine.works.keys().copied().collect();
    let jobs = store::claim_jobs(&engine.db, now, &kinds, settings.lease, which).await?;
    for settled in join_all(jobs.iter().map(|job| engine.do_job(job, now, settings))).await {
        settled?;
    }
    Ok(jobs.len())
}

impl Engine {
    async fn do_job(&self, job: &Job, now: DateTime<Utc>, settings: &JobSettings) -> Result<(), StoreError> {
        let Some(work) = self.works.get(job.kind.as_str()) else { return Ok(()) };
        let done = if job.attempts > TRIES {
            Err(WorkError::Never(format!("it did not come to an end in {TRIES} tries; a process may have died each time")))
        } else {
            AssertUnwindSafe(self.try_job(work.as_ref(), job, now)).catch_unwind().await.unwrap_or(Err(WorkError::Panicked))
        };
        let Err(error) = done else { return Ok(()) };
        let given_up = matches!(error, WorkError::Never(_)) || job.attempts >= TRIES;
        let doublings = u32::from(job.attempts.clamp(1, 16).unsigned_abs()) - 1;
        let pause = (!given_up).then(|| settings.back_off.saturating_mul(1 << doublings).min(LONGEST_PAUSE));
        tracing::warn!(city = %job.city, kind = job.kind, key = job.key, attempt = job.attempts, given_up, %error, "a job failed");
        store::fail_job(&self.db, job, &error.to_string(), pause, now).await
    }

    async fn try_job(&self, work: &dyn Work, job: &Job, now: DateTime<Utc>) -> Result<(), WorkError> {
        let city = self.cities.find(&self.db, &self.house(), &job.city).await?;
        let around = Around { db: self.db.clone(), city, now };
        let called = work.call(&around, job).await?;
        let mut tx = self.db.city(&job.city).await?;
        // First the end, then the effect: an effect may schedule the same job again.
        if store::finish_job(&mut tx, job).await? {
            work.effect(&around, &mut tx, job, called).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
