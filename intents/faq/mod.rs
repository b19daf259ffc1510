//! The city's answers: found by what is meant, given with source, date and desk.

mod answer;
mod import;
mod index;

pub use import::import;
pub use index::{Entry, Index};

use crate::{Context, Service, ServiceError};
use dialogue::{Answer, Candidate, Field, FieldKind, Form, Found, Outcome};
use futures_util::future::BoxFuture;
use model::{CityId, Lang};
use sqlx::PgConnection;
use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::MigrationFile;

/// The form that the dialogue falls back on when no intent is clear.
pub const FORM: &str = "faq";

/// The ids of a city's answers, for those who refer to them.
pub(crate) async fn ids(tx: &mut PgConnection, city: &CityId) -> Result<BTreeSet<String>, sqlx::Error> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT entry_id FROM faq WHERE city_id = $1").bind(city.as_str()).fetch_all(tx).await?;
    Ok(ids.into_iter().collect())
}

pub struct Faq {
    /// Helps the search, where the installation has one.
    pub encoder: Option<Arc<dyn search::Encode>>,
}

impl Service for Faq {
    fn forms(&self) -> Vec<Form> {
        vec![
            Form::answer(FORM, &["faq"])
                .field(Field::new("query", FieldKind::Query).optional())
                .field(Field::new("entry", FieldKind::Lookup).optional()),
        ]
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20261101000400, name: "faq", sql: include_str!("migrations/20261101000400_faq.sql") }]
    }

    fn content<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Option<Arc<dyn Any + Send + Sync>>, ServiceError>> {
        Box::pin(async move {
            let content: Arc<dyn Any + Send + Sync> = Arc::new(Index::load(tx, city, self.encoder.clone()).await?);
            Ok(Some(content))
        })
    }

    fn lookup<'a>(&'a self, context: &'a mut Context<'_>, _form: &'a str, _field: &'a str, text: &'a str, _asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async move {
            let index = context.city.content::<Index>();
            let entry = index.and_then(|index| index.asked_word_for_word(text, context.now.date_naive()));
            Ok(entry.map_or(Found::None, |entry| Found::One(Candidate { value: entry.entry_id.clone(), label: entry.question.clone() })))
        })
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, _form: &'a str, answers: &'a BTreeMap<String, Answer>, text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            let Some(index) = context.city.content::<Index>() else { return Ok(Outcome::Nothing) };
            if let Some(entry) = answers.get("entry") {
                return match index.entry(&entry.value) {
                    Some(entry) => answer::give(context, entry, Vec::new()).await,
                    None => Ok(Outcome::Nothing),
                };
            }
            let query = answers.get("query").map_or(text, |answer| answer.value.as_str());
            answer::search(context, index, query).await
        })
    }
}
