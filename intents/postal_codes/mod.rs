//! Postal codes: an address is completed from seven digits.

mod import;

pub use import::import;

use crate::{City, Context, Service, ServiceError};
use dialogue::{Answer, Form, Outcome};
use futures_util::future::BoxFuture;
use model::{CityId, Lang};
use sqlx::PgConnection;
use std::{any::Any, collections::{BTreeMap, HashMap}, sync::Arc};
use store::MigrationFile;

pub struct PostalCodes;

/// Seven digits to the town, as it stands on letters.
struct Towns(HashMap<String, String>);

impl City {
    /// The town of a postal code, with or without its hyphen.
    pub fn town_of(&self, code: &str) -> Option<&str> {
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        self.content::<Towns>()?.0.get(&digits).map(String::as_str)
    }
}

impl Service for PostalCodes {
    fn forms(&self) -> Vec<Form> {
        Vec::new()
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        Vec::new()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20261128000600, name: "postal_code", sql: include_str!("migrations/20261128000600_postal_code.sql") }]
    }

    fn content<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Option<Arc<dyn Any + Send + Sync>>, ServiceError>> {
        Box::pin(async move {
            let rows: Vec<(String, String)> = sqlx::query_as("SELECT code, town FROM postal_code WHERE city_id = $1").bind(city.as_str()).fetch_all(tx).await?;
            let content: Arc<dyn Any + Send + Sync> = Arc::new(Towns(rows.into_iter().collect()));
            Ok(Some(content))
        })
    }

    fn perform<'a>(&'a self, _context: &'a mut Context<'_>, form: &'a str, _answers: &'a BTreeMap<String, Answer>, _text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move { Err(ServiceError::NotMine(form.to_owned())) })
    }
}
