//! Places: the nearest AED, park or certificate machine; whether an office is open now; the clinic for tonight.

mod category;
mod hours;
mod import;
mod nearest;
mod table;

pub(crate) use category::{is_known as is_category, names as category_names};
pub use import::import;

use crate::{Context, Name, Service, ServiceError, whereabouts};
use dialogue::{Answer, Field, FieldKind, Form, Found, Outcome, Period, SlotKind};
use futures_util::future::BoxFuture;
use model::{CityId, EntityKind, Lang, Point};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use store::MigrationFile;

const NEAREST: &str = "place.nearest";
const HOURS: &str = "place.hours";
const CLINIC: &str = "place.holiday_clinic";
const LIBRARY: &str = "library.hours";

pub struct Places;

impl Service for Places {
    fn forms(&self) -> Vec<Form> {
        let date = || Field::new("date", FieldKind::Date { period: Period::Any }).optional().slot(SlotKind::Date);
        vec![
            Form::answer(NEAREST, &["place.nearest"])
                .field(Field::new("category", FieldKind::Lookup))
                .field(Field::new("place", FieldKind::Place))
                .menu(4)
                .from_location()
                .in_emergency(),
            Form::answer(HOURS, &["place.hours"]).field(Field::new("office", FieldKind::Lookup)).field(date()).menu(5),
            Form::answer(CLINIC, &["place.holiday_clinic"]).field(date()).menu(6),
            Form::answer(LIBRARY, &["library.hours"]).field(Field::new("branch", FieldKind::Lookup).optional()).field(date()),
        ]
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20261101000300, name: "places", sql: include_str!("migrations/20261101000300_places.sql") }]
    }

    fn names<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Vec<Name>, ServiceError>> {
        Box::pin(async move {
            let mut names = category::names();
            names.extend(place_names(tx, city).await?);
            names.extend(town_names(tx, city).await?);
            names.extend(desk_names(tx, city).await?);
            Ok(names)
        })
    }

    fn lookup<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, field: &'a str, text: &'a str, asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async move {
            Ok(match (form, field) {
                (_, "place") => whereabouts::find(context.city, text, asked),
                (_, "category") => category::lookup(&context.city.names, text),
                (LIBRARY, _) => hours::lookup(context.city, text, asked, Some("library")),
                _ => hours::lookup(context.city, text, asked, None),
            })
        })
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, _text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            match form {
                NEAREST => nearest::perform(context, answers).await,
                HOURS => hours::office(context, answers).await,
                CLINIC => hours::all_of(context, answers, "clinic_holiday").await,
                LIBRARY => match answers.get("branch") {
                    Some(_) => hours::branch(context, answers).await,
                    None => hours::all_of(context, answers, "library").await,
                },
                other => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }
}

/// A place is known by its name; its category leads its id, so that a look-up can keep to one: `library/lib-01`.
async fn place_names(tx: &mut PgConnection, city: &CityId) -> Result<Vec<Name>, ServiceError> {
    let rows: Vec<(String, String, String, String, f64, f64)> =
        sqlx::query_as("SELECT place_id, category, name, kana, lat, lng FROM place WHERE city_id = $1")
            .bind(city.as_str())
            .fetch_all(tx)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(id, category, name, kana, lat, lng)| {
            let mut said = vec![name.clone()];
            if !kana.is_empty() {
                said.push(kana);
            }
            if name.ends_with("市役所") || name.ends_with("市役所本館") {
                said.push("市役所".to_owned());
            }
            // 「中央図書館」 is also 「図書館」 to its neighbours, but that is for the dialogue to ask about.
            if let Some(plain) = name.split([' ', '　', '（', '(']).next().filter(|plain| *plain != name && plain.chars().count() >= 3 && category != "aed") {
                said.push(plain.to_owned());
            }
            Name { kind: EntityKind::Place, id: format!("{category}/{id}"), label: name, said, point: Point::new(lat, lng) }
        })
        .collect())
}

/// Towns by name, with and without the city's; a town of several 丁目 also by its plain name, at its middle.
async fn town_names(tx: &mut PgConnection, city: &CityId) -> Result<Vec<Name>, ServiceError> {
    let rows: Vec<(String, String, f64, f64)> =
        sqlx::query_as("SELECT municipality, name, lat, lng FROM town WHERE city_id = $1 ORDER BY municipality, name")
            .bind(city.as_str())
            .fetch_all(tx)
            .await?;
    Ok(crate::towns::names_of_towns(rows))
}

async fn desk_names(tx: &mut PgConnection, city: &CityId) -> Result<Vec<Name>, ServiceError> {
    let desks = store::desks(tx, city).await?;
    Ok(desks
        .into_iter()
        .map(|(desk, _)| Name { kind: EntityKind::Desk, id: desk.id, said: vec![desk.name.clone()], label: desk.name, point: None })
        .collect())
}
