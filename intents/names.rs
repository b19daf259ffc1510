use crate::{
    loose_names::LooseNames,
    towns::{self, Parts},
};
use dialogue::Candidate;
use model::{Entity, EntityKind, Point, Understanding};
use std::{collections::HashMap, ops::Range};

/// The names of a city: everything that has one and that residents talk about. Looked up exactly inside a sentence
/// ([`Names::find`]) or loosely for a single phrase ([`Names::nearest`]).
pub struct Names {
    all: Vec<Name>,
    /// For every wording of every name, its pairs of signs as they sound: made once, for [`Names::nearest`].
    grams: Vec<Vec<Vec<(char, char)>>>,
    by_key: HashMap<String, Vec<usize>>,
    longest: usize,
    /// For names with a typing error.
    loose: LooseNames,
    /// The numbered parts of towns.
    parts: Parts,
}

/// One name. The same thing can have several.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    pub kind: EntityKind,
    /// The id by which its service knows it.
    pub id: String,
    pub label: String,
    /// How it is written or said: official, short, in kana.
    pub said: Vec<String>,
    pub point: Option<Point>,
}

impl Name {
    /// As something to choose.
    pub fn candidate(&self) -> Candidate {
        Candidate { value: self.id.clone(), label: self.label.clone() }
    }
}

/// A name inside a sentence.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    pub name: &'a Name,
    /// In characters of the folded sentence.
    pub at: Range<usize>,
}

/// Looser matches than this are not the same word.
const ALIKE: f32 = 0.5;

impl Names {
    pub fn new(all: Vec<Name>) -> Self {
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        let mut longest = 0;
        for (n, name) in all.iter().enumerate() {
            for said in &name.said {
                let key = key(said);
                if key.is_empty() {
                    continue;
                }
                longest = longest.max(key.chars().count());
                let bucket = by_key.entry(key).or_default();
                if bucket.last() != Some(&n) {
                    bucket.push(n);
                }
            }
        }
        let grams = all.iter().map(|name| name.said.iter().map(|said| grams(&loose(said))).collect()).collect();
        let (loose, parts) = (LooseNames::new(&all), towns::parts(&all));
        Self { all, grams, by_key, longest: longest.min(40), loose, parts }
    }

