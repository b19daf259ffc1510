//! What can be booked: facilities and rooms, their slots, prices and rules, and what of them is free.

mod catalogue;
mod export;
mod fees;
mod free;
pub(crate) mod import;
mod opening;
mod uses;
mod vacancy;
mod wanted;

pub(crate) use catalogue::{Facility, Item, Room};
pub use catalogue::Catalogue;
pub use export::{csv as export_csv, icalendar as export_icalendar};
pub(crate) use fees::{Use, groups, price};
pub(crate) use free::{Free, moment, search, taken};
pub use free::overview;
pub(crate) use opening::{NoSlots, Span, slots_in, stretches, why_not};
pub(crate) use uses::USES;
pub(crate) use wanted::{Wanted, find as find_wanted};

use crate::{Context, Name, Service, ServiceError, names::key};
use dialogue::{Answer, Field, FieldKind, Form, Found, Offer, Offered, Outcome, Period, SlotKind};
use futures_util::future::BoxFuture;
use model::{CityId, EntityKind, Lang};
use sqlx::PgConnection;
use std::{any::Any, collections::BTreeMap, sync::Arc};
use store::MigrationFile;

const VACANCY: &str = "facility.vacancy";

pub struct Facilities;

/// What is in memory of the city; nothing where nothing was imported.
pub(crate) fn catalogue<'a>(context: &Context<'a>) -> &'a Catalogue {
    static NONE: Catalogue = Catalogue { facilities: BTreeMap::new(), rooms: BTreeMap::new(), items: Vec::new() };
    context.city.content::<Catalogue>().unwrap_or(&NONE)
}

impl Service for Facilities {
    fn forms(&self) -> Vec<Form> {
        vec![
            Form::answer(VACANCY, &["facility.vacancy"])
                .field(Field::new("what", FieldKind::Offer))
                .field(Field::new("date", FieldKind::Date { period: Period::Future }).optional().slot(SlotKind::Date))
                .field(Field::new("time", FieldKind::Time).optional().slot(SlotKind::Time))
                .field(Field::new("people", FieldKind::Number { min: 1, max: 5_000 }).optional().slot(SlotKind::Headcount))
                .menu(20),
        ]
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20_261_128_040_100, name: "facility", sql: include_str!("migrations/20261128040100_facility.sql") }]
    }

    fn content<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Option<Arc<dyn Any + Send + Sync>>, ServiceError>> {
        Box::pin(async move {
            let content: Arc<dyn Any + Send + Sync> = Arc::new(Catalogue::load(tx, city).await?);
            Ok(Some(content))
        })
    }

    fn without<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Vec<&'static str>, ServiceError>> {
        Box::pin(async move {
            let any: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM facility WHERE city_id = $1 AND sort = 'facility')").bind(city.as_str()).fetch_one(tx).await?;
            Ok(if any { Vec::new() } else { vec![VACANCY] })
        })
    }

    fn names<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Vec<Name>, ServiceError>> {
        Box::pin(async move { Ok(Catalogue::load(tx, city).await?.facilities.values().map(name).collect()) })
    }

    fn lookup<'a>(&'a self, context: &'a mut Context<'_>, _form: &'a str, _field: &'a str, text: &'a str, asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async move { Ok(find_wanted(catalogue(context), &context.city.names, text, asked)) })
    }

    fn offer<'a>(&'a self, context: &'a mut Context<'_>, _form: &'a str, _field: &'a str, answers: &'a BTreeMap<String, Answer>) -> BoxFuture<'a, Result<Offer, ServiceError>> {
        Box::pin(async move { Ok(offer_what(catalogue(context), answers)) })
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, _text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            match form {
                VACANCY => vacancy::perform(context, catalogue(context), answers).await,
                other => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }
}

/// A facility by its names. A point it has not: as a place on the map it is known elsewhere.
fn name(facility: &Facility) -> Name {
    let mut said = crate::shelters::spoken(&facility.name, &facility.kana);
    said.extend(facility.also.split('・').filter(|word| !word.is_empty()).map(str::to_owned));
    said.dedup_by_key(|word| key(word));
    Name { kind: EntityKind::Facility, id: facility.id.clone(), label: facility.name.clone(), said, point: None }
}

