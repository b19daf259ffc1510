//! Where a resident is, or means: a location from the phone, an address, the name of a place.

use crate::{City, names};
use dialogue::{Candidate, Found};
use model::{EntityKind, Point, Say};

/// Beyond the city's edge, but near enough that its places may still be the nearest (degrees, about 5 km).
const MARGIN: f64 = 0.05;

/// A point as an answer's value: `34.650000,135.600000`.
pub fn value(point: Point) -> String {
    format!("{:.6},{:.6}", point.lat, point.lng)
}

pub fn point(value: &str) -> Option<Point> {
    let (lat, lng) = value.strip_prefix("geo:").unwrap_or(value).split_once(',')?;
    Point::new(lat.trim().parse().ok()?, lng.trim().parse().ok()?)
}

/// What words (or `geo:lat,lng`) mean as a place.
pub fn find(city: &City, text: &str, asked: bool) -> Found {
    if let Some(here) = text.strip_prefix("geo:").and_then(point) {
        return within(city, here, "現在地");
    }
    let placed = |kind| matches!(kind, EntityKind::Town | EntityKind::Place | EntityKind::Shelter | EntityKind::Facility);
    let mut found: Vec<_> = city.names.find(text, placed).into_iter().filter_map(|f| Some((f.at.len(), f.name, f.name.point?))).collect();
    // The longest wording says most; a town is surer than a building of the same name.
    found.sort_by_key(|(len, name, _)| (std::cmp::Reverse(*len), name.kind != EntityKind::Town));
    if let Some((len, name, here)) = found.first()
        && *len >= 2 {
            return within(city, *here, &name.label);
        }
    if names_another_city(city, text) {
        return Found::Refused(Say::key("place-outside"));
    }
    if asked {
        let kinds = [EntityKind::Town, EntityKind::Place, EntityKind::Shelter];
        let mut near: Vec<_> = kinds.into_iter().flat_map(|kind| city.names.nearest(kind, text, 3)).filter(|(_, n)| n.point.is_some()).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        near.truncate(3);
        let candidates: Vec<_> = near
            .into_iter()
            .filter_map(|(_, name)| Some(Candidate { value: value(name.point?), label: name.label.clone() }))
            .collect();
        if !candidates.is_empty() {
            return Found::Many(candidates);
        }
    }
    Found::None
}

fn within(city: &City, here: Point, label: &str) -> Found {
    match city.profile.bounds {
        Some(bounds) if !bounds.contains(here, MARGIN) => Found::Refused(Say::key("place-outside")),
        _ => Found::One(Candidate { value: value(here), label: label.to_owned() }),
    }
}

/// 「東京都新宿区…」: an address, and not one of ours.
fn names_another_city(city: &City, text: &str) -> bool {
    let text = names::key(text).replace(&names::key(&city.name), "");
    ["北海道", "東京都", "大阪市", "京都府", "京都市", "神戸市", "堺市", "名古屋市", "横浜市"].iter().any(|other| text.contains(other))
        || text.char_indices().any(|(at, c)| {
            matches!(c, '県' | '市' | '区' | '村') && text[..at].chars().rev().take_while(|c| is_kanji(*c)).count() >= 2
                && !["市役所", "市民", "市立", "市営", "市内", "市外", "区役所", "区民"].iter().any(|word| text[at..].starts_with(word))
        })
}

fn is_kanji(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c) || c == '々'
}

/// Minutes on foot: 80 metres a minute (the rule of Japanese housing advertisements), and streets are a third longer
/// than the line.
pub fn walking_minutes(metres: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a distance on earth over 80 fits by far")]
    let minutes = (metres * 1.3 / 80.0).ceil() as i64;
    minutes.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_back() {
        let here = Point::new(34.65, 135.6).expect("on the globe");
        assert_eq!(point(&value(here)), Some(here));
        assert_eq!(point("geo:34.65,135.6"), Some(here));
        assert_eq!(point("nowhere"), None);
    }
}
