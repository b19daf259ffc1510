//! `bot serve`: the web, the workers and the delivery in one process, or one of them.

use crate::{boot::Booted, commands::ServeArgs, office, phone, settings::Settings};
use anyhow::Context;
use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use channels::{
    Arrivals,
    line::{Credentials, Deliverer, DelivererSettings, LineCredentials, NoSuchCity, Webhook, stand_in},
    web::{Hub, Web},
};
use model::{Channel, CityId, ConversationId};
use std::{sync::Arc, time::Duration};
use store::Notice;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinSet,
};
use turn::{Bell, Engine, JobRunner, JobSettings, Worker, WorkerSettings};

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    Web,
    Worker,
    Phone,
}

/// So many outer calls a job may make one after the other; its lease lasts that long.
const CALLS: u64 = 4;
/// How often a change of a city's content by another process is looked for.
const REFRESH: Duration = Duration::from_secs(1);

pub async fn serve(mut settings: Settings, args: ServeArgs) -> anyhow::Result<()> {
    let part = |role| args.role.is_none_or(|only| only == role);
    let (web, worker) = (part(Role::Web), part(Role::Worker));
    // The port is taken before anything else: a second server on it fails at once.
    let listener = if web { Some(TcpListener::bind(settings.listen).await.with_context(|| format!("{} cannot be listened on", settings.listen))?) } else { None };
    if let Some(listener) = &listener {
        settings.listen = listener.local_addr()?;
    }
    settings.lock.built_in |= args.demo;
    if args.demo {
        settings.line.api_url.get_or_insert_with(|| format!("http://{}/demo/line", settings.listen));
    }
    let line = if part(Role::Phone) { phone::bind(&settings).await? } else { None };
    anyhow::ensure!(line.is_some() || args.role != Some(Role::Phone), "there is no telephone to serve (phone.lines is 0, or what is said above)");
    let booted = Booted::new(&settings).await?;
    let engine = booted.engine.clone();
    if args.demo {
        load_demo(&engine, &settings).await?;
    }
    let logins = if args.demo && web { office::demo_logins(&engine).await? } else { Vec::new() };
    let signals = Signals::listen()?;
    let (stop, stopped) = watch::channel(false);
    let (bells, hub) = (Bells::default(), Arc::new(Hub::default()));
    let staff_hub = Arc::new(backoffice::Hub::default());
    let rung: Arc<dyn Fn() + Send + Sync> = Arc::new(announce(&engine, worker, &bells.turns));
    let office = office::office(&engine, &settings, staff_hub.clone(), rung)?;
    let credentials: Arc<dyn LineCredentials> = Arc::new(CityCredentials(engine.clone()));
    let mut tasks = JoinSet::new();
    tasks.spawn(refresh(engine.clone(), stopped.clone()));
    tasks.spawn(listen(engine.clone(), bells.clone(), hub.clone(), staff_hub.clone(), stopped.clone()));
    if worker {
        start_workers(&engine, &settings, &bells, &hub, &stopped, &mut tasks);
        tasks.spawn(office::sweep(office.clone(), stopped.clone()));
        start_jobs(&engine, &settings, &bells, &stopped, &mut tasks);
        start_senders(&engine, &settings, credentials.clone(), &bells.deliveries, &stopped, &mut tasks)?;
    }
    let sip = line.as_ref().map(phone::Bound::listen);
    let mut calls = Router::new();
    if let Some(line) = line {
        let (board, ringing) = line.serve(&engine, &settings, stopped.clone())?;
        calls = phone::stream(&engine, &settings, board, args.demo);
        tasks.spawn(ringing);
    }
    if listener.is_none() && let Some(sip) = sip {
        println!("Madoguchi answers calls at sip:{sip}");
    }
    if let Some(listener) = listener {
        let arrivals = Arrivals::start(engine.db.clone(), announce(&engine, worker, &bells.turns));
        let pages = pages::Pages { engine: engine.clone(), providers: booted.providers.clone(), jobs: bells.jobs.clone(), font: settings.payments.font.clone() };
        let app = routes(&engine, &settings, args.demo, credentials, arrivals, hub).merge(backoffice::routes(office)).merge(pages::routes(pages)).merge(calls);
        say_addresses(&settings, &engine, args.demo, &logins, sip);
        let mut until = stopped.clone();
        tasks.spawn(async move {
            // Chat streams never end by themselves: what is still open after a moment is cut.
            let serving = axum::serve(listener, app.into_make_service_with_connect_info::<std::net::SocketAddr>()).with_graceful_shutdown({
                let mut until = until.clone();
                async move {
                    let _ = until.changed().await;
                }
            });
            tokio::select! {
                served = serving => if let Err(error) = served { tracing::error!(%error, "HTTP") },
                () = async { let _ = until.changed().await; tokio::time::sleep(Duration::from_secs(2)).await } => {}
            }
        });
    }
    signals.told_to_stop().await;
    tracing::info!("stopping");
    let _ = stop.send(true);
    let ended = tokio::time::timeout(Duration::from_secs(10), async { while tasks.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        tasks.abort_all();
    }
    booted.close().await;
    Ok(())
}

async fn load_demo(engine: &Engine, settings: &Settings) -> anyhow::Result<()> {
    let folder = &settings.demo.folder;
    let (city, report) = intents::import::add_city(&engine.db, folder)
        .await
        .with_context(|| format!("the demo city in {} cannot be loaded (run from the project's root, or set BOT_DEMO__FOLDER)", folder.display()))?;
    for rejection in &report.rejected {
        tracing::warn!("{rejection}");
    }
    intents::vouchers::demo_pins(&engine.db, &city).await?;
    engine.cities.refresh(&engine.db, &engine.house()).await?;
    tracing::info!(%city, rows = report.loaded, "the demo city is loaded");
    Ok(())
}

/// Tells the workers that something has arrived: those of this process directly, others through the database.
fn announce(engine: &Arc<Engine>, worker_here: bool, turns: &Arc<Bell>) -> impl Fn() + Send + Sync + 'static {
    let (engine, turns) = (engine.clone(), turns.clone());
    move || {
        if worker_here {
            turns.ring();
            return;
        }
        let engine = engine.clone();
        tokio::spawn(async move {
            if let Err(error) = engine.db.notify(Notice::Turns, "").await {
                tracing::warn!(%error, "workers could not be told; they look by themselves");
            }
        });
    }
}

