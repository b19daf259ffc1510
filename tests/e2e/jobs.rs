//! The job queue, on a real database: one row a job, by lease, off the list with its effect, given up with its reason.

use chrono::{DateTime, TimeDelta, Utc};
use e2e::{Bot, Folder};
use model::{CityId, SequentialIds};
use sqlx::postgres::PgConnectOptions;
use std::{path::Path, sync::Arc, time::Duration};
use store::{Db, Job, NewJob, Pools, Vault, Which};

const LEASE: Duration = Duration::from_secs(60);
const ANY: Which<'_> = Which::Any { limit: 10 };
const KIND: &str = "test.later";

struct Queue {
    db: Db,
    city: CityId,
    now: DateTime<Utc>,
}

impl Queue {
    fn join(data: &Path) -> anyhow::Result<Self> {
        let options = PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi");
        let vault = Vault::open_or_create(&data.join("master.key"))?;
        let db = Db::connect(&options, Pools { app: 4, queue: 4 }, vault, Arc::new(SequentialIds::default()));
        Ok(Self { db, city: "aoba".parse()?, now: "2026-11-24T10:00:00+09:00".parse()? })
    }

    async fn schedule(&self, key: &str, due: TimeDelta, held: Duration) -> anyhow::Result<()> {
        let mut tx = self.db.city(&self.city).await?;
        let job = NewJob { kind: KIND, key: key.to_owned(), due_at: self.now + due, payload: serde_json::json!({ "due": due.num_hours() }) };
        store::schedule_job(&mut tx, &self.city, &job, held).await?;
        Ok(tx.commit().await?)
    }

    /// What is taken `hours` from now; a lease of no length has run out at once, as that of a process that died.
    async fn claim(&self, hours: i64, lease: Duration, which: Which<'_>) -> anyhow::Result<Vec<Job>> {
        Ok(store::claim_jobs(&self.db, self.now + TimeDelta::hours(hours), &[KIND], lease, which).await?)
    }

    async fn finish(&self, job: &Job) -> anyhow::Result<bool> {
        let mut tx = self.db.city(&self.city).await?;
        let done = store::finish_job(&mut tx, job).await?;
        tx.commit().await?;
        Ok(done)
    }
}

/// How many jobs the metrics tell of, due or not yet.
async fn counted(bot: &Bot) -> anyhow::Result<u64> {
    let metrics = bot.http.get("/metrics").await?.text();
    let of = |name: &str| metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
    let both = of("madoguchi_jobs_scheduled ").zip(of("madoguchi_jobs_due "));
    both.map(|(scheduled, due)| scheduled + due).ok_or_else(|| anyhow::anyhow!("no count of jobs in {metrics}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_one_row_and_done_once() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let queue = Queue::join(&folder.0)?;
    // The house has jobs of its own.
    let before = counted(&bot).await?;
    queue.schedule("a", TimeDelta::hours(1), Duration::ZERO).await?;
    queue.schedule("a", TimeDelta::hours(5), Duration::ZERO).await?;
    assert!(queue.claim(4, LEASE, ANY).await?.is_empty(), "scheduling again moves it");
    assert_eq!(counted(&bot).await?, before + 1);
    let first = queue.claim(6, Duration::ZERO, ANY).await?;
    assert_eq!(first.iter().map(|job| (job.key.as_str(), job.payload["due"].as_i64())).collect::<Vec<_>>(), [("a", Some(5))]);
    // Its process died: another takes it over, and the first can no longer end it.
    let second = queue.claim(6, LEASE, ANY).await?;
    assert_eq!(second.first().map(|job| job.attempts), Some(2));
    assert!(queue.claim(6, LEASE, ANY).await?.is_empty(), "nobody takes what another has");
    assert!(!queue.finish(&first[0]).await?);
    assert!(queue.finish(&second[0]).await?);
    assert!(!queue.finish(&second[0]).await?, "it is gone");
    // Moved while it was being done: what was done counts for nothing, and it is due again.
    queue.schedule("b", TimeDelta::zero(), Duration::ZERO).await?;
    let taken = queue.claim(0, LEASE, ANY).await?;
    queue.schedule("b", TimeDelta::hours(2), Duration::ZERO).await?;
    assert!(!queue.finish(&taken[0]).await?);
    assert_eq!(queue.claim(2, LEASE, ANY).await?.len(), 1);
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_pauses_dies_with_its_reason_and_is_held_for_its_session() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let queue = Queue::join(&folder.0)?;
    queue.schedule("a", TimeDelta::zero(), Duration::ZERO).await?;
    let job = queue.claim(0, LEASE, ANY).await?.remove(0);
    store::fail_job(&queue.db, &job, "no answer", Some(LEASE), queue.now).await?;
    assert!(queue.claim(0, LEASE, ANY).await?.is_empty(), "it pauses");
    // Its own session does not wait.
    let job = queue.claim(0, LEASE, Which::Key { city: &queue.city, key: "a" }).await?.remove(0);
    assert_eq!(job.attempts, 2);
    store::fail_job(&queue.db, &job, "the account is closed", None, queue.now).await?;
    assert!(queue.claim(9, LEASE, Which::Key { city: &queue.city, key: "a" }).await?.is_empty(), "it is dead");
    let mut tx = queue.db.city(&queue.city).await?;
    let why: Option<String> = sqlx::query_scalar("SELECT failure FROM job WHERE kind = $1 AND dead_at = $2").bind(KIND).bind(queue.now).fetch_optional(&mut *tx).await?;
    assert_eq!(why.as_deref(), Some("the account is closed"));
    tx.commit().await?;
    assert!(bot.http.get("/metrics").await?.text().contains("madoguchi_jobs_dead 1"));
    // Scheduled again it lives again.
    queue.schedule("a", TimeDelta::zero(), LEASE).await?;
    assert!(queue.claim(0, LEASE, ANY).await?.is_empty(), "held for its session");
    assert_eq!(queue.claim(0, LEASE, Which::Key { city: &queue.city, key: "a" }).await?.len(), 1);
    // Another city sees nothing of it.
    let mut tx = queue.db.city(&"midori".parse()?).await?;
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM job").fetch_one(&mut *tx).await?;
    assert_eq!(seen, 0);
    tx.commit().await?;
    bot.stop().await
}
