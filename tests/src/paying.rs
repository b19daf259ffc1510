use crate::{Bot, Folder, bot::copy, root};
use chrono::{DateTime, Utc};
use model::{Bill, BillId, BillLine, Channel, CityId, Content, ConversationId, Ids, Inbound, NewBill, Private, Yen};
use outer::payments::stand_in::{Page, Posted, Till, paypay_notice, paypay_routes, stripe_notice, stripe_routes};
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use std::{fs, sync::Arc, time::{Duration, Instant}};
use store::{Db, Pools, Vault, bills};
use uuid::Uuid;

/// Ids as the server makes them: those of tests that join its database must not repeat.
struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "a process beside the server makes ids of its own")]
    fn uuid(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// A copy of the demo city with other settings.
pub fn city_folder(folder: &Folder, change: impl Fn(&str) -> String) -> anyhow::Result<String> {
    let (from, to) = (root().join("fixtures/cities/aoba"), folder.0.join("city"));
    copy(&from, &to)?;
    let settings = fs::read_to_string(from.join("city.toml"))?;
    fs::write(to.join("city.toml"), change(&settings))?;
    Ok(to.to_string_lossy().into_owned())
}

/// A counter whose city takes money by stand-ins of Stripe and PayPay, which live in this process and go on when the counter dies.
pub struct Paying {
    pub folder: Folder,
    pub stripe: Till,
    pub paypay: Till,
    pub bot: Bot,
    pub db: Db,
    pub city: CityId,
    settings: Vec<(&'static str, String)>,
    listen: String,
}

pub const WEBHOOK_SECRET: &str = "whsec_test";
pub const MERCHANT: &str = "merchant-1";

impl Paying {
    /// The city takes money by these providers; `more` is added to its `[payments]`.
    pub async fn start(providers: &[&str], more: &str) -> anyhow::Result<Self> {
        let folder = Folder::new()?;
        let (stripe, paypay) = (Till::default(), Till::default());
        let stripe_at = Till::serve(stripe_routes(stripe.clone(), "sk_test")).await?;
        let paypay_at = Till::serve(paypay_routes(paypay.clone(), "key", "secret")).await?;
        let city = city_folder(&folder, |settings| {
            let (before, _) = settings.split_once("[payments]").unwrap_or((settings, ""));
            format!(
                "{before}[payments]\nproviders = {providers:?}\ncheck_seconds = 1\n{more}\n\
                 [payments.stripe]\nsecret_key = \"sk_test\"\nwebhook_secret = \"{WEBHOOK_SECRET}\"\n\
                 [payments.paypay]\napi_key = \"key\"\napi_secret = \"secret\"\nmerchant_id = \"{MERCHANT}\"\n"
            )
        })?;
        let settings = vec![
            ("BOT_DEMO__FOLDER", city),
            ("BOT_STRIPE__API_URL", format!("http://{stripe_at}")),
            ("BOT_PAYPAY__API_URL", format!("http://{paypay_at}")),
            ("BOT_PAYMENTS__TIMEOUT_SECONDS", "1".to_owned()),
            ("BOT_QUEUE__POLL_MS", "50".to_owned()),
            ("BOT_QUEUE__LEASE_SECONDS", "2".to_owned()),
            ("BOT_QUEUE__BACK_OFF_MS", "20".to_owned()),
        ];
        let bot = serve(&folder, &settings, "127.0.0.1:0").await?;
        let listen = bot.address.to_string();
        let options = PgConnectOptions::new_without_pgpass().socket(folder.0.join("run")).username("madoguchi").database("madoguchi");
        let db = Db::connect(&options, Pools { app: 4, queue: 2 }, Vault::open_or_create(&folder.0.join("master.key"))?, Arc::new(RandomIds));
        Ok(Self { folder, stripe, paypay, bot, db, city: "aoba".parse()?, settings, listen })
    }

    /// Runs a command beside the server, with its settings: whether it went well, what it said, and its errors.
    pub fn command(&self, arguments: &[&str]) -> anyhow::Result<(bool, String, String)> {
        let settings: Vec<(&str, &str)> = self.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        tokio::task::block_in_place(|| crate::run_with(&self.folder.0, &settings, arguments, ""))
    }

    /// As the power cut does it; then it comes back where it was.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.bot.kill();
        self.bot = serve(&self.folder, &self.settings, &self.listen).await?;
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "the server beside goes by this clock")]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// Something that a resident does on the web.
    pub async fn does(&self, account: &str, content: Content) -> anyhow::Result<ConversationId> {
        let inbound = Inbound {
            city: self.city.clone(),
            channel: Channel::Web,
            account: Private(account.to_owned()),
            platform_id: self.db.uuid().to_string(),
            at: self.now(),
            content,
            reply_token: None,
        };
        let stored = store::enqueue(&self.db, &self.city, &[inbound]).await?;
        stored.first().map(|stored| stored.conversation).ok_or_else(|| anyhow::anyhow!("not stored"))
    }

    pub async fn taps(&self, account: &str, value: &str) -> anyhow::Result<ConversationId> {
        self.does(account, Content::Postback { value: value.to_owned(), label: None }).await
    }

    /// A resident who owes something.
    pub async fn owes(&self, account: &str, kind: &'static str, amount: i64, hold: Option<DateTime<Utc>>) -> anyhow::Result<Bill> {
        let conversation = self.does(account, Content::Follow).await?;
        let now = self.now();
        let new = NewBill {
            kind,
            subject: self.db.uuid(),
            conversation: Some(conversation),
            title: format!("第1会議室 {account}"),
            lines: vec![BillLine { text: "第1会議室 9:00-12:00".to_owned(), quantity: 1, unit: Yen::new(amount)?, tax_percent: Some(10) }],
            due_at: now + chrono::TimeDelta::days(7),
            hold_until: hold,
        };
        let mut tx = self.db.city(&self.city).await?;
        let bill = bills::open(&self.db, &mut tx, &self.city, &new, now).await?;
        tx.commit().await?;
        Ok(bill)
    }

    pub async fn bill(&self, id: BillId) -> anyhow::Result<Bill> {
        let mut tx = self.db.city(&self.city).await?;
        let bill = bills::find(&mut tx, &self.city, id).await?;
        tx.commit().await?;
        bill.ok_or_else(|| anyhow::anyhow!("there is no such bill"))
    }

    /// Waits until the bill is as wanted.
    pub async fn until(&self, id: BillId, wanted: impl Fn(&Bill) -> bool) -> anyhow::Result<Bill> {
        let began = Instant::now();
        loop {
            let bill = self.bill(id).await?;
            if wanted(&bill) {
                return Ok(bill);
            }
            anyhow::ensure!(began.elapsed() < Duration::from_secs(30), "it stays {bill:?}");
            self.pause().await?;
        }
    }

    /// The answer to a resident of the web that holds these words, as soon as it is there.
    pub async fn hears(&self, account: &str, words: &str) -> anyhow::Result<Value> {
        let began = Instant::now();
        loop {
            let mut tx = self.db.city(&self.city).await?;
            let replies: Vec<Value> = sqlx::query_scalar("SELECT o.reply FROM outbox o JOIN conversation c USING (city_id, conversation_id) WHERE c.account = $1 ORDER BY o.seq").bind(account).fetch_all(&mut *tx).await?;
            tx.commit().await?;
            if let Some(reply) = replies.iter().find(|reply| reply.to_string().contains(words)) {
                return Ok(reply.clone());
            }
            anyhow::ensure!(began.elapsed() < Duration::from_secs(30), "{account} never heard `{words}`: {replies:?}");
            self.pause().await?;
        }
    }

    /// The path of the first link in an answer.
    pub fn link(&self, reply: &Value) -> anyhow::Result<String> {
        let text = reply.to_string();
        let base = format!("http://{}", self.listen);
        let at = text.find(&base).ok_or_else(|| anyhow::anyhow!("there is no link to {base} in {text}"))?;
        Ok(text[at + base.len()..].chars().take_while(|c| *c != '"' && *c != '\\').collect())
    }

    /// Waits for the page of a bill's attempt at a provider that is open.
    pub async fn page(&self, till: &Till, bill: &Bill) -> anyhow::Result<Page> {
        let began = Instant::now();
        loop {
            let attempts: Vec<Uuid> = self.rows("SELECT attempt_id FROM payment_attempt WHERE city_id = 'aoba' AND state = 'open' AND bill_id = $1", bill.id.0).await?;
            let open = till.pages().into_iter().find(|page| attempts.iter().any(|id| page.attempt.contains(&id.to_string()) || page.attempt.contains(&id.simple().to_string())));
            if let Some(page) = open {
                return Ok(page);
            }
            anyhow::ensure!(began.elapsed() < Duration::from_secs(30), "there is no page for {}", bill.number);
            self.pause().await?;
        }
    }

    async fn rows(&self, sql: &'static str, id: Uuid) -> anyhow::Result<Vec<Uuid>> {
        let mut tx = self.db.city(&self.city).await?;
        let rows = sqlx::query_scalar(sql).bind(id).fetch_all(&mut *tx).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// A round trip to the database is our pause.
    pub async fn pause(&self) -> anyhow::Result<()> {
        sqlx::query("SELECT 1").execute(self.db.app()).await?;
        Ok(())
    }

    /// The notice of a page as its provider sends it.
    pub fn notice(&self, till: &Till, page: &Page, id: &str) -> (&'static str, Posted) {
        let latest = till.pages().into_iter().find(|other| other.reference == page.reference).unwrap_or_else(|| page.clone());
        if page.reference.starts_with("cs_") { ("stripe", stripe_notice(&latest, id, WEBHOOK_SECRET, self.now())) } else { ("paypay", paypay_notice(&latest, MERCHANT)) }
    }

    /// Posts it; the counter's answer. Nothing when the counter is dead.
    pub async fn post(&self, provider: &str, posted: &Posted) -> anyhow::Result<u16> {
        let headers: Vec<(&str, &str)> = posted.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = self.bot.http.send(hyper::Method::POST, &format!("/payments/{provider}/webhook"), &headers, posted.body.clone().into()).await?;
        Ok(answer.status)
    }

    /// Sums of the ledger by account.
    pub async fn balance(&self, account: &str) -> anyhow::Result<i64> {
        let mut tx = self.db.city(&self.city).await?;
        let all = store::ledger::balances(&mut tx, &self.city).await?;
        tx.commit().await?;
        Ok(all.into_iter().find(|(name, _)| name == account).map_or(0, |(_, yen)| yen))
    }
}

async fn serve(folder: &Folder, settings: &[(&'static str, String)], listen: &str) -> anyhow::Result<Bot> {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Bot::start_at(&folder.0, listen, &settings, &["serve", "--demo"]).await
}