    /// The names in a sentence, longest first where they overlap; names that share a wording all come, but of towns only
    /// those of the municipality that is named before.
    /// Names of a single character count only where they stand alone (缶 in 「缶は何曜日」, not in 「缶切り」), and two kana only as a
    /// word of its own.
    pub fn find(&self, text: &str, wanted: impl Fn(EntityKind) -> bool) -> Vec<Found<'_>> {
        let chars: Vec<char> = key(text).chars().collect();
        let mut found: Vec<Found<'_>> = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            let longest = self.longest.min(chars.len() - at);
            let mut hits = (1..=longest).rev().filter_map(|len| {
                let kana = |c: &char| matches!(c, 'ぁ'..='ゖ');
                if len == 1 && !stands_alone(&chars, at) || len == 2 && chars[at..at + len].iter().all(kana) && !word_of_its_own(&chars, at, len) {
                    return None;
                }
                let candidate: String = chars[at..at + len].iter().collect();
                let hits: Vec<_> =
                    self.by_key.get(&candidate)?.iter().map(|n| &self.all[*n]).filter(|name| wanted(name.kind)).collect();
                (!hits.is_empty()).then_some((len, hits))
            });
            // 「摂津市の一津屋4-6」: the longest wording, 一津屋4丁目, is another city's.
            let hit = hits.next().map(|first| {
                let elsewhere = |hits: &[&Name]| towns::fit(hits, &chars[..at]) == 0;
                if at > 0 && first.1.iter().any(|name| name.kind == EntityKind::Town) && elsewhere(&first.1) { hits.find(|(_, hits)| !elsewhere(hits)).unwrap_or(first) } else { first }
            });
            match hit {
                Some((len, hits)) => {
                    let hits = towns::narrow(hits, &chars[..at]);
                    found.extend(hits.into_iter().map(|name| Found { name, at: at..at + len }));
                    at += len;
                }
                None => at += 1,
            }
        }
        found
    }

    /// As [`Names::find`], as entities of an understanding, each thing once.
    pub fn entities(&self, text: &str) -> Vec<Entity> {
        let mut entities: Vec<Entity> = Vec::new();
        let all = self.find(text, |_| true);
        let mut addresses = crate::addresses::of(text, &all, |town, n| towns::exact(&self.parts, &self.all, town, n)).into_iter().peekable();
        for (n, found) in all.iter().enumerate() {
            if let Some((_, address)) = addresses.next_if(|(town, _)| *town == n) {
                entities.push(address);
            }
            let entity = Entity { kind: found.name.kind, value: found.name.id.clone(), text: found.name.label.clone() };
            if !entities.contains(&entity) {
                entities.push(entity);
            }
        }
        // What is not written right is looked for by its sound, unless something was found already.
        let misspelt = if entities.is_empty() { self.loose.find(text) } else { None };
        entities.extend(misspelt.map(|at| {
            let name = &self.all[at];
            Entity { kind: name.kind, value: name.id.clone(), text: name.label.clone() }
        }));
        entities
    }

    /// Adds to an understanding what of the city `meant` names. What is nothing but the name of a thing or a place is no cry for
    /// help: 「毛布」 where an item was asked for.
    pub fn complete(&self, understanding: &mut Understanding, meant: &str) {
        understanding.entities = self.entities(meant);
        let bare = meant.trim().trim_end_matches(['。', '.', '?', '？']);
        let bare = bare.strip_suffix("です").unwrap_or(bare);
        let thing = |n: &usize| matches!(self.all[*n].kind, EntityKind::WasteItem | EntityKind::Place | EntityKind::Shelter | EntityKind::Facility | EntityKind::Town);
        if self.by_key.get(&key(bare)).is_some_and(|all| all.iter().any(thing)) {
            understanding.emergency = None;
        }
    }

    /// The names most like a phrase, best first, with their likeness (1 is equal): typing errors, other endings.
    pub fn nearest(&self, kind: EntityKind, phrase: &str, limit: usize) -> Vec<(f32, &Name)> {
        let wanted = grams(&loose(phrase));
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut scored: Vec<(f32, &Name)> = self
            .all
            .iter()
            .zip(&self.grams)
            .filter(|(name, _)| name.kind == kind)
            .map(|(name, said)| (said.iter().map(|grams| dice(&wanted, grams)).fold(0.0, f32::max), name))
            .filter(|(score, _)| *score >= ALIKE)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.label.chars().count().cmp(&b.1.label.chars().count())));
        scored.dedup_by(|a, b| a.1.id == b.1.id);
        scored.truncate(limit);
        scored
    }

    pub fn by_id(&self, kind: EntityKind, id: &str) -> Option<&Name> {
        self.all.iter().find(|name| name.kind == kind && name.id == id)
    }

    pub fn of(&self, kind: EntityKind) -> impl Iterator<Item = &Name> {
        self.all.iter().filter(move |name| name.kind == kind)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// Folds away what does not make another name: width, case, kana script, spaces and dots, 三丁目 for 3丁目, ケ for ヶ.
pub fn key(text: &str) -> String {
    let chars: Vec<char> = normalise::fold(text).to_lowercase().chars().collect();
    let mut key = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if let Some((number, end)) = chome(&chars, at) {
            key.push_str(&number.to_string());
            at = end;
            continue;
        }
        match c {
            ' ' | '\u{3000}' | '・' | '･' | '(' | ')' | '「' | '」' | '【' | '】' => {}
            'ヶ' | 'ヵ' => key.push('け'),
            _ => key.push(normalise::kana::hiragana(c)),
        }
        at += 1;
    }
    key
}

/// A kanji numeral right before 丁目 (or 丁, as in Sakai), and its end.
fn chome(chars: &[char], at: usize) -> Option<(u64, usize)> {
    let is_numeral = |c: &char| "一二三四五六七八九十".contains(*c);
    if at.checked_sub(1).and_then(|n| chars.get(n)).is_some_and(is_numeral) {
        return None;
    }
    let run: String = chars.get(at..)?.iter().take(4).take_while(|c| is_numeral(c)).collect();
    let end = at + run.chars().count();
    let number = (chars.get(end) == Some(&'丁')).then(|| normalise::number::read(&run)).flatten()?;
    Some((number, end))
}

