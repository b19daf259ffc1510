use super::{nearest, table::{self, Place}};
use crate::{City, Context, Name, ServiceError};
use chrono::{NaiveDate, NaiveDateTime};
use dialogue::{Answer, Found, Outcome};
use model::{Arg, EntityKind, Hours, OpenState, Part, Say};
use std::collections::BTreeMap;

/// Which office, desk or place words mean; `category` keeps to one.
pub fn lookup(city: &City, text: &str, asked: bool, category: Option<&str>) -> Found {
    // 「近くの図書館」 names none of them: all are shown.
    if category.is_some() && ["近く", "最寄", "もより", "近い", "nearest", "附近", "가까운", "gần"].iter().any(|word| text.contains(word)) {
        return Found::None;
    }
    let prefix = category.map(|category| format!("{category}/"));
    let wanted = |kind| matches!(kind, EntityKind::Place | EntityKind::Desk);
    let fits = |id: &str, kind: EntityKind| prefix.as_ref().is_none_or(|prefix| kind == EntityKind::Place && id.starts_with(prefix.as_str()));
    let found = city.names.find(text, wanted);
    let longest = found.iter().filter(|f| fits(&f.name.id, f.name.kind)).map(|f| f.at.len()).max().unwrap_or(0);
    let mut candidates: Vec<_> =
        found.iter().filter(|f| f.at.len() == longest && fits(&f.name.id, f.name.kind)).map(|f| f.name.candidate()).collect();
    candidates.dedup();
    // A library is a desk of the city hall as well as a place; people mean the place.
    let places: Vec<String> = candidates.iter().filter(|one| one.value.contains('/')).map(|one| one.label.clone()).collect();
    candidates.retain(|one| one.value.contains('/') || !places.contains(&one.label));
    if candidates.is_empty() && category.is_none() {
        candidates.extend(by_category(city, text));
    }
    if candidates.is_empty() && asked {
        let mut near: Vec<_> = [EntityKind::Desk, EntityKind::Place].into_iter().flat_map(|kind| city.names.nearest(kind, text, 3)).collect();
        near.retain(|(_, name)| fits(&name.id, name.kind));
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        candidates = near.into_iter().take(3).map(|(_, name)| name.candidate()).collect();
    }
    match candidates.len() {
        0 => Found::None,
        1 => candidates.pop().map_or(Found::None, Found::One),
        _ => Found::Many(candidates.into_iter().take(10).collect()),
    }
}

/// 「市役所は何時まで」: a category of which there are a few.
fn by_category(city: &City, text: &str) -> Vec<dialogue::Candidate> {
    let Some(category) = city.names.find(text, |kind| kind == EntityKind::PlaceCategory).pop() else { return Vec::new() };
    let prefix = format!("{}/", category.name.id);
    city.names.of(EntityKind::Place).filter(|name| name.id.starts_with(&prefix)).take(10).map(Name::candidate).collect()
}

pub async fn office(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let Some(answer) = answers.get("office") else { return Ok(Outcome::Nothing) };
    if answer.value.contains('/') {
        return one(context, answer, answers).await;
    }
    let Some(desk) = store::desk(context.tx, &context.city.id, &answer.value).await? else { return Ok(Outcome::Nothing) };
    let hours = desk.hours.clone().unwrap_or_default();
    let opening = Hours::parse(&hours, "祝日; 年末年始(12/29-1/3)").ok().filter(|hours| !hours.is_empty());
    let mut lines = vec![Say::plain(&desk.name)];
    lines.extend(state_lines(opening.as_ref(), context, answers));
    if !hours.is_empty() {
        lines.push(Say::key("place-hours-line").with("hours", hours));
    }
    if let Some(phone) = &desk.phone {
        lines.push(Say::key("place-phone").with("phone", phone.as_str()));
    }
    let say = vec![Part::text(Say::Lines(lines))];
    Ok(Outcome::done(say))
}

pub async fn branch(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    match answers.get("branch") {
        Some(answer) => one(context, answer, answers).await,
        None => Ok(Outcome::Nothing),
    }
}

