//! The back office, put together: what it may know of the rest of the house, and what time brings about.

use anyhow::Context;
use crate::{serve::secret, settings::Settings, works::{DAILY, RETENTION}};
use backoffice::{CityFacts, Hub, House, Keep, Office, Outside, Proxies, Rules, RunningForm, SignOn};
use chrono::{DateTime, TimeDelta, Utc};
use dialogue::{FormKind, State};
use futures_util::future::BoxFuture;
use intents::{City, ServiceError, Speaker, bookings::{self, EndedBy}, facilities::Catalogue};
use model::{CityId, CounterBooking, Lang, Say, Yen};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use store::{CityTx, NewJob, StoreError};
use tokio::sync::watch;
use turn::Engine;

/// How often due answers and silent talks are looked for.
const SWEEP: Duration = Duration::from_secs(2);

pub fn office(engine: &Arc<Engine>, settings: &Settings, hub: Arc<Hub>, ring: Arc<dyn Fn() + Send + Sync>) -> anyhow::Result<Office> {
    Ok(Office {
        db: engine.db.clone(),
        clock: engine.clock.clone(),
        house: Arc::new(Counter(engine.clone())),
        hub,
        ring,
        proxies: Proxies(settings.proxies()?),
        public_url: settings.public_url(),
        outside: Arc::new(Outside::new().context("the client for single sign-on")?),
    })
}

/// What the city's settings ask of its back office. They were looked at when they were loaded.
pub fn rules(city: &City) -> Rules {
    let (staff, days) = (&city.profile.staff, |days: u32| TimeDelta::days(i64::from(days)));
    let kept = city.profile.retention;
    let sign_on = staff.sign_on.as_ref().and_then(|one| {
        let client_secret = secret(&one.client_secret)?;
        Some(SignOn { issuer: one.issuer.clone(), client_id: one.client_id.clone(), client_secret, name: one.name.clone(), claim: one.claim.clone() })
    });
    Rules {
        second_factor: staff.second_factor,
        networks: staff.networks.iter().filter_map(|network| network.parse().ok()).collect(),
        sign_on,
        keep: Keep { messages: days(kept.messages_days), files: days(kept.files_days), figures: days(kept.figures_days), record: days(kept.record_days) },
    }
}

/// The demo city's staff, told to the newcomer.
pub async fn demo_logins(engine: &Engine) -> anyhow::Result<Vec<String>> {
    let city: CityId = "aoba".parse().context("the demo city")?;
    if engine.cities.get(&city).is_none() {
        return Ok(Vec::new());
    }
    let staff = backoffice::demo_staff(&engine.db, &city, engine.clock.now()).await?;
    Ok(staff.into_iter().map(|(login, role)| format!("{login} ({role})")).collect())
}

pub async fn sweep(office: Office, mut stop: watch::Receiver<bool>) {
    let mut known = BTreeSet::new();
    while !*stop.borrow() {
        if let Err(error) = begin_retention(&office, &mut known).await {
            tracing::warn!(%error, "the daily purge could not be scheduled");
        }
        if let Err(error) = backoffice::sweep(&office).await {
            tracing::warn!(%error, "due answers could not be looked for");
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            _ = stop.changed() => {}
        }
    }
}

/// A city that is new gets its daily purge.
async fn begin_retention(office: &Office, known: &mut BTreeSet<CityId>) -> Result<(), store::StoreError> {
    for city in office.house.cities() {
        if known.contains(&city.id) {
            continue;
        }
        let mut tx = office.db.city(&city.id).await?;
        let job = NewJob { kind: RETENTION, key: DAILY.to_owned(), due_at: office.clock.now(), payload: serde_json::Value::Null };
        store::ensure_job(&mut tx, &city.id, &job, Duration::ZERO).await?;
        tx.commit().await?;
        known.insert(city.id);
    }
    Ok(())
}

const NO_ROOMS: &str = "予約できる部屋が登録されていません";

/// The pages know the database's errors; nothing else goes wrong here.
fn store_error(error: ServiceError) -> StoreError {
    match error {
        ServiceError::Store(error) => error,
        other => StoreError::Inconsistent { table: "booking", key: other.to_string(), problem: "a service refused what is its own" },
    }
}

struct Counter(Arc<Engine>);

