//! Addresses in a sentence: a town of the city, and the numbers after it (丁目, 番地, 号).

use crate::{FoundName, Name, names::key, towns::part};
use model::{Entity, EntityKind};

/// What may stand after the name of a town: block, lot, house. 「三丁目5番12号」「3-5-12」「三の五の十二」.
#[derive(Debug, Default, PartialEq, Eq)]
struct Numbers {
    /// 丁目, where the town's name does not hold it already.
    chome: Option<u32>,
    lot: Option<u32>,
    house: Option<u32>,
}

/// The addresses among the towns that were found in `text`, by the place of the town among `found`. `exact` knows the part
/// of a town by its number.
pub fn of<'a>(text: &str, found: &[FoundName<'a>], exact: impl Fn(&FoundName<'a>, u32) -> Option<&'a Name>) -> Vec<(usize, Entity)> {
    let chars: Vec<char> = key(text).chars().collect();
    let mut addresses: Vec<(usize, Entity)> = Vec::new();
    for (n, town) in found.iter().enumerate().filter(|(_, f)| f.name.kind == EntityKind::Town) {
        // 「さくら町3-」 is found with its hyphen: the lot goes on behind it.
        let has_chome = part(&town.name.label).is_some();
        let (numbers, end) = numbers(&chars, town.at.end, has_chome, |n| exact(town, n).is_some());
        if numbers == Numbers::default() {
            continue;
        }
        let exactly = numbers.chome.and_then(|n| exact(town, n));
        let (municipality, name) = exactly.unwrap_or(town.name).id.split_once('/').unwrap_or(("", &town.name.label));
        let mut value = format!("{municipality}{}", with_digits(name));
        if let Some(chome) = numbers.chome.filter(|_| exactly.is_none()) {
            value.push_str(&format!("{chome}丁目"));
        }
        match (numbers.lot, numbers.house) {
            (Some(lot), Some(house)) => value.push_str(&format!("{lot}-{house}")),
            (Some(lot), None) => value.push_str(&lot.to_string()),
            (None, _) => {}
        }
        let said = chars[town.at.start..end].iter().collect();
        addresses.push((n, Entity { kind: EntityKind::Address, value, text: said }));
    }
    addresses
}

/// `is_part`: whether the town has a part of this number.
fn numbers(chars: &[char], from: usize, has_chome: bool, is_part: impl Fn(u32) -> bool) -> (Numbers, usize) {
    let mut numbers = Numbers::default();
    // 「さくら町の5番」: の between the town and its numbers.
    let after_no = |at: usize| if chars.get(at) == Some(&'の') && number(chars, at + 1).is_some() { at + 1 } else { at };
    let mut at = after_no(from);
    let mut read: Vec<u32> = Vec::new();
    while let Some((value, end)) = number(chars, at).filter(|_| read.len() < 3) {
        let unit = |word: &str| word.chars().enumerate().all(|(k, c)| chars.get(end + k) == Some(&c)).then(|| end + word.chars().count());
        // A count or a time is no lot: 「さくら町5人」「さくら町3時」.
        if chars.get(end).is_some_and(|c| "人名時分日月年回個枚円階歳才本台匹%".contains(*c)) && unit("番").is_none() {
            break;
        }
        if let Some(next) = unit("丁目").or_else(|| unit("丁")) {
            if has_chome || !read.is_empty() {
                break;
            }
            numbers.chome = Some(value);
            at = after_no(next);
            continue;
        }
        read.push(value);
        let tied = ["番地の", "番地", "番の", "番", "号", "-", "の", "ー"].iter().find_map(|word| unit(word).map(|next| (*word, next)));
        match tied {
            Some(("号", next)) => {
                at = next;
                break;
            }
            // A tie leads on only to another number; の and ー after the last one belong to the sentence.
            Some(("-" | "の" | "ー", next)) if number(chars, next).is_none() => {
                at = end;
                break;
            }
            Some((_, next)) => at = next,
            None => {
                at = end;
                break;
            }
        }
    }
    // 「北町3-5-12」, a town without its 丁目 in the data: three numbers begin with it. So do two, where the town has that part.
    let begins = read.len() == 3 || (read.len() == 2 && is_part(read[0]));
    if begins && !has_chome && numbers.chome.is_none() {
        numbers.chome = Some(read.remove(0));
    }
    (numbers.lot, numbers.house) = (read.first().copied(), read.get(1).copied());
    if numbers == Numbers::default() { (numbers, from) } else { (numbers, at) }
}

/// 「さくら町三丁目」 as 「さくら町3丁目」: one spelling, whatever the town's data has.
fn with_digits(name: &str) -> String {
    part(name).map_or_else(|| name.to_owned(), |(stem, number, unit)| format!("{stem}{number}{unit}"))
}

/// A number of at most four digits, in Arabic or kanji, and its end.
fn number(chars: &[char], at: usize) -> Option<(u32, usize)> {
    let is_digit = |c: &char| c.is_ascii_digit() || "〇一二三四五六七八九十百".contains(*c);
    let digits: String = chars.get(at..)?.iter().take(5).take_while(|c| is_digit(c)).collect();
    let end = at + digits.chars().count();
    let value = normalise::number::read(&digits)?;
    u32::try_from(value).ok().filter(|value| (1..10_000).contains(value)).map(|value| (value, end))
}

#[cfg(test)]
mod tests {
    use crate::{Name, Names};
    use model::{EntityKind, Point};

    fn names() -> Names {
        let rows = [("あおば市", "さくら町一丁目"), ("あおば市", "さくら町三丁目"), ("あおば市", "北町"), ("堺市堺区", "南瓦町")];
        let rows = rows.map(|(municipality, town)| (municipality.to_owned(), town.to_owned(), 34.6, 135.5)).to_vec();
        let mut names = crate::towns::names_of_towns(rows);
        names.push(Name { kind: EntityKind::Place, id: "hall".into(), label: "市役所".into(), said: vec!["市役所".into()], point: Point::new(34.6, 135.5) });
        Names::new(names)
    }

    fn address(text: &str) -> String {
        names().entities(text).into_iter().find(|e| e.kind == EntityKind::Address).map(|e| e.value).unwrap_or_default()
    }

    #[test]
    fn down_to_the_house() {
        for (text, value) in [
            ("さくら町3丁目5番12号に住んでいます", "あおば市さくら町3丁目5-12"),
            ("さくら町３－５－１２です", "あおば市さくら町3丁目5-12"),
            ("さくら町三丁目五の十二", "あおば市さくら町3丁目5-12"),
            ("さくら町三の五の十二の山田です", "あおば市さくら町3丁目5-12"),
            ("あおば市さくら町三丁目5番地のごみの日は？", "あおば市さくら町3丁目5"),
            ("北町2-8-1", "あおば市北町2丁目8-1"),
            ("北町128番地", "あおば市北町128"),
            ("堺市堺区南瓦町3番1号まで", "堺市堺区南瓦町3-1"),
        ] {
            assert_eq!(address(text), value, "{text}");
        }
    }

    #[test]
    fn a_town_alone_or_with_a_count_is_no_address() {
        for text in ["さくら町三丁目のごみの日", "北町5人で行きます", "北町に3時", "市役所3階", "北町"] {
            assert_eq!(address(text), "", "{text}");
        }
    }
}
