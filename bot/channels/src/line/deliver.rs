//! Sends what the outbox holds for LINE: by reply token while it lives, by push afterwards; each message once, as far
//! as the platform lets us (ARCHITECTURE.md names the window that it leaves open).

use super::{ApiFailure, Credentials, LineApi, LineCredentials, quota, render};
use futures_util::{StreamExt, stream::FuturesUnordered};
use line_bot_sdk_rust::line_messaging_api::models::Message;
use model::{Channel, Clock};
use std::{sync::Arc, time::Duration};
use store::{Db, Delivery, DueDelivery, Settled};

#[derive(Clone, Copy, Debug)]
pub struct DelivererSettings {
    /// Messages on their way at once.
    pub batch: i64,
    /// Longer than a call may take; a process that dies leaves its messages to others after this long.
    pub lease: Duration,
    /// The first pause after a failure; it doubles each time.
    pub back_off: Duration,
    /// After so many attempts a message is given up.
    pub attempts: i16,
}

impl Default for DelivererSettings {
    fn default() -> Self {
        Self { batch: 64, lease: Duration::from_secs(15), back_off: Duration::from_secs(1), attempts: 12 }
    }
}

pub struct Deliverer {
    pub db: Db,
    pub api: Arc<dyn LineApi>,
    pub credentials: Arc<dyn LineCredentials>,
    pub clock: Arc<dyn Clock>,
    pub settings: DelivererSettings,
}

/// Settled together when they end at about the same time.
const TOGETHER: usize = 32;
/// What is held back for want of allowance is looked at again after this long.
const HELD: Duration = Duration::from_secs(3_600);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

impl Deliverer {
    /// Sends what is due; returns how many messages that was.
    pub async fn once(&self) -> Result<usize, store::StoreError> {
        let due = store::claim_deliveries(&self.db, Channel::Line, self.settings.lease, self.settings.batch).await?;
        let count = due.len();
        if count == 0 {
            return Ok(0);
        }
        let deliveries = store::load_deliveries(&self.db, due).await?;
        let calls: FuturesUnordered<_> = deliveries.into_iter().map(|delivery| self.deliver(delivery)).collect();
        let mut ended = calls.ready_chunks(TOGETHER);
        while let Some(settled) = ended.next().await {
            store::settle_deliveries(&self.db, &settled).await?;
        }
        Ok(count)
    }

    async fn deliver(&self, delivery: Delivery) -> (DueDelivery, Settled) {
        let settled = self.send(&delivery).await;
        if let Settled::Later { error, .. } | Settled::Finished { error: Some(error), .. } = &settled {
            tracing::warn!(city = %delivery.due.city, message = %delivery.message, attempt = delivery.due.attempts, error, "delivery");
        }
        (delivery.due, settled)
    }

    async fn send(&self, delivery: &Delivery) -> Settled {
        if delivery.blocked {
            return finished("blocked", None);
        }
        let Ok(Some(credentials)) = self.credentials.of(&delivery.due.city) else {
            return finished("refused", Some("the city has no LINE channel any more".to_owned()));
        };
        let messages = match render(&delivery.reply) {
            Ok(messages) if messages.is_empty() => return finished("empty", None),
            Ok(messages) => messages,
            Err(error) => return finished("refused", Some(format!("cannot be put into LINE's messages: {error}"))),
        };
        match delivery.reply_token.as_ref().filter(|token| token.expires_at > self.clock.now()) {
            Some(token) => match self.api.reply(&credentials, &token.token, messages.clone()).await {
                Ok(()) => finished("replied", None),
                // An earlier attempt whose outcome nobody knows has used the token: the answer has arrived.
                Err(ApiFailure::Refused { status: 400, body }) if names_token(&body) && delivery.due.in_doubt => finished("replied", None),
                // Nobody of us used it: expired on the way, or another system answered with it.
                Err(ApiFailure::Refused { status: 400, body }) if names_token(&body) => self.push(delivery, &credentials, messages, true).await,
                Err(failure) => self.failed(delivery, &failure, false),
            },
            None => self.push(delivery, &credentials, messages, delivery.reply_token.is_some()).await,
        }
    }

    async fn push(&self, delivery: &Delivery, credentials: &Credentials, messages: Vec<Message>, drop_token: bool) -> Settled {
        let city = &delivery.due.city;
        let left = quota::look(&self.db, self.api.as_ref(), self.clock.as_ref(), city, credentials).await;
        if quota::permit(left, delivery.urgency) == quota::Permit::Hold {
            let error = "held back: the month's push allowance runs short".to_owned();
            return Settled::Later { after: HELD, error, drop_token, in_doubt: delivery.due.in_doubt };
        }
        match self.api.push(credentials, &delivery.account, messages, delivery.retry_key).await {
            // 409: this retry key was accepted before.
            Ok(()) | Err(ApiFailure::Refused { status: 409, .. }) => finished("pushed", None),
            Err(ApiFailure::Refused { status: 429, body }) if body.contains("monthly limit") => {
                quota::exhausted(&self.db, self.clock.as_ref(), city).await;
                let error = "the month's push allowance is used up".to_owned();
                Settled::Later { after: HELD, error, drop_token, in_doubt: false }
            }
            Err(failure) => self.failed(delivery, &failure, drop_token),
        }
    }

    /// 429, 5xx and silence: again, later and later. Other refusals are final; the reason is kept.
    fn failed(&self, delivery: &Delivery, failure: &ApiFailure, drop_token: bool) -> Settled {
        let again = match failure {
            ApiFailure::Unknown(_) => true,
            ApiFailure::Refused { status, .. } => *status == 429 || *status >= 500,
        };
        if !again {
            return finished("refused", Some(failure.to_string()));
        }
        if delivery.due.attempts >= self.settings.attempts {
            return finished("given-up", Some(failure.to_string()));
        }
        let doublings = u32::from(delivery.due.attempts.clamp(1, 12).unsigned_abs()) - 1;
        let after = self.settings.back_off.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
        // 429 says that nothing was done; after 5xx and silence nobody knows.
        let in_doubt = delivery.due.in_doubt || !matches!(failure, ApiFailure::Refused { status: 429, .. });
        Settled::Later { after, error: failure.to_string(), drop_token, in_doubt }
    }
}

fn finished(outcome: &'static str, error: Option<String>) -> Settled {
    Settled::Finished { outcome, error }
}

fn names_token(body: &str) -> bool {
    body.to_lowercase().contains("reply token")
}
