use crate::{HandoverRule, Names, OwnText, PaymentSettings, Retention, Service, ServiceError, StaffRules, Texts, Timeouts};
use chrono_tz::Tz;
use dialogue::Catalogue;
use model::{Bounds, CityId, Recall, Understand};
use serde::{Deserialize, Serialize};
use std::{
    any::Any,
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
};
use store::{CityRow, Db, StoreError};

/// What of a city is kept in memory while its content stays the same.
pub struct City {
    pub id: CityId,
    pub name: String,
    pub zone: Tz,
    pub profile: Profile,
    pub names: Names,
    pub content_version: i64,
    /// All forms: those of the services and the city's own.
    pub catalogue: Catalogue,
    /// The words of the city's own forms.
    pub own_texts: HashMap<String, OwnText>,
    /// What its residents say, beside what it means.
    pub own_sentences: Arc<dyn Recall>,
    content: Vec<Arc<dyn Any + Send + Sync>>,
}

/// A city's settings, from its `city.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    pub name_en: String,
    /// Who answers, in one sentence.
    pub greeting: String,
    pub hotline: Hotline,
    pub bounds: Option<Bounds>,
    /// Pages of the city, by what they show.
    pub links: BTreeMap<String, String>,
    pub line: LineChannel,
    pub phone: PhoneLine,
    pub timeouts: Timeouts,
    pub payments: PaymentSettings,
    pub staff: StaffRules,
    pub retention: Retention,
    /// What always goes to a desk.
    pub handover: Vec<HandoverRule>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hotline {
    pub name: String,
    pub phone: String,
    pub hours: String,
    /// The telephone to which callers are put through: an extension of the city's PBX, or a SIP address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
}

/// The city's telephone line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PhoneLine {
    /// The numbers that this city is called by, as the trunk writes them; signs between digits do not matter.
    pub numbers: Vec<String>,
    /// What a cloud carrier signs its webhooks with. Can be a file: `@/run/secrets/carrier`.
    pub carrier_token: String,
}

/// A LINE channel of the city. Either value can be a file: `@/run/secrets/line`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineChannel {
    pub channel_secret: String,
    pub access_token: String,
}

impl City {
    /// What a service keeps of this city in memory.
    pub fn content<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.content.iter().find_map(|content| content.downcast_ref())
    }

    pub fn link(&self, what: &str) -> Option<&str> {
        self.profile.links.get(what).map(String::as_str)
    }

    /// Loads everything of a city that is kept in memory.
    pub async fn load(db: &Db, house: &House<'_>, row: CityRow) -> Result<Self, ServiceError> {
        let inconsistent = |problem| StoreError::Inconsistent { table: "city", key: row.city_id.clone(), problem };
        let id: CityId = row.city_id.parse().map_err(|_| inconsistent("is no city id"))?;
        let zone: Tz = row.zone.parse().map_err(|_| inconsistent("unknown time zone"))?;
        let profile = serde_json::from_value(row.profile.clone()).map_err(StoreError::from)?;
        let mut tx = db.city(&id).await?;
        let (mut names, mut content, mut forms, mut sentences, mut without) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for service in house.services {
            names.extend(service.names(&mut tx, &id).await?);
            content.extend(service.content(&mut tx, &id).await?);
            forms.extend(service.own_forms(&mut tx, &id).await?);
            sentences.extend(service.sentences(&mut tx, &id).await?);
            without.extend(service.without(&mut tx, &id).await?);
        }
        tx.commit().await?;
        let own_texts: HashMap<String, OwnText> = forms.iter_mut().flat_map(|own| std::mem::take(&mut own.texts)).collect();
        let wordings = |key: &str| match own_texts.get(key) {
            Some(OwnText::Words(words)) => words.values().cloned().collect(),
            Some(OwnText::Usual(usual)) => house.texts.wordings(usual),
            None => Vec::new(),
        };
        forms.iter_mut().for_each(|own| own.form.learn_names(&wordings));
        Ok(Self {
            id,
            name: row.name,
            zone,
            profile,
            names: Names::new(names),
            content_version: row.content_version,
            catalogue: house.catalogue.without(&without).with(forms.into_iter().map(|own| own.form).collect())?,
            own_texts,
            own_sentences: house.understand.remember(&sentences),
            content,
        })
    }
}

/// What the house lends a city that is being loaded.
#[derive(Clone, Copy)]
pub struct House<'a> {
    pub services: &'a [Box<dyn Service>],
    pub catalogue: &'a Catalogue,
    pub understand: &'a dyn Understand,
    pub texts: &'a Texts,
}

/// The cities in memory, each as it was when its content last changed.
#[derive(Default)]
pub struct Cities(RwLock<HashMap<CityId, Arc<City>>>);

impl Cities {
    /// Loads what is new or has changed.
    pub async fn refresh(&self, db: &Db, house: &House<'_>) -> Result<(), ServiceError> {
        for row in store::city_rows(db).await? {
            let current = row.city_id.parse().ok().and_then(|id| self.get(&id)).map(|city| city.content_version);
            if current != Some(row.content_version) {
                let city = City::load(db, house, row).await?;
                self.0.write().unwrap_or_else(PoisonError::into_inner).insert(city.id.clone(), Arc::new(city));
            }
        }
        Ok(())
    }

    pub fn get(&self, id: &CityId) -> Option<Arc<City>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// As [`Cities::get`]; a city that was added a moment ago is loaded first.
    pub async fn find(&self, db: &Db, house: &House<'_>, id: &CityId) -> Result<Arc<City>, ServiceError> {
        if let Some(city) = self.get(id) {
            return Ok(city);
        }
        self.refresh(db, house).await?;
        Ok(self.get(id).ok_or_else(|| StoreError::NoCity(id.to_string()))?)
    }

    pub fn all(&self) -> Vec<Arc<City>> {
        let mut all: Vec<_> = self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }
}
