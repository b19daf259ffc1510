//! A city's own sentences: what its residents say, put beside what it means by the city's staff, without new training.

mod import;

pub use import::{import, read};

use crate::{Context, Service, ServiceError};
use dialogue::{Answer, Form, Outcome};
use futures_util::future::BoxFuture;
use model::{CityId, Lang};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use store::MigrationFile;

pub struct Sentences;

impl Service for Sentences {
    fn forms(&self) -> Vec<Form> {
        Vec::new()
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        Vec::new()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20261128000100, name: "own_sentence", sql: include_str!("migrations/20261128000100_own_sentence.sql") }]
    }

    fn sentences<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Vec<(String, String)>, ServiceError>> {
        Box::pin(async move {
            let rows = sqlx::query_as("SELECT intent, said FROM own_sentence WHERE city_id = $1 ORDER BY said");
            Ok(rows.bind(city.as_str()).fetch_all(tx).await?)
        })
    }

    fn perform<'a>(&'a self, _context: &'a mut Context<'_>, form: &'a str, _answers: &'a BTreeMap<String, Answer>, _text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move { Err(ServiceError::NotMine(form.to_owned())) })
    }
}