async fn one(context: &mut Context<'_>, answer: &Answer, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let id = answer.value.split_once('/').map_or(answer.value.as_str(), |(_, id)| id);
    let Some(place) = table::by_id(context.tx, &context.city.id, id).await? else { return Ok(Outcome::Nothing) };
    let mut lines = vec![Say::plain(&place.name)];
    lines.extend(state_lines(place.opening().as_ref(), context, answers));
    let mut say = vec![Part::Cards { text: Say::Lines(lines), cards: vec![nearest::card(context, None, &place)] }];
    if let Some(as_of) = place.as_of {
        say.push(Part::text(Say::key("as-of").with("date", as_of)));
    }
    Ok(Outcome::done(say))
}

/// All places of a category, those that are open at that time first: holiday clinics, library branches.
pub async fn all_of(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>, category: &str) -> Result<Outcome, ServiceError> {
    let mut places = table::of_category(context.tx, &context.city.id, category).await?;
    if places.is_empty() {
        return Ok(Outcome::Nothing);
    }
    let (now, day) = (context.now.naive_local(), asked_day(answers));
    places.sort_by_key(|place| match (place.opening(), day) {
        (Some(hours), Some(day)) => u8::from(hours.on(day).is_empty()),
        (Some(hours), None) => u8::from(!matches!(hours.at(now), OpenState::Open { .. })),
        (None, _) => 1,
    });
    let mut heading = vec![Say::dynamic(format!("place-all-{}", category.replace('_', "-")))];
    if let Some(day) = day {
        for place in &places {
            heading.push(day_line(&place.name, place.opening().as_ref(), day));
        }
    }
    let as_of = places.iter().filter_map(|place| place.as_of).min();
    let cards = places.iter().take(5).map(|place| nearest::card(context, None, place)).collect();
    let mut say = vec![Part::Cards { text: Say::Lines(heading), cards }];
    if let Some(as_of) = as_of {
        say.push(Part::text(Say::key("as-of").with("date", as_of)));
    }
    Ok(Outcome::done(say))
}

fn asked_day(answers: &BTreeMap<String, Answer>) -> Option<NaiveDate> {
    answers.get("date").and_then(|answer| answer.value.parse().ok())
}

/// How it is on the day that was asked about, or now.
fn state_lines(opening: Option<&Hours>, context: &Context<'_>, answers: &BTreeMap<String, Answer>) -> Vec<Say> {
    match (opening, asked_day(answers)) {
        (Some(hours), Some(day)) => vec![day_line("", Some(hours), day)],
        (Some(hours), None) => vec![state(hours.at(context.now.naive_local()), context.now.date_naive())],
        (None, _) => vec![Say::key("place-hours-unknown")],
    }
}

fn day_line(name: &str, opening: Option<&Hours>, day: NaiveDate) -> Say {
    let spans = opening.map(|hours| hours.on(day)).unwrap_or_default();
    let key = if spans.is_empty() { "place-day-closed" } else { "place-day-open" };
    let times: Vec<String> = spans.iter().map(|(from, to)| format!("{}–{}", clock(*from), clock(*to))).collect();
    Say::key(key).with("name", name).with("date", day).with("times", times.join("、"))
}

pub fn now_line(place: &Place, now: NaiveDateTime) -> Option<Say> {
    place.opening().map(|hours| state(hours.at(now), now.date()))
}

fn state(state: OpenState, today: NaiveDate) -> Say {
    match state {
        OpenState::Open { until: 1440 } => Say::key("place-open-all-day"),
        OpenState::Open { until } => Say::key("place-open-now").with("until", Arg::Clock(until)),
        OpenState::Closed { next: Some((day, from)) } if day == today => Say::key("place-opens-today").with("from", Arg::Clock(from)),
        OpenState::Closed { next: Some((day, from)) } => Say::key("place-closed-now").with("date", day).with("from", Arg::Clock(from)),
        OpenState::Closed { next: None } => Say::key("place-closed-long"),
    }
}

fn clock(minutes: u16) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}
