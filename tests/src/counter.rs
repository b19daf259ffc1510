//! The services at a real database, without the talk around them: what a form does, what jobs do, at whatever moment.

use crate::{Bot, Folder};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use dialogue::{Answer, Outcome};
use intents::{Around, Cities, City, Context, House, Service, Texts, Tools};
use model::{Channel, CityId, ConversationId, Lang, Part, Recall, Say, Scored, SequentialIds, Understand, Understanding, Utterance};
use outer::locks::BuiltInLocks;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};
use store::{Db, Pools, Vault, Which};

/// Nothing is understood here: answers are given as values.
struct Deaf;

impl Understand for Deaf {
    fn understand(&self, _utterance: &Utterance<'_>) -> Understanding {
        Understanding::default()
    }

    fn remember(&self, _sentences: &[(String, String)]) -> Arc<dyn Recall> {
        Arc::new(Self)
    }
}

impl Recall for Deaf {
    fn recall(&self, _text: &str) -> Option<Scored> {
        None
    }
}

pub struct Counter {
    pub db: Db,
    pub city: Arc<City>,
    pub services: Vec<Box<dyn Service>>,
    pub locks: Arc<BuiltInLocks>,
}

impl Counter {
    /// The demo city, served without anybody who does its jobs: the test does them, at whatever moment.
    pub async fn open() -> anyhow::Result<(Folder, Bot, Self)> {
        let folder = Folder::new()?;
        let bot = Bot::start(&folder.0, &[], &["serve", "--demo", "--role", "web"]).await?;
        let counter = Self::join(&folder.0, "aoba").await?;
        Ok((folder, bot, counter))
    }

    /// At the database of a server that does no jobs of its own (`serve --demo --role web`).
    pub async fn join(data: &Path, city: &str) -> anyhow::Result<Self> {
        let options = PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi");
        let vault = Vault::open_or_create(&data.join("master.key"))?;
        let db = Db::connect(&options, Pools { app: 16, queue: 4 }, vault, Arc::new(SequentialIds::default()));
        let locks = Arc::new(BuiltInLocks::default());
        let services = intents::services(Tools { locks: Some(locks.clone()), ..Tools::default() });
        let (texts, catalogue) = (Texts::load(&services)?, intents::catalogue(&services)?);
        let house = House { services: &services, catalogue: &catalogue, understand: &Deaf, texts: &texts };
        let city = Cities::default().find(&db, &house, &city.parse::<CityId>()?).await?;
        Ok(Self { db, city, services, locks })
    }

    pub async fn resident(&self, name: &str) -> anyhow::Result<ConversationId> {
        Ok(store::open_live(&self.db, &self.city.id, Channel::Web, name).await?)
    }

    fn context<'a>(&'a self, tx: &'a mut PgConnection, conversation: ConversationId, now: DateTime<Utc>) -> Context<'a> {
        let now = now.with_timezone(&self.city.zone).fixed_offset();
        Context { tx, city: &self.city, conversation, now, lang: Lang::Ja, channel: Channel::Web, understanding: None, ids: self.db.ids(), db: &self.db }
    }

    /// What a form does with these answers, committed unless it was rejected.
    pub async fn perform(&self, who: ConversationId, form: &str, answers: &[(&str, &str)], now: DateTime<Utc>) -> anyhow::Result<Outcome> {
        let service = self.services.iter().find(|service| service.forms().iter().any(|one| one.id == form)).context("a service")?;
        let answers: BTreeMap<String, Answer> = answers.iter().map(|(name, value)| ((*name).to_owned(), Answer::same(*value))).collect();
        let mut tx = self.db.city(&self.city.id).await?;
        let mut savepoint = tx.begin().await?;
        let mut context = self.context(&mut savepoint, who, now);
        let outcome = service.perform(&mut context, form, &answers, "").await?;
        match outcome {
            Outcome::Rejected { .. } => savepoint.rollback().await?,
            _ => savepoint.commit().await?,
        }
        tx.commit().await?;
        Ok(outcome)
    }

    /// Does every job that is due, and what these leave to be done at once; returns their kinds.
    pub async fn jobs(&self, now: DateTime<Utc>) -> anyhow::Result<Vec<String>> {
        let works: BTreeMap<&str, _> = self.services.iter().flat_map(|service| service.works()).map(|work| (work.kind(), work)).collect();
        let kinds: Vec<&str> = works.keys().copied().collect();
        let around = Around { db: self.db.clone(), city: self.city.clone(), now };
        let mut done = Vec::new();
        loop {
            // A live session would do its jobs itself: here nobody does but this.
            let mut tx = self.db.city(&self.city.id).await?;
            sqlx::query("UPDATE job SET lease_until = NULL WHERE lease_token IS NULL").execute(&mut *tx).await?;
            tx.commit().await?;
            let jobs = store::claim_jobs(&self.db, now, &kinds, Duration::from_secs(60), Which::Any { limit: 64 }).await?;
            if jobs.is_empty() {
                return Ok(done);
            }
            for job in jobs {
                let work = works.get(job.kind.as_str()).context("its work")?;
                let called = work.call(&around, &job).await?;
                let mut tx = self.db.city(&self.city.id).await?;
                if store::finish_job(&mut tx, &job).await? {
                    work.effect(&around, &mut tx, &job, called).await?;
                    done.push(job.kind.clone());
                }
                tx.commit().await?;
            }
        }
    }

    /// What a resident's conversation was told unasked, as it would be said now: service, event and words' keys.
    pub async fn told(&self, who: ConversationId, now: DateTime<Utc>) -> anyhow::Result<Vec<String>> {
        let mut tx = self.db.city(&self.city.id).await?;
        let events: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT content->>'service', content->>'event', content->>'key' FROM inbox WHERE city_id = $1 AND conversation_id = $2 AND content->>'type' = 'event' ORDER BY seq",
        )
        .bind(self.city.id.as_str())
        .bind(who.0)
        .fetch_all(&mut *tx)
        .await?;
        let mut told = Vec::new();
        for (service, event, key) in events {
            let service = self.services.iter().find(|one| one.id() == service).context("its service")?;
            let mut context = self.context(&mut tx, who, now);
            told.extend(service.tell(&mut context, &event, &key).await?.say.iter().map(key_of));
        }
        tx.commit().await?;
        Ok(told)
    }

    /// One value of the database, as the owner of the city sees it.
    pub async fn count(&self, sql: &'static str) -> anyhow::Result<i64> {
        let mut tx = self.db.city(&self.city.id).await?;
        let n = sqlx::query_scalar(sql).fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(n)
    }
}

/// The key of what is said first.
pub fn key_of(part: &Part<Say>) -> String {
    let key = |say: &Say| match say {
        Say::Key { key, .. } => key.to_string(),
        Say::Plain(text) => text.clone(),
        Say::Lines(lines) => lines.iter().map(|line| if let Say::Key { key, .. } = line { key.to_string() } else { String::new() }).collect::<Vec<_>>().join(" "),
    };
    match part {
        Part::Text { text } | Part::Choices { text, .. } | Part::Cards { text, .. } | Part::Link { text, .. } => key(text),
        _ => String::new(),
    }
}

/// The keys of what was said.
pub fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done { say, .. } => say.iter().map(key_of).collect::<Vec<_>>().join(" "),
        other => format!("{other:?}"),
    }
}
