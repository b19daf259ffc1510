//! Waste: how to sort an item, and when it is collected.

mod area;
mod days;
mod foreign;
mod import;
mod schedule;
mod sort;

pub use import::import;
pub(crate) use sort::name as item_name;

use crate::{Context, Name, Service, ServiceError};
use dialogue::{Answer, Candidate, Field, FieldKind, Form, Found, Outcome, Period, SlotKind};
use futures_util::future::BoxFuture;
use model::{CityId, EntityKind, Lang};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use store::MigrationFile;

const SORT: &str = "waste.sort";
const SCHEDULE: &str = "waste.schedule";

pub struct Waste;

impl Service for Waste {
    fn forms(&self) -> Vec<Form> {
        vec![
            Form::answer(SORT, &["waste.sort"]).field(Field::new("item", FieldKind::Lookup)).menu(2),
            Form::answer(SCHEDULE, &["waste.schedule"])
                .field(Field::new("area", FieldKind::Lookup).remember())
                .field(Field::new("type", FieldKind::Lookup).optional())
                .field(Field::new("date", FieldKind::Date { period: Period::Any }).optional().slot(SlotKind::Date))
                .menu(3),
        ]
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20261101000200, name: "waste", sql: include_str!("migrations/20261101000200_waste.sql") }]
    }

    fn names<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Vec<Name>, ServiceError>> {
        Box::pin(async move {
            let items: Vec<(String, String, String)> = sqlx::query_as("SELECT item_id, name, kana FROM waste_item WHERE city_id = $1")
                .bind(city.as_str())
                .fetch_all(&mut *tx)
                .await?;
            let areas: Vec<(String, String)> = sqlx::query_as("SELECT area_id, name FROM waste_area WHERE city_id = $1")
                .bind(city.as_str())
                .fetch_all(&mut *tx)
                .await?;
            let types: Vec<String> =
                sqlx::query_scalar("SELECT name FROM waste_type WHERE city_id = $1").bind(city.as_str()).fetch_all(tx).await?;
            let mut names: Vec<Name> = items.into_iter().map(|(id, name, kana)| sort::name(id, name, &kana)).collect();
            names.extend(areas.into_iter().map(|(id, name)| Name {
                kind: EntityKind::WasteArea,
                id,
                said: area::towns(&name),
                label: name,
                point: None,
            }));
            names.extend(types.into_iter().map(schedule::type_name));
            Ok(names)
        })
    }

    fn lookup<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, field: &'a str, text: &'a str, asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async move {
            Ok(match (form, field) {
                (SORT, _) => sort::lookup(&context.city.names, text, asked),
                (_, "type") => schedule::lookup_type(&context.city.names, text),
                _ => schedule::lookup_area(&context.city.names, text, asked),
            })
        })
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            match form {
                SORT => sort::perform(context, answers, text).await,
                SCHEDULE => schedule::perform(context, answers).await,
                other => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }
}

/// One answer, a choice, or none.
fn one_or_many(mut candidates: Vec<Candidate>) -> Found {
    candidates.truncate(10);
    match candidates.len() {
        0 => Found::None,
        1 => candidates.pop().map_or(Found::None, Found::One),
        _ => Found::Many(candidates),
    }
}
