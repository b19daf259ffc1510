use super::{HAZARDS, search::{self, Shelter, Wanted}};
use crate::{Context, ServiceError, whereabouts};
use dialogue::{Answer, Outcome};
use model::{Action, Card, CardPlace, Choice, Part, Postback, Say};
use std::collections::BTreeMap;

/// So many are shown at once: what fits a carousel and a mind in a hurry.
const SHOWN: usize = 5;
/// Farther than this on foot is no answer (metres).
const TOO_FAR: f64 = 20_000.0;

pub async fn search(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let place = answers.get("place");
    let Some(here) = place.and_then(|answer| whereabouts::point(&answer.value)) else {
        return Ok(Outcome::Rejected { field: "place".into(), say: Say::key("shelter-search-invalid-place"), choices: Vec::new() });
    };
    let hazard = answers.get("hazard").and_then(|answer| HAZARDS.iter().find(|(_, value, _)| *value == answer.value));
    let need = answers.get("need").map(|answer| answer.value.as_str());
    let wanted = Wanted { hazards: hazard.map_or(0, |(bit, _, _)| *bit), pets: need == Some("pets"), wheelchair: need == Some("wheelchair") };
    let near = search::nearest(context.tx, &context.city.id, here, wanted, SHOWN).await?;
    let label = place.map(|answer| answer.label.clone()).unwrap_or_default();
    if near.first().is_none_or(|(metres, _)| *metres > TOO_FAR) {
        let say = vec![Part::Choices { text: Say::key("shelter-search-none").with("place", label), choices: others(&answers_place(answers), need, hazard.is_some()) }];
        return Ok(Outcome::done(say));
    }
    let mut heading = vec![Say::key("shelter-search-found").with("place", label)];
    if let Some((_, value, _)) = hazard {
        heading.push(Say::key("shelter-search-for").with("what", Say::dynamic(format!("shelter-search-hazard-{value}"))));
    }
    if let Some(need) = need {
        heading.push(Say::key("shelter-search-for").with("what", Say::dynamic(format!("shelter-search-need-{need}"))));
    }
    let cards = near.iter().map(|(metres, shelter)| card(Some(*metres), shelter, hazard.map_or(0, |h| h.0))).collect();
    let mut closing = vec![Say::key("shelter-search-caution")];
    if let Some(as_of) = near.iter().filter_map(|(_, shelter)| shelter.as_of).min() {
        closing.push(Say::key("as-of").with("date", as_of));
    }
    let say = vec![
        Part::Cards { text: Say::Lines(heading), cards },
        Part::Choices { text: Say::Lines(closing), choices: others(&answers_place(answers), need, hazard.is_some()) },
    ];
    Ok(Outcome::Done { say, alternatives: vec![Choice::new(Say::key("shelter-search-elsewhere"), Postback::begin("shelter.search"))], receipt: None })
}

fn answers_place(answers: &BTreeMap<String, Answer>) -> String {
    answers.get("place").map(|answer| answer.value.clone()).unwrap_or_default()
}

/// The same search with another wish.
fn others(place: &str, need: Option<&str>, hazard: bool) -> Vec<Choice> {
    let again = || Postback::begin("shelter.search").given("place", place);
    let mut choices = Vec::new();
    for other in ["pets", "wheelchair"] {
        if need != Some(other) {
            choices.push(Choice::new(Say::dynamic(format!("shelter-search-need-{other}")), again().given("need", other)));
        }
    }
    if !hazard {
        for other in ["flood", "earthquake", "landslide"] {
            choices.push(Choice::new(Say::dynamic(format!("shelter-search-hazard-{other}")), again().given("hazard", other)));
        }
    }
    if need.is_some() || hazard {
        choices.push(Choice::new(Say::key("shelter-search-any"), again()));
    }
    choices
}

pub async fn status(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let near_me = || Choice::new(Say::key("shelter-search-title"), Postback::begin("shelter.search"));
    if let Some(answer) = answers.get("shelter")
        && let Some(shelter) = search::by_id(context.tx, &context.city.id, &answer.value).await? {
            let say = vec![
                Part::Cards { text: state(&shelter), cards: vec![card(None, &shelter, 0)] },
                Part::Choices { text: Say::key("shelter-status-more"), choices: vec![near_me()] },
            ];
            return Ok(Outcome::done(say));
        }
    let opened = search::opened(context.tx, &context.city.id).await?;
    let say = if opened.is_empty() {
        vec![Part::Choices { text: Say::key("shelter-status-none-open"), choices: vec![near_me()] }]
    } else {
        let cards = opened.iter().map(|shelter| card(None, shelter, 0)).collect();
        vec![
            Part::Cards { text: Say::key("shelter-status-open-now"), cards },
            Part::Choices { text: Say::key("shelter-status-more"), choices: vec![near_me()] },
        ]
    };
    Ok(Outcome::done(say))
}

/// Open, full or not open, in a sentence.
fn state(shelter: &Shelter) -> Say {
    let state = shelter.state.as_deref().unwrap_or("closed");
    let mut lines = vec![Say::dynamic(format!("shelter-state-{state}")).with("name", shelter.name.as_str())];
    if let (Some(people), Some(capacity)) = (shelter.people, shelter.capacity)
        && state != "closed" {
            lines.push(Say::key("shelter-crowding").with("people", i64::from(people)).with("capacity", i64::from(capacity)));
        }
    if let Some(at) = shelter.updated_at {
        lines.push(Say::key("shelter-updated").with("at", at));
    }
    Say::Lines(lines)
}

fn card(metres: Option<f64>, shelter: &Shelter, wanted: i32) -> Card {
    let mut lines = Vec::new();
    if let Some(metres) = metres {
        #[expect(clippy::cast_possible_truncation, reason = "metres on earth fit")]
        let rounded = (metres / 10.0).round() as i64 * 10;
        lines.push(Say::key("shelter-walk").with("minutes", whereabouts::walking_minutes(metres)).with("metres", rounded));
    }
    lines.push(Say::dynamic(format!("shelter-state-short-{}", shelter.state.as_deref().unwrap_or("closed"))));
    if let Some(hazards) = shelter.hazards {
        let unfit: Vec<_> = HAZARDS.iter().filter(|(bit, value, _)| hazards & bit == 0 && ["flood", "landslide", "tsunami"].contains(value)).collect();
        if wanted == 0 && !unfit.is_empty() && shelter.kind != "shelter" {
            let names: Vec<Say> = unfit.iter().map(|(_, value, _)| Say::dynamic(format!("shelter-search-hazard-{value}"))).collect();
            lines.extend(names.into_iter().map(|name| Say::key("shelter-not-for").with("hazard", name)));
        }
    }
    if let Some(capacity) = shelter.capacity {
        lines.push(Say::key("shelter-capacity").with("people", i64::from(capacity)));
    }
    let comforts = [("pets", shelter.pets), ("wheelchair", shelter.wheelchair)];
    lines.extend(comforts.iter().filter(|(_, has)| *has == Some(true)).map(|(what, _)| Say::dynamic(format!("shelter-has-{what}"))));
    if !shelter.note.is_empty() {
        lines.push(Say::plain(&shelter.note));
    }
    Card {
        title: Say::plain(&shelter.name),
        subtitle: Some(Say::dynamic(format!("shelter-kind-{}", shelter.kind))),
        lines,
        place: Some(CardPlace { lat: shelter.lat, lng: shelter.lng, address: shelter.address.clone() }),
        actions: vec![Action::Link { label: Say::key("route"), url: shelter.point().route_url() }],
    }
}
