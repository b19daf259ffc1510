use super::{category, hours, table::{self, Place}};
use crate::{Context, ServiceError, whereabouts};
use dialogue::{Answer, Outcome};
use model::{Action, Card, CardPlace, Choice, Part, Postback, Say};
use std::collections::BTreeMap;

const SHOWN: usize = 5;

pub async fn perform(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let (Some(kind), Some(place)) = (answers.get("category"), answers.get("place")) else { return Ok(Outcome::Nothing) };
    let Some(here) = whereabouts::point(&place.value) else {
        return Ok(Outcome::Rejected { field: "place".into(), say: Say::key("place-nearest-invalid-place"), choices: Vec::new() });
    };
    let label = category::label(&kind.value);
    let near = table::nearest(context.tx, &context.city.id, &kind.value, here, SHOWN).await?;
    if near.is_empty() {
        let say = vec![Part::text(Say::key("place-nearest-none").with("what", label))];
        return Ok(Outcome::done(say));
    }
    let as_of = near.iter().filter_map(|(_, place)| place.as_of).min();
    let cards = near.iter().map(|(metres, place)| card(context, Some(*metres), place)).collect();
    let heading = Say::key("place-nearest-found").with("place", place.label.as_str()).with("what", label);
    let mut say = vec![Part::Cards { text: heading, cards }];
    if let Some(as_of) = as_of {
        say.push(Part::text(Say::key("as-of").with("date", as_of)));
    }
    let other = Choice::new(Say::key("place-nearest-other"), Postback::begin("place.nearest").given("place", place.value.as_str()));
    Ok(Outcome::Done { say, alternatives: vec![other], receipt: None })
}

pub fn card(context: &Context<'_>, metres: Option<f64>, place: &Place) -> Card {
    let mut lines = Vec::new();
    if let Some(metres) = metres {
        #[expect(clippy::cast_possible_truncation, reason = "metres on earth fit")]
        let rounded = (metres / 10.0).round() as i64 * 10;
        lines.push(Say::key("place-walk").with("minutes", whereabouts::walking_minutes(metres)).with("metres", rounded));
    }
    lines.extend(hours::now_line(place, context.now.naive_local()));
    if !place.hours.is_empty() {
        lines.push(Say::key("place-hours-line").with("hours", place.hours.as_str()));
    }
    if let Some(phone) = &place.phone {
        lines.push(Say::key("place-phone").with("phone", phone.as_str()));
    }
    if place.wheelchair == Some(true) {
        lines.push(Say::key("place-wheelchair"));
    }
    if !place.note.is_empty() {
        lines.push(Say::plain(&place.note));
    }
    let mut actions = vec![Action::Link { label: Say::key("route"), url: place.point().route_url() }];
    if let Some(url) = place.url.as_ref().filter(|url| url.starts_with("https://")) {
        actions.push(Action::Link { label: Say::key("details"), url: url.clone() });
    }
    Card {
        title: Say::plain(&place.name),
        subtitle: None,
        lines,
        place: Some(CardPlace { lat: place.lat, lng: place.lng, address: place.address.clone() }),
        actions,
    }
}
