use super::one_or_many;
use crate::{Context, Name, Names, ServiceError, names};
use dialogue::{Answer, Candidate, Found, Outcome};
use model::{Choice, EntityKind, Part, Postback, Say};
use std::collections::BTreeMap;

/// As like as this and clearly ahead of the next: the same thing, mistyped. The answer names what was understood.
const SAME: f32 = 0.62;

/// An item's name, without the explanation in brackets, and its reading.
pub fn name(id: String, name: String, kana: &str) -> Name {
    let mut said = vec![name.clone()];
    let plain: String = name.split(['(', '（']).next().unwrap_or(&name).trim().to_owned();
    if plain != name && plain.chars().count() >= 2 {
        said.push(plain);
    }
    for part in name.split(['・', '、']).filter(|part| part.chars().count() >= 3 && *part != name) {
        said.push(part.trim().to_owned());
    }
    // 5374's files often hold only the first kana; that is no reading.
    if kana.chars().count() >= 2 {
        said.push(kana.replace([' ', '　'], ""));
        if let Some(first) = kana.split([' ', '　']).next().filter(|first| first.chars().count() >= 3) {
            said.push(first.to_owned());
        }
    }
    Name { kind: EntityKind::WasteItem, id, label: name, said, point: None }
}

/// Which item words mean. In a whole sentence a name must stand in it; an answer may be mistyped.
pub fn lookup(names: &Names, text: &str, asked: bool) -> Found {
    let items = |text: &str| names.find(text, |kind| kind == EntityKind::WasteItem);
    let mut found = items(text);
    for japanese in super::foreign::japanese(text) {
        if !found.is_empty() {
            break;
        }
        found = items(japanese);
        // Names are found inside others; a translation is the whole name.
        found.retain(|found| names::key(&found.name.label) == names::key(japanese) || found.name.said.iter().any(|said| names::key(said) == names::key(japanese)));
    }
    if !found.is_empty() {
        let longest = found.iter().map(|f| f.at.len()).max().unwrap_or(0);
        let candidates = found.iter().filter(|f| f.at.len() == longest).map(|f| candidate(f.name));
        return one_or_many(distinct(candidates));
    }
    let phrase = if asked { text.to_owned() } else { without_request(text) };
    let near = names.nearest(EntityKind::WasteItem, &phrase, 4);
    match near.as_slice() {
        [] => Found::None,
        [(score, name), rest @ ..] if *score >= SAME && rest.first().is_none_or(|(next, _)| score - next > 0.1) => Found::One(candidate(name)),
        several => Found::Many(several.iter().map(|(_, name)| candidate(name)).collect()),
    }
}

fn candidate(name: &Name) -> Candidate {
    Candidate { value: name.id.clone(), label: name.label.clone() }
}

fn distinct(candidates: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if !all.contains(&candidate) {
            all.push(candidate);
        }
    }
    all
}

/// 「フラパンの捨て方教えて」 → 「フラパン」: what is left when the request is taken away.
fn without_request(text: &str) -> String {
    let folded = normalise::fold(text);
    let ends = [
        "の捨て方", "のすて方", "のすてかた", "の出し方", "のだしかた", "の処分", "の分別", "は何ごみ", "は何ゴミ", "ってなにごみ", "って何ごみ", "って何ゴミ",
        "はなにごみ", "何ごみ", "何ゴミ", "は燃える", "って燃える", "は燃やす", "を捨てたい", "を捨てる", "を処分", "捨てたい", "すてたい", "捨て方", "はどう",
        "ってどう", "はどこ", "どうやって", "を出し", "はいつ", "って、", "は、", "の捨てかた",
    ];
    let end = ends.iter().filter_map(|end| folded.find(end)).filter(|at| *at > 0).min().unwrap_or(folded.len());
    folded[..end].to_owned()
}

#[derive(sqlx::FromRow)]
struct Item {
    name: String,
    r#type: String,
    notice: String,
    description: Option<String>,
}

pub async fn perform(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let Some(answer) = answers.get("item") else { return Ok(Outcome::Nothing) };
    let item: Option<Item> = sqlx::query_as(
        "SELECT i.name, i.type, i.notice, t.description FROM waste_item i
         LEFT JOIN waste_type t ON t.city_id = i.city_id AND t.name = i.type WHERE i.city_id = $1 AND i.item_id = $2",
    )
    .bind(context.city.id.as_str())
    .bind(&answer.value)
    .fetch_optional(&mut *context.tx)
    .await?;
    let Some(item) = item else { return Ok(Outcome::Nothing) };
    let mut lines = vec![Say::key("waste-sort-answer").with("item", item.name.as_str()).with("type", item.r#type.as_str())];
    if !item.notice.is_empty() {
        lines.push(Say::plain(&item.notice));
    }
    if let Some(description) = item.description.filter(|d| !d.is_empty()) {
        lines.push(Say::key("waste-sort-how").with("how", description));
    }
    let mut choices = Vec::new();
    if context.city.names.by_id(EntityKind::WasteType, &item.r#type).is_some() {
        choices.push(Choice::new(
            Say::key("waste-sort-when").with("type", item.r#type.as_str()),
            Postback::begin("waste.schedule").given("type", item.r#type.as_str()),
        ));
    }
    choices.push(Choice::new(Say::key("waste-sort-another"), Postback::begin("waste.sort")));
    let alternatives = context
        .city
        .names
        .nearest(EntityKind::WasteItem, &item.name, 5)
        .into_iter()
        .filter(|(_, name)| name.id != answer.value)
        .take(3)
        .map(|(_, name)| Choice::new(Say::plain(&name.label), Postback::begin("waste.sort").given("item", name.id.as_str())))
        .collect();
    Ok(Outcome::Done { say: vec![Part::Choices { text: Say::Lines(lines), choices }], alternatives })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new(vec![
            name("1".into(), "フライパン".into(), "ふらいぱん"),
            name("2".into(), "乾電池（アルカリ・マンガン）".into(), "かんでんち あるかり まんがん"),
            name("3".into(), "缶".into(), "かん"),
        ])
    }

    fn label(text: &str, asked: bool) -> String {
        match lookup(&names(), text, asked) {
            Found::One(found) => found.label,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn items_are_found_by_name_reading_and_despite_typing_errors() {
        assert_eq!(label("フライパンの捨て方", false), "フライパン");
        assert_eq!(label("ふらいぱん", true), "フライパン");
        assert_eq!(label("かんでんちって何ごみ", false), "乾電池（アルカリ・マンガン）");
        assert_eq!(label("フライパソの捨て方を教えて", false), "フライパン");
        assert_eq!(label("缶は何ごみ?", false), "缶");
        assert_eq!(label("怎么扔电池？", false), "乾電池（アルカリ・マンガン）");
        assert_eq!(label("how do I throw away an old frying pan", false), "フライパン");
        assert_eq!(label("캔", true), "缶");
    }
}
