//! Puts the parts together.

use crate::{clock::{SystemClock, TimeIds}, models, postgres::Private, serve::secret, settings::Settings, works};
use anyhow::Context;
use intents::payments::Providers;
use model::{Clock, Understand};
use sqlx::postgres::PgConnectOptions;
use std::{sync::Arc, time::Duration};
use store::{Db, Pools, Vault};
use turn::Engine;

/// A running installation: the database (private or not) and the engine on it.
pub struct Booted {
    pub engine: Arc<Engine>,
    pub providers: Arc<Providers>,
    private: Option<Private>,
}

/// The whole schema, in order.
pub fn schema(services: &[Box<dyn intents::Service>]) -> Vec<store::MigrationFile> {
    let mut files = intents::migrations(services);
    files.extend(backoffice::MIGRATIONS.iter().copied());
    files.sort_by_key(|file| file.version);
    files
}

/// Opens the database; a private one is started if none is named.
pub async fn database(settings: &Settings) -> anyhow::Result<(PgConnectOptions, Option<Private>)> {
    match &settings.database_url {
        Some(url) => Ok((url.parse().context("DATABASE_URL is no PostgreSQL address (postgres://user@host/database)")?, None)),
        None => {
            let private = Private::open(&settings.data).await?;
            Ok((private.options.clone(), Some(private)))
        }
    }
}

/// The providers of payments, by the addresses of the settings.
fn providers(settings: &Settings, clock: Arc<dyn Clock>) -> anyhow::Result<Arc<Providers>> {
    let address = |url: &Option<String>, otherwise: &str| url.clone().unwrap_or_else(|| otherwise.to_owned());
    Ok(Arc::new(Providers {
        http: outer::Http::new(Duration::from_secs(settings.payments.timeout_seconds.max(1))).context("the client of payment providers")?,
        stripe_url: address(&settings.stripe.api_url, "https://api.stripe.com"),
        paypay_url: address(&settings.paypay.api_url, "https://apigw.paypay.ne.jp"),
        public_url: settings.public_url(),
        clock,
        secret,
    }))
}

impl Booted {
    pub async fn new(settings: &Settings) -> anyhow::Result<Self> {
        Self::with_clock(settings, Arc::new(SystemClock)).await
    }

    pub async fn with_clock(settings: &Settings, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let nlu = models::understanding(&settings.models)?;
        let encoder = models::encoder(&settings.models, &nlu)?;
        let understand: Arc<dyn Understand> = nlu;
        let payments = providers(settings, clock.clone())?;
        let tools = intents::Tools { encoder: Some(encoder), locks: crate::locks::open(&settings.lock)?, payments: Some(payments.clone()), public_url: settings.public_url() };
        let (options, private) = database(settings).await?;
        let services = intents::services(tools);
        store::migrate(&options, &schema(&services)).await.context("the schema cannot be brought up to date")?;
        std::fs::create_dir_all(&settings.data)?;
        let vault = Vault::open_or_create(&settings.key_file())?;
        let pools = Pools { app: settings.queue.connections, queue: (settings.queue.connections / 2).max(2) };
        let db = Db::connect(&options, pools, vault, Arc::new(TimeIds));
        let mut engine = Engine::new(db, services, understand, clock)?;
        engine.add_work(Arc::new(works::Media(Arc::new(settings.line_api()?))));
        engine.add_work(Arc::new(works::Retention));
        engine.add_work(Arc::new(works::Erase));
        engine.cities.refresh(&engine.db, &engine.house()).await?;
        Ok(Self { engine: Arc::new(engine), providers: payments, private })
    }

    pub async fn close(mut self) {
        self.engine.db.close().await;
        if let Some(mut private) = self.private.take() {
            let _ = tokio::task::spawn_blocking(move || private.close()).await;
        }
    }
}
