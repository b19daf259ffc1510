//! How the towns of a city are called, and which of several of one name is meant.

use crate::{Name, names::{Found, key}};
use model::{EntityKind, Point};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The numbered parts of towns: by municipality and stem (`あおば市/さくら町`), then by number, where the name stands.
pub(crate) type Parts = HashMap<String, BTreeMap<u32, usize>>;

/// 「さくら町三丁目」: さくら町, 3, 丁目. In Sakai the unit is 丁 alone.
pub(crate) fn part(name: &str) -> Option<(&str, u32, &'static str)> {
    let (rest, unit) = ["丁目", "丁"].into_iter().find_map(|unit| Some((name.strip_suffix(unit)?, unit)))?;
    let stem = rest.trim_end_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    let number = normalise::number::read(&rest[stem.len()..])?;
    (!stem.is_empty()).then_some((stem, u32::try_from(number).ok()?, unit))
}

/// Rows of municipality, name, latitude and longitude; a town of several parts also by its plain name, at its middle.
pub(crate) fn names_of_towns(rows: Vec<(String, String, f64, f64)>) -> Vec<Name> {
    let mut groups: BTreeMap<(String, String), Vec<(f64, f64)>> = BTreeMap::new();
    let mut names: Vec<Name> = Vec::with_capacity(rows.len());
    let mut known: BTreeSet<String> = BTreeSet::new();
    for (municipality, name, lat, lng) in rows {
        let id = format!("{municipality}/{name}");
        if !known.insert(id.clone()) {
            continue;
        }
        let plain = name.strip_prefix("大字").or_else(|| name.strip_prefix("字")).unwrap_or(&name).to_owned();
        let mut said = vec![name.clone(), format!("{municipality}{name}")];
        if plain == name {
            said.push(format!("大字{name}"));
        } else {
            said.extend([format!("{municipality}{plain}"), plain]);
        }
        // 「さくら町3-5-2」 means 3丁目, and so does 3丁目 where the unit is 丁.
        if let Some((stem, n, _)) = part(&name) {
            groups.entry((municipality.clone(), stem.to_owned())).or_default().push((lat, lng));
            said.extend([format!("{stem}{n}丁目"), format!("{stem}{n}-"), format!("{stem}{n}の")]);
            said.extend([format!("{municipality}{stem}{n}丁目"), format!("{municipality}{stem}{n}-")]);
        }
        names.push(Name { kind: EntityKind::Town, id, label: name, said, point: Point::new(lat, lng) });
    }
    for ((municipality, stem), points) in groups {
        let id = format!("{municipality}/{stem}");
        if known.contains(&id) {
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "a town has a handful of parts")]
        let count = points.len() as f64;
        let (lat, lng) = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / count, sum.1 + point.1 / count));
        let said = vec![stem.clone(), format!("{municipality}{stem}")];
        names.push(Name { kind: EntityKind::Town, id, label: stem, said, point: Point::new(lat, lng) });
    }
    names
}

/// The parts among all names.
pub(crate) fn parts(names: &[Name]) -> Parts {
    let mut parts = Parts::new();
    let towns = || names.iter().enumerate().filter(|(_, name)| name.kind == EntityKind::Town);
    for (at, name) in towns() {
        if let Some((stem, n, _)) = part(&name.id) {
            parts.entry(stem.to_owned()).or_default().insert(n, at);
        }
    }
    parts
}

/// Among things of one name, the towns of the municipality that is named before: 「中央区の本町」, 「堺市 本町」.
pub(crate) fn narrow<'a>(hits: Vec<&'a Name>, before: &[char]) -> Vec<&'a Name> {
    let towns = hits.iter().filter(|name| name.kind == EntityKind::Town).count();
    if towns < 2 || before.is_empty() {
        return hits;
    }
    let best = fit(&hits, before);
    if best == 0 {
        return hits;
    }
    let before: String = before.iter().collect();
    hits.into_iter().filter(|name| name.kind != EntityKind::Town || named(name, &before) == best).collect()
}

/// How well the best of these towns fits the municipality that is named before it; 0 when none does.
pub(crate) fn fit(hits: &[&Name], before: &[char]) -> usize {
    let before: String = before.iter().collect();
    hits.iter().map(|name| named(name, &before)).max().unwrap_or(0)
}

/// How many signs of a town's municipality stand in `before`: all of it, or its ward, city or town alone.
fn named(name: &Name, before: &str) -> usize {
    let Some((municipality, _)) = name.id.split_once('/').filter(|_| name.kind == EntityKind::Town) else { return 0 };
    let whole = key(municipality);
    let cut = |unit: char| whole.split_once(unit).filter(|(_, rest)| rest.chars().count() >= 2);
    let city = cut('市').map(|(city, _)| format!("{city}市"));
    let inner = cut('市').or_else(|| cut('郡')).map(|(_, inner)| inner.to_owned());
    [Some(whole.clone()), inner, city]
        .into_iter()
        .flatten()
        .filter(|form| before.contains(form.as_str()))
        .map(|form| form.chars().count())
        .max()
        .unwrap_or(0)
}

/// A town once more, by its exact part: what is found as 「さくら町」 with 三 behind it.
pub(crate) fn exact<'a>(parts: &Parts, all: &'a [Name], found: &Found<'a>, n: u32) -> Option<&'a Name> {
    all.get(*parts.get(&found.name.id)?.get(&n)?)
}