fn start_workers(engine: &Arc<Engine>, settings: &Settings, bells: &Bells, hub: &Arc<Hub>, stopped: &watch::Receiver<bool>, tasks: &mut JoinSet<()>) {
    let queue = &settings.queue;
    let worker_settings = WorkerSettings {
        batch: i64::from(queue.batch.max(1)),
        lease: Duration::from_secs(queue.lease_seconds.max(2)),
        poll: Duration::from_millis(queue.poll_ms.max(10)),
    };
    for _ in 0..queue.workers.max(1) {
        let (hub, db) = (hub.clone(), engine.db.clone());
        let ran = move |city: &CityId, ran: &[turn::Ran]| {
            for one in ran.iter().filter(|one| one.channel == Channel::Web) {
                hub.ring(one.conversation);
            }
            let told: Vec<(ConversationId, bool)> = ran.iter().map(|one| (one.conversation, one.channel == Channel::Web)).collect();
            let (db, city) = (db.clone(), city.clone());
            tokio::spawn(async move {
                if let Err(error) = tell(&db, &city, &told).await {
                    tracing::warn!(%city, %error, "open pages could not be told; they look by themselves");
                }
            });
        };
        let worker = Worker { engine: engine.clone(), settings: worker_settings, turns: bells.turns.clone(), deliveries: bells.deliveries.clone(), ran: Arc::new(ran) };
        tasks.spawn(worker.run(stopped.clone()));
    }
}

fn start_jobs(engine: &Arc<Engine>, settings: &Settings, bells: &Bells, stopped: &watch::Receiver<bool>, tasks: &mut JoinSet<()>) {
    let runner = JobRunner { engine: engine.clone(), settings: job_settings(settings), jobs: bells.jobs.clone(), turns: bells.turns.clone() };
    tasks.spawn(runner.run(stopped.clone()));
}

/// How jobs are done, here and in a chat that does its own.
pub fn job_settings(settings: &Settings) -> JobSettings {
    let queue = &settings.queue;
    JobSettings {
        batch: 16,
        lease: Duration::from_secs(queue.lease_seconds.max(2) + CALLS * settings.payments.timeout_seconds.max(1)),
        poll: Duration::from_millis(queue.poll_ms.max(10)),
        back_off: Duration::from_millis(queue.back_off_ms.max(10)),
    }
}

