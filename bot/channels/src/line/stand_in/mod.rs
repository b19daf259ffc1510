//! A stand-in of the LINE platform, for `bot serve --demo` and for tests.
//!
//! One router, two sides:
//! - `/v2/bot/…` is the Messaging API as a bot sees it: same paths, shapes, limits and refusals
//!   (after LINE's OpenAPI description and its documentation);
//! - `/_stand_in/…` is for whoever plays the resident, or the bad day of the platform; see [`control`].
//!
//! Nothing is kept on disk, and whatever grows with the messages is bounded.

mod access;
mod base64;
mod control;
mod control_user;
mod event;
mod fault;
mod gate;
mod ids;
mod picture;
mod platform;
mod quota;
mod reads;
mod recent;
mod refusal;
mod request_log;
mod timeline;
mod token;
mod user;
mod validate;
mod webhook;

use axum::Router;
use model::Clock;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The bot's own user id: `destination` of every webhook, `userId` of `/v2/bot/info`.
pub const BOT_USER_ID: &str = "U00000000000000000000000000000b07";

#[derive(Clone, Debug)]
pub struct StandInSettings {
    /// Signs the webhooks, as the channel secret does.
    pub channel_secret: String,
    /// What the bot must send as its bearer token.
    pub access_token: String,
    /// Where the bot takes webhooks, plain HTTP: `http://127.0.0.1:8080/line/aoba/webhook`.
    pub webhook_url: String,
    /// How long a reply token is good for; the platform promises one minute.
    pub token_life: Duration,
    /// Whether `GET /_stand_in/requests` has something to tell. Off for load tests.
    pub keep_requests: bool,
}

impl StandInSettings {
    /// The platform's own habits: reply tokens of one minute; requests are kept.
    pub fn new(
        channel_secret: impl Into<String>,
        access_token: impl Into<String>,
        webhook_url: impl Into<String>,
    ) -> Self {
        Self {
            channel_secret: channel_secret.into(),
            access_token: access_token.into(),
            webhook_url: webhook_url.into(),
            token_life: Duration::from_secs(60),
            keep_requests: true,
        }
    }
}

/// A handle; clones share one platform.
#[derive(Clone)]
pub struct StandIn(Arc<Shared>);

struct Shared {
    settings: StandInSettings,
    clock: Arc<dyn Clock>,
    ids: ids::Ids,
    users: user::Users,
    tokens: token::ReplyTokens,
    quota: Mutex<quota::Quota>,
    accepted: quota::Accepted,
    faults: fault::Faults,
    requests: request_log::RequestLog,
    pictures: picture::Pictures,
    webhook: webhook::Webhook,
}

impl StandIn {
    /// Follows the wall clock.
    pub fn new(settings: StandInSettings) -> Self {
        Self::with_clock(settings, Arc::new(WallClock))
    }

    /// `clock` gives the events' timestamps and ages the reply tokens, so a test can expire one by hand.
    pub fn with_clock(settings: StandInSettings, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared {
            webhook: webhook::Webhook::new(&settings),
            requests: request_log::RequestLog::new(settings.keep_requests),
            tokens: token::ReplyTokens::new(settings.token_life),
            ids: ids::Ids::new(),
            users: user::Users::default(),
            quota: Mutex::default(),
            accepted: quota::Accepted::default(),
            faults: fault::Faults::default(),
            pictures: picture::Pictures::default(),
            clock,
            settings,
        }))
    }

    /// Both sides. May be nested under any path.
    pub fn router(&self) -> Router {
        platform::router(self).merge(control::router()).with_state(self.clone())
    }

    /// Milliseconds since 1970, as the platform counts.
    fn now_ms(&self) -> i64 {
        self.0.clock.now().timestamp_millis()
    }
}

struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "plays a foreign server, which has a clock of its own")]
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        std::time::SystemTime::now().into()
    }
}

/// A poisoned lock still guards usable data here: every change under it is a single step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