/// What is wanted still stands, or is asked: by use, for the ways to say it are many and the uses are few.
pub(crate) fn offer_what(catalogue: &Catalogue, answers: &BTreeMap<String, Answer>) -> Offer {
    let given = answers.get("what").and_then(|answer| Wanted::parse(&answer.value));
    if let Some(wanted) = given.filter(|wanted| !wanted.rooms(catalogue).is_empty())
        && let Some(label) = wanted.label(catalogue) {
            return Offer::worked_out(wanted.value(), label);
        }
    let has = |id: &str| catalogue.rooms_of("facility").any(|(room, _)| room.uses.iter().any(|one| one == id));
    let of = |(id, words): &(&str, &[&str])| {
        let label = words.first().copied().unwrap_or_default();
        Offered::new(format!("for:{id}"), label).say(model::Say::dynamic(format!("facility-use-{}", id.replace('_', "-"))))
    };
    let choices: Vec<Offered> = USES.iter().filter(|(id, _)| has(id)).map(of).take(11).collect();
    if choices.is_empty() {
        return Offer::Over(vec![model::Part::text(model::Say::key("facility-nothing"))]);
    }
    Offer::Choose { say: None, choices }
}

/// `13:00-17:00`, or `13:00` as what begins then, in minutes.
pub(crate) fn time_range(value: &str) -> Option<(u16, u16)> {
    let clock = |text: &str| {
        let (hours, minutes) = text.split_once(':')?;
        hours.parse::<u16>().ok()?.checked_mul(60)?.checked_add(minutes.parse::<u16>().ok()?)
    };
    match value.split_once('-') {
        Some((from, to)) => Some((clock(from)?, clock(to)?)),
        None => clock(value).map(|at| (at, at + 1)),
    }
}

pub(crate) fn overlaps(span: Span, range: (u16, u16)) -> bool {
    span.0 < range.1 && range.0 < span.1
}

/// `9:00–12:00`, the same in every language.
pub(crate) fn clock_span((from, to): Span) -> String {
    format!("{}:{:02}–{}:{:02}", from / 60, from % 60, to / 60, to % 60)
}

/// `0900-1200`: a span within a slot's value.
pub(crate) fn span_value((from, to): Span) -> String {
    format!("{:02}{:02}-{:02}{:02}", from / 60, from % 60, to / 60, to % 60)
}

pub(crate) fn read_span(text: &str) -> Option<Span> {
    let minutes = |text: &str| {
        let (hours, minutes) = (text.get(..2)?.parse::<u16>().ok()?, text.get(2..4)?.parse::<u16>().ok()?);
        (text.len() == 4 && minutes < 60 && hours <= 24).then_some(hours * 60 + minutes)
    };
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minutes(from)?, minutes(to)?);
    (from < to && to <= 1_440).then_some((from, to))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use model::Hours;

    pub fn room(id: &str, hours: &str) -> Room {
        Room {
            id: id.into(), facility: "kan".into(), name: "第1会議室".into(), kana: String::new(), uses: vec!["meeting".into()], capacity: Some(20), units: 1, equipment: String::new(), adult: false,
            buffer: 0, hours: Hours::parse(hours, "").expect("hours"), step: 0, most: 1, lottery: false, door: String::new(), ages: None, on_day: None, fees: Vec::new(), extras: Vec::new(), closures: Vec::new(),
        }
    }

    pub fn facility(id: &str) -> Facility {
        Facility {
            id: id.into(), sort: "facility".into(), name: "公民館".into(), kana: String::new(), also: String::new(), address: String::new(), phone: None, note: String::new(), registration: "phone".into(),
            pay: "before".into(), hold_minutes: 30, lead_days: 0, window_days: 60, per_person: None, per_day: None, offer_minutes: 120, door_before: 15, door_after: 15,
        }
    }

    #[test]
    fn spans_are_written_and_read() {
        assert_eq!(read_span(&span_value((540, 1_440))), Some((540, 1_440)));
        for bad in ["", "0900", "0900-0900", "1200-0900", "0960-1200", "0900-2500", "ああああ-いいいい"] {
            assert_eq!(read_span(bad), None, "{bad}");
        }
        assert_eq!((time_range("13:00-17:00"), time_range("13:30"), time_range("x")), (Some((780, 1_020)), Some((810, 811)), None));
    }
}