/// Tells the open pages of every process: the chats, and the staff's.
pub async fn tell(db: &store::Db, city: &CityId, told: &[(ConversationId, bool)]) -> Result<(), store::StoreError> {
    for (conversation, web) in told {
        if *web {
            db.notify(Notice::Timeline, &conversation.to_string()).await?;
        }
        db.notify(Notice::Staff, &serde_json::to_string(&backoffice::Change::of(city, *conversation))?).await?;
    }
    Ok(())
}

fn start_senders(engine: &Arc<Engine>, settings: &Settings, credentials: Arc<dyn LineCredentials>, deliveries: &Arc<Bell>, stopped: &watch::Receiver<bool>, tasks: &mut JoinSet<()>) -> anyhow::Result<()> {
    let timeout = Duration::from_secs(settings.line.timeout_seconds.max(1));
    let api = Arc::new(settings.line_api()?);
    for _ in 0..settings.queue.senders.max(1) {
        let deliverer = Deliverer {
            db: engine.db.clone(),
            api: api.clone(),
            credentials: credentials.clone(),
            clock: engine.clock.clone(),
            settings: DelivererSettings {
                lease: timeout + Duration::from_secs(settings.queue.lease_seconds.max(2)),
                back_off: Duration::from_millis(settings.queue.back_off_ms.max(10)),
                ..DelivererSettings::default()
            },
        };
        tasks.spawn(send(deliverer, deliveries.clone(), Duration::from_millis(settings.queue.poll_ms.max(10)), stopped.clone()));
    }
    Ok(())
}

