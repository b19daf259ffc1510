//! Bulky waste: things, each with its fee, and how many of them.

use crate::{facilities::{Catalogue, Item}, names::key};
use dialogue::{Candidate, Found};

/// More of one thing is a mistake, or a matter for the desk.
const MOST: u32 = 20;

/// As an answer's value: `sofa:1,bed:2`.
pub fn read(catalogue: &Catalogue, value: &str) -> Vec<(String, u32)> {
    let one = |part: &str| {
        let (id, count) = part.split_once(':')?;
        let known = catalogue.items.iter().any(|item| item.item_id == id);
        Some((id.to_owned(), count.parse().ok().filter(|count| known && (1..=MOST).contains(count))?))
    };
    value.split(',').filter_map(one).collect()
}

pub fn price(catalogue: &Catalogue, value: &str) -> i64 {
    let of = |id: &str| catalogue.items.iter().find(|item| item.item_id == id).map_or(0, |item| item.yen);
    read(catalogue, value).iter().map(|(id, count)| of(id) * i64::from(*count)).sum()
}

/// How many places of a pick-up the things take: one each.
pub fn count(catalogue: &Catalogue, value: &str) -> u32 {
    read(catalogue, value).iter().map(|(_, count)| *count).sum::<u32>().max(1)
}

/// 「ソファとふとん2枚」: the things that words name, each with the number that stands with it.
pub fn find(catalogue: &Catalogue, text: &str, asked: bool) -> Found {
    let folded = key(text);
    let named = named(catalogue, &folded);
    if named.is_empty() {
        let near: Vec<Candidate> = if asked { similar(catalogue, &folded) } else { Vec::new() };
        return if near.is_empty() { Found::None } else { Found::Many(near) };
    }
    let between = |from: usize, to: usize| folded.get(from..to).unwrap_or_default();
    let mut things: Vec<(&str, u32)> = Vec::new();
    let mut counted = 0;
    for (n, (at, end, item)) in named.iter().enumerate() {
        let next = named.get(n + 1).map_or(folded.len(), |(at, ..)| *at);
        // 「布団2枚」, or 「2枚の布団」 if the number belongs to nothing before.
        let after = number_in(between(*end, next));
        let count = after.or_else(|| number_in(between(counted, *at))).unwrap_or(1);
        counted = if after.is_some() { next } else { *end };
        if !things.iter().any(|(known, _)| *known == item.item_id) {
            things.push((&item.item_id, count));
        }
    }
    let value = things.iter().map(|(id, count)| format!("{id}:{count}")).collect::<Vec<_>>().join(",");
    Found::One(Candidate { label: label(catalogue, &value), value })
}

pub fn label(catalogue: &Catalogue, value: &str) -> String {
    let name = |id: &str| catalogue.items.iter().find(|item| item.item_id == id).map_or_else(|| id.to_owned(), |item| item.name.clone());
    read(catalogue, value).iter().map(|(id, count)| if *count == 1 { name(id) } else { format!("{}×{count}", name(id)) }).collect::<Vec<_>>().join("、")
}

fn words(item: &Item) -> impl Iterator<Item = String> + '_ {
    let plain = item.name.split(['（', '(']).next().unwrap_or(&item.name);
    [item.name.as_str(), plain].into_iter().chain(item.also.split('・')).map(key).filter(|word| word.chars().count() >= 2)
}

/// The things that stand in words, in their order; where one name lies in another, the longer counts.
fn named<'a>(catalogue: &'a Catalogue, text: &str) -> Vec<(usize, usize, &'a Item)> {
    // 「ソファ」 is the thing that is called so, before those whose names only begin so: ソファ（1人用）.
    let called = |word: &str, item: &Item| item.also.split('・').chain([item.name.as_str()]).any(|name| key(name) == word);
    let mut hits: Vec<(usize, usize, bool, &Item)> = Vec::new();
    for item in &catalogue.items {
        for word in words(item) {
            hits.extend(text.match_indices(word.as_str()).map(|(at, _)| (at, at + word.len(), called(&word, item), item)));
        }
    }
    hits.sort_by_key(|(at, end, called, _)| (std::cmp::Reverse(end - at), !called, *at));
    let mut kept: Vec<(usize, usize, &Item)> = Vec::new();
    for (at, end, _, item) in hits {
        if kept.iter().all(|(from, to, _)| end <= *from || *to <= at) {
            kept.push((at, end, item));
        }
    }
    kept.sort_by_key(|(at, ..)| *at);
    kept
}

fn similar(catalogue: &Catalogue, text: &str) -> Vec<Candidate> {
    let shares = |item: &&Item| words(item).any(|word| word.chars().filter(|c| text.contains(*c)).count() * 2 >= word.chars().count());
    catalogue.items.iter().filter(shares).take(6).map(|item| Candidate { value: format!("{}:1", item.item_id), label: item.name.clone() }).collect()
}

/// 「2台」「3つ」「二枚」.
fn number_in(piece: &str) -> Option<u32> {
    let digits: String = piece.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let kanji = ["一", "二", "三", "四", "五", "六"].iter().position(|n| ["つ", "台", "枚", "個", "点", "本", "脚"].iter().any(|unit| piece.contains(&format!("{n}{unit}"))));
    digits.parse().ok().or(kanji.and_then(|n| u32::try_from(n + 1).ok())).map(|count: u32| count.clamp(1, MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        let item = |id: &str, name: &str, also: &str, yen| Item { item_id: id.into(), name: name.into(), also: also.into(), yen };
        Catalogue { items: vec![item("sofa1", "ソファ（1人用）", "1人掛けソファ", 600), item("sofa", "ソファ（2人用以上）", "ソファ・ソファー・sofa", 800), item("sofabed", "ソファベッド", "", 1_200), item("futon", "布団", "ふとん", 400), item("tansu", "たんす", "タンス", 1_000), item("bed", "ベッド", "", 1_000)], ..Catalogue::default() }
    }

    #[test]
    fn things_and_their_numbers_are_read_from_a_sentence() {
        let found = |text: &str| match find(&catalogue(), text, false) {
            Found::One(one) => one.value,
            other => format!("{other:?}"),
        };
        for (text, value) in [("ソファとふとん2枚を捨てたい", "sofa:1,futon:2"), ("ソファベッドを1台", "sofabed:1"), ("1人掛けソファ", "sofa1:1"), ("2台のベッドと布団", "bed:2,futon:1"), ("タンス、ベッド、布団三枚", "tansu:1,bed:1,futon:3"), ("粗大ごみを申し込みたい", "None")] {
            assert_eq!(found(text), value, "{text}");
        }
        assert_eq!((price(&catalogue(), "sofa:1,futon:2"), count(&catalogue(), "sofa:1,futon:2")), (1_600, 3));
        assert_eq!(label(&catalogue(), "sofa:1,futon:2"), "ソファ（2人用以上）、布団×2");
        for forged in ["gold:1", "sofa:0", "sofa:-1", "sofa:9999", "x"] {
            assert_eq!(price(&catalogue(), forged), 0, "{forged}");
        }
    }
}