impl Counter {
    fn facts(city: &City) -> CityFacts {
        CityFacts { id: city.id.clone(), name: city.name.clone(), zone: city.zone, hours: city.profile.hotline.hours.clone(), rules: rules(city) }
    }

    fn say(&self, city: &City, key: String) -> String {
        let speaker = Speaker { lang: Lang::Ja, zone: city.zone, channel: model::Channel::Web, city: &city.name, greeting: "", hotline: &city.profile.hotline.phone, own: &city.own_texts };
        self.0.texts.say(&speaker, &Say::dynamic(key))
    }
}

impl House for Counter {
    fn city(&self, id: &CityId) -> Option<CityFacts> {
        self.0.cities.get(id).map(|city| Self::facts(&city))
    }

    fn cities(&self) -> Vec<CityFacts> {
        self.0.cities.all().iter().map(|city| Self::facts(city)).collect()
    }

    fn running(&self, city: &CityId, version: u16, state: &[u8]) -> Vec<RunningForm> {
        let Some(city) = self.0.cities.get(city) else { return Vec::new() };
        let Ok(state) = State::decode(version, state) else { return Vec::new() };
        let forms = state.stack.iter().filter_map(|frame| {
            let form = city.catalogue.form(&frame.form)?;
            let answers = form.fields.iter().filter_map(|field| {
                let answer = frame.answers.get(field.name.as_ref())?;
                Some((self.say(&city, form.text(&format!("name-{}", field.name))), answer.label.clone()))
            });
            Some(RunningForm { title: self.say(&city, form.text("title")), answers: answers.collect() })
        });
        forms.collect()
    }

    fn forms(&self, city: &CityId) -> Vec<(String, String)> {
        let Some(city) = self.0.cities.get(city) else { return Vec::new() };
        let own = ["account.", "people.human", "people.rating"];
        let offered = city.catalogue.forms().filter(|form| !own.iter().any(|prefix| form.id.starts_with(prefix)));
        // What changes something comes first: that is what staff send people to.
        let mut all: Vec<(bool, String, String)> = offered.map(|form| (form.kind != FormKind::Task, form.id.to_string(), self.say(&city, form.text("title")))).collect();
        all.sort();
        all.into_iter().map(|(_, id, title)| (id, title)).collect()
    }

    fn book<'a>(&'a self, tx: &'a mut CityTx, city: &'a CityId, wanted: &'a CounterBooking, now: DateTime<Utc>) -> BoxFuture<'a, Result<Result<String, String>, StoreError>> {
        Box::pin(async move {
            let Some(city) = self.0.cities.get(city) else { return Ok(Err(NO_ROOMS.to_owned())) };
            let Some(catalogue) = city.content::<Catalogue>() else { return Ok(Err(NO_ROOMS.to_owned())) };
            let booked = bookings::book_for_caller(&self.0.db, tx, &city.id, (catalogue, city.zone), wanted, now).await.map_err(store_error)?;
            Ok(booked.map_err(|why| why.to_string()))
        })
    }

    fn unbook<'a>(&'a self, tx: &'a mut CityTx, city: &'a CityId, number: &'a str, by_city: bool, now: DateTime<Utc>) -> BoxFuture<'a, Result<Option<Yen>, StoreError>> {
        Box::pin(async move {
            let Some(city) = self.0.cities.get(city) else { return Ok(None) };
            let why = if by_city { EndedBy::City } else { EndedBy::Request };
            bookings::by_staff(&self.0.db, tx, &city, number, why, now).await.map_err(store_error)
        })
    }

    fn title(&self, city: &CityId, intent: &str) -> Option<String> {
        let own = match intent {
            "control.human" => Some("職員に聞きたい"),
            "smalltalk.greet" => Some("あいさつ"),
            "smalltalk.thanks" => Some("お礼"),
            "smalltalk.complaint" => Some("苦情"),
            "control.yes" => Some("はい"),
            "control.no" => Some("いいえ"),
            "control.cancel" => Some("やめる"),
            "control.menu" => Some("メニュー"),
            "out_of_scope" => Some("市役所の用件ではない"),
            _ => None,
        };
        if let Some(own) = own {
            return Some(own.to_owned());
        }
        let city = self.0.cities.get(city)?;
        let form = city.catalogue.for_intent(intent)?;
        Some(self.say(&city, form.text("title")))
    }
}
