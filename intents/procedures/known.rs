//! Questions that are answered with something that the city knows by name: a library, a shelter, a town.

use super::file::{Procedure, Question};
use crate::{City, Name, places};
use dialogue::{Candidate, Found};
use model::EntityKind;

pub const KIND: &str = "known";

/// What can be asked for, as staff write it in `from`; `place/library` keeps to one category of places.
const FROM: [(&str, EntityKind); 6] = [
    ("place", EntityKind::Place),
    ("shelter", EntityKind::Shelter),
    ("facility", EntityKind::Facility),
    ("town", EntityKind::Town),
    ("desk", EntityKind::Desk),
    ("waste_item", EntityKind::WasteItem),
];

/// So many are offered to choose from.
const OFFERED: usize = 10;

/// Which names a question takes.
struct Wanted {
    kind: EntityKind,
    /// What their ids begin with.
    prefix: String,
}

impl Wanted {
    fn of(from: &str) -> Option<Self> {
        let (what, category) = from.split_once('/').map_or((from, None), |(what, category)| (what, Some(category)));
        let kind = FROM.iter().find(|(known, _)| *known == what)?.1;
        match category {
            None => Some(Self { kind, prefix: String::new() }),
            Some(category) if kind == EntityKind::Place && places::is_category(category) => Some(Self { kind, prefix: format!("{category}/") }),
            Some(_) => None,
        }
    }

    fn takes(&self, name: &Name) -> bool {
        name.kind == self.kind && name.id.starts_with(&self.prefix)
    }
}

/// What is wrong with a question of this kind.
pub fn problem(question: &Question) -> Option<String> {
    let (name, kind) = (&question.name.value, question.kind.value.as_str());
    let wanted = question.from.as_ref().map(|from| (&from.value, Wanted::of(&from.value)));
    match wanted {
        None if kind == KIND => Some(format!("from: {name} is {KIND} and must say of what: {}, or place/library", all())),
        Some(_) if kind != KIND => Some(format!("from: only {KIND} has it, {name} is {kind}")),
        Some((from, None)) => Some(format!("from: `{from}` is not known; there are {}, or place/library", all())),
        _ => None,
    }
}

fn all() -> String {
    FROM.map(|(what, _)| what).join(", ")
}

/// What words mean for such a question.
pub fn lookup(city: &City, procedure: &Procedure, field: &str, text: &str, asked: bool) -> Found {
    let question = procedure.questions.iter().find(|question| question.name.value == field);
    let Some(wanted) = question.and_then(|question| Wanted::of(&question.from.as_ref()?.value)) else { return Found::None };
    let found = city.names.find(text, |kind| kind == wanted.kind);
    let mut candidates: Vec<Candidate> = found.iter().filter(|found| wanted.takes(found.name)).map(|found| found.name.candidate()).collect();
    if candidates.is_empty() && asked {
        candidates = city.names.nearest(wanted.kind, text, OFFERED).into_iter().filter(|(_, name)| wanted.takes(name)).take(3).map(|(_, name)| name.candidate()).collect();
        // A name that is not quite one: asked about, never assumed.
        if candidates.is_empty() {
            candidates = few(city, &wanted);
        }
        return if candidates.is_empty() { Found::None } else { Found::Many(candidates) };
    }
    candidates.dedup();
    match candidates.len() {
        0 => Found::None,
        1 => candidates.pop().map_or(Found::None, Found::One),
        _ => Found::Many(candidates.into_iter().take(OFFERED).collect()),
    }
}

/// All there are, if they can be offered.
fn few(city: &City, wanted: &Wanted) -> Vec<Candidate> {
    let all: Vec<Candidate> = city.names.of(wanted.kind).filter(|name| wanted.takes(name)).take(OFFERED + 1).map(Name::candidate).collect();
    if all.len() > OFFERED { Vec::new() } else { all }
}
