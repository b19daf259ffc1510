use super::one_or_many;
use crate::{Context, FoundName, Name, Names, ServiceError, names};
use dialogue::{Answer, Candidate, Found, Outcome};
use model::{Choice, EntityKind, Part, Postback, Say};
use std::collections::BTreeMap;

/// Between the things of a list.
const LISTS: [char; 7] = ['と', '、', 'や', '・', ',', '和', '&'];
/// So many things are answered at once.
const AT_ONCE: usize = 4;

/// As like as this and clearly ahead of the next: the same thing, mistyped. The answer names what was understood.
const SAME: f32 = 0.62;

/// Things that lists write in kana and people in kanji.
const IN_KANJI: [(&str, &str); 18] = [
    ("ふとん", "布団"),
    ("こたつ", "炬燵"),
    ("いす", "椅子"),
    ("たんす", "箪笥"),
    ("かさ", "傘"),
    ("まくら", "枕"),
    ("じゅうたん", "絨毯"),
    ("はさみ", "鋏"),
    ("のこぎり", "鋸"),
    ("ほうき", "箒"),
    ("すだれ", "簾"),
    ("ふすま", "襖"),
    ("たたみ", "畳"),
    ("ろうそく", "蝋燭"),
    ("くつ", "靴"),
    ("かばん", "鞄"),
    ("うちわ", "団扇"),
    ("はしご", "梯子"),
];

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
    let in_kanji: Vec<String> = IN_KANJI.iter().flat_map(|(kana, kanji)| said.iter().filter(|said| said.contains(kana)).map(|said| said.replace(kana, kanji)).collect::<Vec<_>>()).collect();
    said.extend(in_kanji);
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
        // Of several things the first; the others are answered with it.
        let first = found.iter().map(|f| f.at.start).min().unwrap_or(0);
        let longest = found.iter().map(|f| f.at.len()).max().unwrap_or(0);
        let candidates = |fits: &dyn Fn(&FoundName<'_>) -> bool| distinct(found.iter().filter(|f| fits(f)).map(|f| f.name.candidate()));
        let listed = LISTS.iter().any(|joint| text.contains(*joint));
        return one_or_many(if listed { candidates(&|f| f.at.start == first) } else { candidates(&|f| f.at.len() == longest) });
    }
    let phrase = if asked { text.to_owned() } else { without_request(text) };
    let near = names.nearest(EntityKind::WasteItem, &phrase, 4);
    match near.as_slice() {
        [] => Found::None,
        [(score, name), rest @ ..] if *score >= SAME && rest.first().is_none_or(|(next, _)| score - next > 0.1) => Found::One(name.candidate()),
        several => Found::Many(several.iter().map(|(_, name)| name.candidate()).collect()),
    }
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

async fn item(context: &mut Context<'_>, id: &str) -> Result<Option<Item>, ServiceError> {
    let item = sqlx::query_as(
        "SELECT i.name, i.type, i.notice, t.description FROM waste_item i
         LEFT JOIN waste_type t ON t.city_id = i.city_id AND t.name = i.type WHERE i.city_id = $1 AND i.item_id = $2",
    );
    Ok(item.bind(context.city.id.as_str()).bind(id).fetch_optional(&mut *context.tx).await?)
}

/// 「電池と蛍光灯とスプレー缶の捨て方」: what each thing of a list means. Empty when the words name one thing.
fn listed(names: &Names, text: &str) -> Vec<Found> {
    let phrase = without_request(text);
    let pieces: Vec<&str> = phrase.split(LISTS).map(str::trim).filter(|piece| !piece.is_empty()).collect();
    if pieces.len() < 2 || pieces.len() > AT_ONCE {
        return Vec::new();
    }
    let all: Vec<Found> = pieces.iter().map(|piece| lookup(names, piece, true)).collect();
    // 「ちりとり」 is no list: every piece must be a thing.
    if all.iter().all(|found| matches!(found, Found::One(_) | Found::Many(_))) { all } else { Vec::new() }
}

fn answer_lines(item: &Item) -> Vec<Say> {
    let mut lines = vec![Say::key("waste-sort-answer").with("item", item.name.as_str()).with("type", item.r#type.as_str())];
    if !item.notice.is_empty() {
        lines.push(Say::plain(&item.notice));
    }
    lines
}

pub async fn perform(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>, text: &str) -> Result<Outcome, ServiceError> {
    let Some(answer) = answers.get("item") else { return Ok(Outcome::Nothing) };
    let all = listed(&context.city.names, text);
    if all.len() >= 2 {
        return several(context, all).await;
    }
    let Some(item) = item(context, &answer.value).await? else { return Ok(Outcome::Nothing) };
    let mut lines = answer_lines(&item);
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
    Ok(Outcome::Done { say: vec![Part::Choices { text: Say::Lines(lines), choices }], alternatives, receipt: None })
}

/// Each thing in a few lines; those that could be several things, as choices.
async fn several(context: &mut Context<'_>, all: Vec<Found>) -> Result<Outcome, ServiceError> {
    let (mut lines, mut choices) = (Vec::new(), Vec::new());
    for found in all {
        match found {
            Found::One(one) => lines.extend(item(context, &one.value).await?.iter().flat_map(answer_lines)),
            Found::Many(many) => choices.extend(many.into_iter().take(3).map(|one| Choice::new(Say::plain(one.label), Postback::begin("waste.sort").given("item", one.value)))),
            Found::None | Found::Refused(_) => {}
        }
    }
    if !choices.is_empty() {
        lines.push(Say::key("waste-sort-which-of-list"));
    }
    choices.push(Choice::new(Say::key("waste-sort-another"), Postback::begin("waste.sort")));
    Ok(Outcome::done(vec![Part::Choices { text: Say::Lines(lines), choices }]))
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

    #[test]
    fn a_list_is_read_piece_by_piece() {
        let count = |text: &str| listed(&names(), text).len();
        assert_eq!(count("フライパンと缶の捨て方"), 2);
        assert_eq!(count("フライパンの捨て方"), 0);
        assert_eq!(count("ちりとりの捨て方"), 0);
    }
}