/// Two kana are a word of its own only between others: いし is none in 「お願いします」.
fn word_of_its_own(chars: &[char], at: usize, len: usize) -> bool {
    let kana = |c: &char| matches!(c, 'ぁ'..='ゖ');
    let joint = |c: &char| matches!(c, 'は' | 'を' | 'の' | 'も' | 'が' | 'と' | 'て' | 'っ' | 'で' | 'や' | 'に');
    let before = at.checked_sub(1).and_then(|n| chars.get(n));
    before.is_none_or(|c| !kana(c) || joint(c)) && chars.get(at + len).is_none_or(|c| !kana(c) || joint(c))
}

fn stands_alone(chars: &[char], at: usize) -> bool {
    let particle = |c: &char| matches!(c, 'は' | 'を' | 'の' | 'っ' | 'も' | 'が' | '?' | '、' | '。' | 'と' | 'て');
    (at == 0 || matches!(chars[at - 1], '、' | '。' | 'の' | 'で' | 'は' | 'に')) && chars.get(at + 1).is_none_or(particle)
}

fn loose(text: &str) -> String {
    normalise::kana::loose_key(&key(text))
}

fn grams(text: &str) -> Vec<(char, char)> {
    let padded: Vec<char> = std::iter::once('^').chain(text.chars()).chain(std::iter::once('$')).collect();
    if padded.len() <= 2 {
        return Vec::new();
    }
    let mut grams: Vec<_> = padded.windows(2).map(|pair| (pair[0], pair[1])).collect();
    grams.sort_unstable();
    grams
}

/// Twice the shared bigrams over all bigrams; both sorted.
fn dice(a: &[(char, char)], b: &[(char, char)]) -> f32 {
    let (mut i, mut j, mut shared) = (0, 0, 0_u16);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    let total = u16::try_from(a.len() + b.len()).unwrap_or(u16::MAX);
    2.0 * f32::from(shared) / f32::from(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let name = |kind, id: &str, said: &[&str]| Name {
            kind,
            id: id.into(),
            label: said[0].into(),
            said: said.iter().map(|s| (*s).into()).collect(),
            point: None,
        };
        Names::new(vec![
            name(EntityKind::WasteItem, "battery", &["乾電池", "かんでんち"]),
            name(EntityKind::WasteItem, "can", &["缶", "かん"]),
            name(EntityKind::WasteItem, "pan", &["フライパン", "ふらいぱん"]),
            name(EntityKind::Town, "sakura3", &["さくら町三丁目"]),
            name(EntityKind::Town, "sakura", &["さくら町"]),
        ])
    }

    fn ids(text: &str) -> Vec<String> {
        names().find(text, |_| true).iter().map(|found| found.name.id.clone()).collect()
    }

    #[test]
    fn names_are_found_in_any_script_and_the_longest_wins() {
        assert_eq!(ids("カンデンチは何ごみ"), ["battery"]);
        assert_eq!(ids("ふらいぱんを捨てたい"), ["pan"]);
        assert_eq!(ids("さくら町３丁目の近く"), ["sakura3"]);
        assert_eq!(ids("さくら町の近く"), ["sakura"]);
    }

    #[test]
    fn one_character_is_a_name_only_when_it_stands_alone() {
        assert_eq!(ids("缶は何曜日"), ["can"]);
        assert!(ids("缶切りはどこ").is_empty());
    }

    #[test]
    fn two_kana_are_a_name_only_as_a_word_of_their_own() {
        let stone = Names::new(vec![Name { kind: EntityKind::WasteItem, id: "stone".into(), label: "石".into(), said: vec!["石".into(), "いし".into()], point: None }]);
        assert!(stone.entities("午後にお願いします").is_empty());
        assert_eq!(stone.entities("いしはどう捨てますか").len(), 1);
    }

    #[test]
    fn the_bare_name_of_a_thing_rings_no_alarm() {
        let rings = |text: &str| {
            let mut understanding = Understanding { emergency: Some(model::Emergency::Fire), ..Understanding::default() };
            names().complete(&mut understanding, text);
            understanding.emergency.is_some()
        };
        assert!(!rings("フライパン") && !rings("乾電池です。"));
        assert!(rings("フライパンから火が出た") && rings("火事"));
    }

    #[test]
    fn typing_errors_are_forgiven() {
        let names = names();
        assert_eq!(names.nearest(EntityKind::WasteItem, "フラパン", 3)[0].1.id, "pan");
        assert!(names.nearest(EntityKind::WasteItem, "自転車", 3).is_empty());
    }
}
