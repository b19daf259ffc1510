use crate::{Engine, Ran};
use model::CityId;
use std::{sync::Arc, time::Duration};
use store::Claim;
use tokio::sync::{Notify, watch};

/// Wakes whoever waits for work in this process.
#[derive(Default)]
pub struct Bell(Notify);

impl Bell {
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Until rung, or until `at_most` has passed.
    pub async fn wait(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.0.notified()).await;
    }
}

#[derive(Clone, Copy, Debug)]
pub struct WorkerSettings {
    /// Conversations that are run together in one transaction.
    pub batch: i64,
    /// A worker that dies gives its conversations back after this long.
    pub lease: Duration,
    /// How often to look without having been woken: for leases that ran out, and for work that other processes left.
    pub poll: Duration,
}

/// Who is told of turns after their commit.
pub type Told = Arc<dyn Fn(&CityId, &[Ran]) + Send + Sync>;

/// Takes conversations that have something to do and runs their turns. Any number of these, in any number of processes.
pub struct Worker {
    pub engine: Arc<Engine>,
    pub settings: WorkerSettings,
    /// Rung when something has arrived.
    pub turns: Arc<Bell>,
    /// Rung when there is something to deliver.
    pub deliveries: Arc<Bell>,
    /// Told of every turn after its commit.
    pub ran: Told,
}

impl Worker {
    /// Works until told to stop; what was begun is finished.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let worked = self.once().await;
            match worked {
                // A full batch: there is probably more.
                Ok(done) if done >= self.settings.batch => self.turns.ring(),
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "turns cannot be taken");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
            tokio::select! {
                () = self.turns.wait(self.settings.poll) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Takes what there is and runs it; returns how many conversations that was.
    async fn once(&self) -> Result<i64, store::StoreError> {
        let claims = store::claim_turns(&self.engine.db, self.settings.lease, self.settings.batch).await?;
        let mut count = 0;
        for claim in claims {
            count += i64::try_from(claim.conversations.len()).unwrap_or(0);
            self.run_claim(claim).await;
        }
        if count > 0 {
            // Another worker may find more meanwhile.
            self.deliveries.ring();
        }
        Ok(count)
    }

    async fn run_claim(&self, claim: Claim) {
        let error = match self.engine.run(&claim).await {
            Ok(ran) => return (self.ran)(&claim.city, &ran),
            Err(error) => error,
        };
        if claim.conversations.len() > 1 {
            tracing::warn!(city = %claim.city, conversations = claim.conversations.len(), %error, "running a batch again, one by one");
        }
        for conversation in &claim.conversations {
            let alone = Claim { conversations: vec![*conversation], ..claim.clone() };
            match self.engine.run_alone(&alone).await {
                Ok(ran) => (self.ran)(&claim.city, &ran),
                Err(error) => tracing::warn!(city = %claim.city, %conversation, %error, "a turn failed"),
            }
        }
    }
}
