use crate::{Key, StoreError, Vault};
use model::{CityId, Ids};
use sqlx::{
    Connection, Executor, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
    AssertSqlSafe,
};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use uuid::Uuid;

/// The database, as the roles see it, and the keys to what is sealed in it.
#[derive(Clone)]
pub struct Db {
    app: PgPool,
    queue: PgPool,
    vault: Vault,
    ids: Arc<dyn Ids>,
    city_keys: Arc<RwLock<HashMap<CityId, Key>>>,
}

/// How many connections each role may hold.
#[derive(Clone, Copy, Debug)]
pub struct Pools {
    pub app: u32,
    pub queue: u32,
}

/// A transaction in which one city is visible.
pub type CityTx = Transaction<'static, Postgres>;

/// What one process tells the others through the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// There are turns to run.
    Turns,
    /// There are messages to deliver.
    Deliveries,
    /// There are jobs to do now.
    Jobs,
    /// A conversation has new messages; the payload says which.
    Timeline,
    /// Something that staff look at has changed; the payload says what (see the back office).
    Staff,
}

impl Notice {
    pub const ALL: [Notice; 5] = [Notice::Turns, Notice::Deliveries, Notice::Jobs, Notice::Timeline, Notice::Staff];

    pub fn channel(self) -> &'static str {
        match self {
            Notice::Turns => "madoguchi_turns",
            Notice::Deliveries => "madoguchi_deliveries",
            Notice::Jobs => "madoguchi_jobs",
            Notice::Timeline => "madoguchi_timeline",
            Notice::Staff => "madoguchi_staff",
        }
    }
}

impl Db {
    /// Connects lazily: the first use opens a connection. The schema must be there (see [`crate::migrate`]).
    pub fn connect(options: &PgConnectOptions, pools: Pools, vault: Vault, ids: Arc<dyn Ids>) -> Self {
        let pool = |size: u32, role: &'static str| {
            PgPoolOptions::new()
                .max_connections(size)
                .acquire_timeout(Duration::from_secs(10))
                .after_connect(move |connection, _| {
                    Box::pin(async move {
                        connection.execute(AssertSqlSafe(format!("SET ROLE {role}"))).await?;
                        Ok(())
                    })
                })
                .connect_lazy_with(options.clone().application_name("madoguchi"))
        };
        Self {
            app: pool(pools.app, "madoguchi_app"),
            queue: pool(pools.queue, "madoguchi_queue"),
            vault,
            ids,
            city_keys: Arc::default(),
        }
    }

    pub fn ids(&self) -> &dyn Ids {
        self.ids.as_ref()
    }

    pub fn uuid(&self) -> Uuid {
        self.ids.uuid()
    }

    /// Opens a transaction that sees `city` and no other.
    pub async fn city(&self, city: &CityId) -> Result<CityTx, StoreError> {
        // One round trip: both statements travel together. A CityId holds only a-z, 0-9 and -.
        let begin = AssertSqlSafe(format!("BEGIN; SET LOCAL app.city = '{city}'"));
        Ok(self.app.begin_with(begin).await?)
    }

    /// For tables without a city (`city` itself), read-only look-ups and probes.
    pub fn app(&self) -> &PgPool {
        &self.app
    }

    /// Sees ids, times and leases of all cities.
    pub fn queue(&self) -> &PgPool {
        &self.queue
    }

    /// Tells every process. Outside any transaction: NOTIFY takes a lock that all commits would wait for.
    pub async fn notify(&self, notice: Notice, payload: &str) -> Result<(), StoreError> {
        sqlx::query("SELECT pg_notify($1, $2)").bind(notice.channel()).bind(payload).execute(&self.queue).await?;
        Ok(())
    }

    /// The city's key, unwrapped once and then kept in memory.
    pub async fn city_key(&self, tx: &mut PgConnection, city: &CityId) -> Result<Key, StoreError> {
        if let Some(key) = self.city_keys.read().unwrap_or_else(PoisonError::into_inner).get(city) {
            return Ok(key.clone());
        }
        let wrapped: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT wrapped FROM city_key WHERE city_id = $1").bind(city.as_str()).fetch_optional(tx).await?;
        let wrapped = wrapped.ok_or_else(|| StoreError::Inconsistent {
            table: "city_key",
            key: city.to_string(),
            problem: "the city has no key",
        })?;
        let key = self.vault.unwrap(&wrapped, city.as_str())?;
        self.city_keys.write().unwrap_or_else(PoisonError::into_inner).insert(city.clone(), key.clone());
        Ok(key)
    }

    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Answers whether the database can be used at this moment.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut connection = self.queue.acquire().await?;
        connection.ping().await?;
        Ok(())
    }

    pub async fn close(&self) {
        self.app.close().await;
        self.queue.close().await;
    }
}
