//! Evacuation shelters: the nearest one that suits, on foot; whether it is open, and how full.

mod import;
mod reply;
mod search;

pub use import::{import, import_status};
pub use search::{Wanted, nearest};

use crate::{Context, Name, Service, ServiceError, whereabouts};
use dialogue::{Answer, Candidate, Field, FieldKind, Form, Found, OptionSpec, Outcome};
use futures_util::future::BoxFuture;
use model::{CityId, EntityKind, Lang, Point};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use store::MigrationFile;

const SEARCH: &str = "shelter.search";
const STATUS: &str = "shelter.status";

pub struct Shelters;

/// A hazard's bit, its name in forms, and how residents call it.
pub(crate) const HAZARDS: [(i32, &str, &[&str]); 8] = [
    (1, "flood", &["洪水", "浸水", "川があふれ", "氾濫", "大雨"]),
    (2, "landslide", &["土砂", "崖崩れ", "がけ崩れ", "土石流", "地すべり", "山崩れ"]),
    (4, "storm_surge", &["高潮"]),
    (8, "earthquake", &["地震"]),
    (16, "tsunami", &["津波"]),
    (32, "fire", &["大火", "大規模な火事", "火災"]),
    (64, "inland_flood", &["内水", "下水があふれ"]),
    (128, "volcano", &["火山", "噴火"]),
];

impl Service for Shelters {
    fn forms(&self) -> Vec<Form> {
        let hazards = HAZARDS.iter().map(|(_, value, said)| OptionSpec::new(value, said)).collect();
        let needs = vec![
            OptionSpec::new("pets", &["ペット", "犬", "猫", "わんちゃん", "ねこ", "いぬ", "うさぎ", "pet", "dog", "cat"]),
            OptionSpec::new("wheelchair", &["車いす", "車椅子", "くるまいす", "バリアフリー", "足が悪", "wheelchair"]),
        ];
        vec![
            Form::answer(SEARCH, &["shelter.search"])
                .field(Field::new("place", FieldKind::Place))
                .field(Field::new("hazard", FieldKind::Choice { options: hazards }).optional())
                .field(Field::new("need", FieldKind::Choice { options: needs }).optional())
                .menu(1)
                .from_location(),
            Form::answer(STATUS, &["shelter.status"]).field(Field::new("shelter", FieldKind::Lookup).optional()),
        ]
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile {
            version: 20261101000100,
            name: "shelters",
            sql: include_str!("migrations/20261101000100_shelters.sql"),
        }]
    }

    fn names<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Vec<Name>, ServiceError>> {
        Box::pin(async move {
            let rows: Vec<(String, String, String, f64, f64)> =
                sqlx::query_as("SELECT shelter_id, name, kana, lat, lng FROM shelter WHERE city_id = $1")
                    .bind(city.as_str())
                    .fetch_all(tx)
                    .await?;
            Ok(rows
                .into_iter()
                .map(|(id, name, kana, lat, lng)| Name {
                    kind: EntityKind::Shelter,
                    id,
                    said: spoken(&name, &kana),
                    label: name,
                    point: Point::new(lat, lng),
                })
                .collect())
        })
    }

    fn lookup<'a>(&'a self, context: &'a mut Context<'_>, _form: &'a str, field: &'a str, text: &'a str, asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async move {
            if field == "place" {
                return Ok(whereabouts::find(context.city, text, asked));
            }
            let found = context.city.names.find(text, |kind| kind == EntityKind::Shelter);
            let mut candidates: Vec<_> =
                found.iter().map(|f| Candidate { value: f.name.id.clone(), label: f.name.label.clone() }).collect();
            candidates.dedup();
            Ok(match candidates.len() {
                0 => Found::None,
                1 => candidates.pop().map_or(Found::None, Found::One),
                _ => Found::Many(candidates.into_iter().take(10).collect()),
            })
        })
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, _text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            match form {
                SEARCH => reply::search(context, answers).await,
                STATUS => reply::status(context, answers).await,
                other => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }
}

/// 「青葉小学校」 is also called 「青葉小」.
pub(crate) fn spoken(name: &str, kana: &str) -> Vec<String> {
    let mut said = vec![name.to_owned()];
    if !kana.is_empty() {
        said.push(kana.to_owned());
    }
    for (long, short) in [("小学校", "小"), ("中学校", "中"), ("高等学校", "高校")] {
        if let Some(stem) = name.strip_suffix(long).filter(|stem| stem.chars().count() >= 2) {
            said.push(format!("{stem}{short}"));
        }
    }
    said
}