async fn send(deliverer: Deliverer, bell: Arc<Bell>, poll: Duration, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match deliverer.once().await {
            // There may be more, and the next message of a conversation waits for the one before it.
            Ok(count) if count > 0 => continue,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "messages cannot be delivered");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
        tokio::select! {
            () = bell.wait(poll) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Passes on what other processes announce.
async fn listen(engine: Arc<Engine>, bells: Bells, hub: Arc<Hub>, staff: Arc<backoffice::Hub>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let heard = async {
            let mut listener = sqlx::postgres::PgListener::connect_with(engine.db.queue()).await?;
            listener.listen_all(Notice::ALL.map(Notice::channel)).await?;
            loop {
                let notice = listener.recv().await?;
                match notice.channel() {
                    channel if channel == Notice::Turns.channel() => bells.turns.ring(),
                    channel if channel == Notice::Deliveries.channel() => bells.deliveries.ring(),
                    channel if channel == Notice::Jobs.channel() => bells.jobs.ring(),
                    channel if channel == Notice::Staff.channel() => staff.heard(notice.payload()),
                    _ => {
                        if let Ok(id) = notice.payload().parse() {
                            hub.ring(ConversationId(id));
                        }
                    }
                }
            }
        };
        let ended: Result<(), sqlx::Error> = tokio::select! {
            ended = heard => ended,
            _ = stop.changed() => return,
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "listening again");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

async fn refresh(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = engine.cities.refresh(&engine.db, &engine.house()).await {
            tracing::warn!(%error, "the cities' content could not be looked at");
        }
        tokio::select! {
            () = tokio::time::sleep(REFRESH) => {}
            _ = stop.changed() => {}
        }
    }
}

fn routes(engine: &Arc<Engine>, settings: &Settings, demo: bool, credentials: Arc<dyn LineCredentials>, arrivals: Arrivals, hub: Arc<Hub>) -> Router {
    let named = engine.clone();
    let city_name = Arc::new(move |id: &CityId| named.cities.get(id).map(|city| (city.name.clone(), city.profile.name_en.clone())));
    let web = Web::new(engine.db.clone(), arrivals.clone(), hub, engine.clock.clone(), city_name);
    let webhook = Webhook { credentials, arrivals, clock: engine.clock.clone() };
    let mut app = Router::new()
        .route("/health/live", get(|| async { "alive\n" }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(engine.clone())
        .merge(crate::files::routes(engine.clone()))
        .merge(channels::line::routes(webhook))
        .merge(channels::web::routes(web));
    if demo {
        let line = stand_in::StandInSettings::new("demo-secret", "demo-token", format!("http://{}/line/aoba/webhook", settings.listen));
        app = app.merge(channels::demo::page_routes()).nest("/demo/line", stand_in::StandIn::with_clock(line, engine.clock.clone()).router());
    }
    app
}

async fn ready(State(engine): State<Arc<Engine>>) -> impl IntoResponse {
    match engine.db.ping().await {
        Ok(()) => (StatusCode::OK, Json(serde_json::json!({ "ready": true, "cities": engine.cities.all().len() }))),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, Json(serde_json::json!({ "ready": false, "error": error.to_string() }))),
    }
}

/// What an operator watches: work that waits. Prometheus text format.
async fn metrics(State(engine): State<Arc<Engine>>) -> impl IntoResponse {
    match store::waiting(&engine.db, engine.now()).await {
        Ok(waiting) => {
            let gauges = [
                ("turns_waiting", "Conversations with something to do.", waiting.turns),
                ("deliveries_waiting", "Messages that are not delivered yet.", waiting.deliveries),
                ("jobs_scheduled", "Jobs for later.", waiting.jobs_scheduled),
                ("jobs_due", "Jobs whose time has come and that are not done yet.", waiting.jobs_due),
                ("jobs_dead", "Jobs that were given up; the table job says why.", waiting.jobs_dead),
            ];
            let line = |(name, help, value): (&str, &str, i64)| format!("# HELP madoguchi_{name} {help}\n# TYPE madoguchi_{name} gauge\nmadoguchi_{name} {value}\n");
            (StatusCode::OK, gauges.into_iter().map(line).collect::<String>())
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("# {error}\n")),
    }
}

fn say_addresses(settings: &Settings, engine: &Engine, demo: bool, logins: &[String], sip: Option<std::net::SocketAddr>) {
    println!("Madoguchi serves at http://{}", settings.listen);
    for city in engine.cities.all() {
        println!("  {}: chat http://{}/chat/{}, LINE webhook http://{}/line/{}/webhook", city.name, settings.listen, city.id, settings.listen, city.id);
    }
    if demo {
        println!("  demo: http://{}/demo", settings.listen);
    }
    if let Some(sip) = sip {
        let calls = engine.cities.all().iter().map(|city| format!("sip:{}@{sip}", city.id)).collect::<Vec<_>>();
        println!("  telephone: {}", calls.join(", "));
    }
    println!("  staff: http://{}/backoffice", settings.listen);
    if !logins.is_empty() {
        println!("    logins of the demo city: {}; password {}", logins.join(", "), backoffice::DEMO_PASSWORD);
    }
}

/// What wakes the parts of this process.
#[derive(Clone, Default)]
struct Bells {
    turns: Arc<Bell>,
    deliveries: Arc<Bell>,
    jobs: Arc<Bell>,
}

/// The signals that end the server.
struct Signals {
    terminated: Signal,
    interrupted: Signal,
}

impl Signals {
    /// Listens from now on: before anybody is told that the server is ready, or an early stop would be a crash.
    fn listen() -> anyhow::Result<Self> {
        Ok(Self { terminated: signal(SignalKind::terminate())?, interrupted: signal(SignalKind::interrupt())? })
    }

    async fn told_to_stop(mut self) {
        tokio::select! {
            _ = self.terminated.recv() => {}
            _ = self.interrupted.recv() => {}
        }
    }
}

/// A city's LINE channel as its settings say; a value `@/path` is read from that file.
struct CityCredentials(Arc<Engine>);

impl LineCredentials for CityCredentials {
    fn of(&self, city: &CityId) -> Result<Option<Credentials>, NoSuchCity> {
        let city = self.0.cities.get(city).ok_or(NoSuchCity)?;
        let line = &city.profile.line;
        if line.channel_secret.is_empty() || line.access_token.is_empty() {
            return Ok(None);
        }
        Ok(secret(&line.channel_secret).zip(secret(&line.access_token)).map(|(channel_secret, access_token)| Credentials { channel_secret, access_token }))
    }
}

/// A setting that may be the name of a file.
pub fn secret(value: &str) -> Option<String> {
    match value.strip_prefix('@') {
        Some(path) => match std::fs::read_to_string(path) {
            Ok(text) => Some(text.trim().to_owned()),
            Err(error) => {
                tracing::error!(path, %error, "a secret cannot be read");
                None
            }
        },
        None => Some(value.to_owned()),
    }
}
