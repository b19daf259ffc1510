//! What a resident wants to book: a room, a facility, a use, or a use at a facility.

use super::{catalogue::{Catalogue, Facility, Room}, uses};
use crate::{Names, names::key};
use dialogue::{Candidate, Found};
use model::EntityKind;

/// As an answer's value: `room:<id>`, `at:<facility>`, `for:<use>`, `at:<facility>+for:<use>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub room: Option<String>,
    pub facility: Option<String>,
    pub purpose: Option<String>,
}

impl Wanted {
    pub fn parse(value: &str) -> Option<Self> {
        let mut wanted = Self::default();
        for part in value.split('+') {
            match part.split_once(':')? {
                ("room", id) => wanted.room = Some(id.to_owned()),
                ("at", id) => wanted.facility = Some(id.to_owned()),
                ("for", id) => wanted.purpose = Some(id.to_owned()),
                _ => return None,
            }
        }
        Some(wanted)
    }

    pub fn value(&self) -> String {
        let part = |name: &str, id: &Option<String>| id.as_ref().map(|id| format!("{name}:{id}"));
        [part("room", &self.room), part("at", &self.facility), part("for", &self.purpose)].into_iter().flatten().collect::<Vec<_>>().join("+")
    }

    /// The rooms that fit, all of the sort `facility`.
    pub fn rooms<'a>(&self, catalogue: &'a Catalogue) -> Vec<(&'a Room, &'a Facility)> {
        let fits = |(room, _): &(&Room, &Facility)| {
            self.room.as_ref().is_none_or(|id| room.id == *id)
                && self.facility.as_ref().is_none_or(|id| room.facility == *id)
                && self.purpose.as_ref().is_none_or(|id| room.uses.iter().any(|one| one == id))
        };
        catalogue.rooms_of("facility").filter(fits).collect()
    }

    /// What it is called, in the city's words.
    pub fn label(&self, catalogue: &Catalogue) -> Option<String> {
        if let Some(id) = &self.room {
            let (room, facility) = catalogue.room(id)?;
            return Some(format!("{} {}", facility.name, room.name));
        }
        let facility = self.facility.as_ref().and_then(|id| catalogue.facilities.get(id)).map(|facility| facility.name.clone());
        let word = self.purpose.as_ref().and_then(|id| uses::USES.iter().find(|(known, _)| known == id)).and_then(|(_, words)| words.first());
        match (facility, word) {
            (Some(facility), Some(word)) => Some(format!("{facility}（{word}）")),
            (Some(facility), None) => Some(facility),
            (None, word) => word.map(|word| (*word).to_owned()),
        }
    }
}

/// What words mean. In a whole sentence a name or a use must stand in it; an answer may be mistyped.
pub fn find(catalogue: &Catalogue, names: &Names, text: &str, asked: bool) -> Found {
    let folded = key(text);
    let known = |id: &str| catalogue.facilities.get(id).is_some_and(|facility| facility.sort == "facility");
    let mut facilities: Vec<String> = names.find(text, |kind| kind == EntityKind::Facility).iter().map(|found| found.name.id.clone()).filter(|id| known(id)).collect();
    facilities.dedup();
    if facilities.is_empty() && asked {
        facilities.extend(names.nearest(EntityKind::Facility, text, 3).into_iter().filter(|(score, name)| *score >= 0.6 && known(&name.id)).map(|(_, name)| name.id.clone()).take(1));
    }
    // 「中央公民館の大会議室」: a room by its name, within the facility that is named.
    let said = |room: &Room| [&room.name, &room.kana].into_iter().filter(|name| name.chars().count() >= 2 && folded.contains(&key(name))).map(|name| name.chars().count()).max();
    let at = |room: &Room| facilities.is_empty() || facilities.contains(&room.facility);
    let mut rooms: Vec<(usize, &Room, &Facility)> = catalogue.rooms_of("facility").filter(|(room, _)| at(room)).filter_map(|(room, facility)| said(room).map(|long| (long, room, facility))).collect();
    let longest = rooms.iter().map(|(long, ..)| *long).max().unwrap_or(0);
    rooms.retain(|(long, ..)| *long == longest);
    let purpose = uses::of(text).map(str::to_owned);
    let one = |wanted: Wanted| {
        let label = wanted.label(catalogue).unwrap_or_else(|| text.to_owned());
        Candidate { value: wanted.value(), label }
    };
    if let [(_, room, _)] = rooms.as_slice() {
        return Found::One(one(Wanted { room: Some(room.id.clone()), ..Wanted::default() }));
    }
    // A name that many rooms have (和室) is a use.
    match facilities.as_slice() {
        [facility] => {
            let wanted = Wanted { facility: Some(facility.clone()), purpose, room: None };
            let fits = !wanted.rooms(catalogue).is_empty();
            Found::One(one(if fits { wanted } else { Wanted { purpose: None, ..wanted } }))
        }
        [] => match purpose {
            Some(purpose) => Found::One(one(Wanted { purpose: Some(purpose), ..Wanted::default() })),
            None if (2..=10).contains(&rooms.len()) => Found::Many(rooms.iter().map(|(_, room, _)| one(Wanted { room: Some(room.id.clone()), ..Wanted::default() })).collect()),
            None => Found::None,
        },
        several => Found::Many(several.iter().take(8).map(|id| one(Wanted { facility: Some(id.clone()), purpose: purpose.clone(), room: None })).collect()),
    }
}
