use super::{days::{CollectionDays, closed}, one_or_many};
use crate::{Context, Name, Names, ServiceError};
use chrono::NaiveDate;
use dialogue::{Answer, Candidate, Found, Outcome};
use model::{Choice, EntityKind, Part, Postback, Say};
use std::collections::BTreeMap;

/// How residents call a type besides its official name.
const SAID: [(&[&str], &[&str]); 8] = [
    (&["燃やすごみ", "もやせるごみ", "燃えるごみ", "可燃", "普通ごみ", "普通ゴミ", "燃焼"], &["燃えるごみ", "燃やすごみ", "燃えるゴミ", "もえるごみ", "もやすごみ", "可燃ごみ", "可燃ゴミ", "生ごみ", "普通ごみ", "burnable"]),
    (&["燃やさないごみ", "もやせないごみ", "燃えないごみ", "不燃", "小型複雑"], &["燃えないごみ", "燃やさないごみ", "燃えないゴミ", "もえないごみ", "不燃ごみ", "不燃ゴミ", "non-burnable"]),
    (&["プラスチック", "容器包装"], &["プラスチック", "プラごみ", "プラゴミ", "プラ", "容器包装", "plastic"]),
    (&["缶", "びん"], &["缶", "びん", "ビン", "瓶", "かん", "空き缶", "缶びん", "カン"]),
    (&["ペットボトル"], &["ペットボトル", "PETボトル", "ペット"]),
    (&["古紙", "紙"], &["古紙", "段ボール", "ダンボール", "新聞", "雑誌", "紙ごみ"]),
    (&["古布", "衣類", "古着"], &["古着", "古布", "衣類"]),
    (&["資源", "リサイクル"], &["資源ごみ", "資源ゴミ", "資源", "リサイクル"]),
];

pub fn type_name(name: String) -> Name {
    let mut said = vec![name.clone(), name.replace("ごみ", "ゴミ")];
    for (marks, words) in SAID {
        if marks.iter().any(|mark| name.contains(mark)) {
            said.extend(words.iter().map(|word| (*word).to_owned()));
        }
    }
    Name { kind: EntityKind::WasteType, id: name.clone(), label: name, said, point: None }
}

pub fn lookup_type(names: &Names, text: &str) -> Found {
    let mut found: Vec<_> =
        names.find(text, |kind| kind == EntityKind::WasteType).iter().map(|f| Candidate { value: f.name.id.clone(), label: f.name.label.clone() }).collect();
    found.dedup();
    // 「缶と瓶」 names one type twice; two types are no filter.
    if found.len() == 1 { one_or_many(found) } else { Found::None }
}

pub fn lookup_area(names: &Names, text: &str, asked: bool) -> Found {
    let found = names.find(text, |kind| kind == EntityKind::WasteArea);
    let longest = found.iter().map(|f| f.at.len()).max().unwrap_or(0);
    let mut candidates: Vec<_> = found
        .iter()
        .filter(|f| f.at.len() == longest && longest >= 2)
        .map(|f| Candidate { value: f.name.id.clone(), label: f.name.label.clone() })
        .collect();
    candidates.dedup();
    if candidates.is_empty() && asked {
        candidates = names
            .nearest(EntityKind::WasteArea, text, 3)
            .into_iter()
            .map(|(_, name)| Candidate { value: name.id.clone(), label: name.label.clone() })
            .collect();
    }
    one_or_many(candidates)
}

#[derive(sqlx::FromRow)]
struct Area {
    name: String,
    center: String,
    days: serde_json::Value,
}

/// A collection: what, and when it comes next.
struct Collection {
    kind: String,
    written: String,
    days: CollectionDays,
}

pub async fn perform(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let Some(answer) = answers.get("area") else { return Ok(Outcome::Nothing) };
    let area: Option<Area> = sqlx::query_as("SELECT name, center, days FROM waste_area WHERE city_id = $1 AND area_id = $2")
        .bind(context.city.id.as_str())
        .bind(&answer.value)
        .fetch_optional(&mut *context.tx)
        .await?;
    let Some(area) = area else {
        return Ok(Outcome::Rejected { field: "area".into(), say: Say::key("waste-schedule-invalid-area"), choices: Vec::new() });
    };
    let closures: Vec<(NaiveDate, NaiveDate)> =
        sqlx::query_as("SELECT from_date, to_date FROM waste_closure WHERE city_id = $1 AND center = $2 ORDER BY from_date")
            .bind(context.city.id.as_str())
            .bind(&area.center)
            .fetch_all(&mut *context.tx)
            .await?;
    let collections = collections(&area.days);
    let today = context.now.date_naive();
    let date = answers.get("date").and_then(|answer| answer.value.parse::<NaiveDate>().ok());
    let kind = answers.get("type").map(|answer| answer.value.as_str());
    let mut lines = match (date, kind) {
        (Some(date), kind) => on_day(&area.name, date, kind, &collections, &closures),
        (None, Some(kind)) => of_type(&area.name, today, kind, &collections, &closures),
        (None, None) => overview(&area.name, today, &collections, &closures),
    };
    if let Some((from, to)) = closures.iter().find(|(from, to)| *to >= today && (*from - today).num_days() <= 45) {
        lines.push(Say::key("waste-schedule-closure").with("from", *from).with("to", *to));
    }
    let choices = vec![Choice::new(Say::key("waste-schedule-other-area"), Postback::begin("waste.schedule").given("ask", "area"))];
    Ok(Outcome::done(vec![Part::Choices { text: Say::Lines(lines), choices }]))
}

fn collections(days: &serde_json::Value) -> Vec<Collection> {
    let Some(days) = days.as_array() else { return Vec::new() };
    days.iter()
        .filter_map(|pair| {
            let (kind, written) = (pair.get(0)?.as_str()?, pair.get(1)?.as_str()?);
            Some(Collection { kind: kind.to_owned(), written: written.to_owned(), days: CollectionDays::parse(written).ok()? })
        })
        .collect()
}

fn on_day(area: &str, date: NaiveDate, kind: Option<&str>, collections: &[Collection], closures: &[(NaiveDate, NaiveDate)]) -> Vec<Say> {
    if closed(date, closures) {
        return vec![Say::key("waste-schedule-closed").with("area", area).with("date", date)];
    }
    let today: Vec<_> = collections.iter().filter(|c| c.days.on(date)).collect();
    let names = today.iter().map(|c| c.kind.as_str()).collect::<Vec<_>>().join("、");
    let mut lines = vec![if today.is_empty() {
        Say::key("waste-schedule-nothing").with("area", area).with("date", date)
    } else {
        Say::key("waste-schedule-day").with("area", area).with("date", date).with("types", names)
    }];
    if let Some(wanted) = kind.and_then(|kind| collections.iter().find(|c| c.kind == kind)).filter(|c| !c.days.on(date))
        && let Some(next) = wanted.days.next(date, 1, closures).first() {
            lines.push(Say::key("waste-schedule-next").with("type", wanted.kind.as_str()).with("date", *next));
        }
    lines
}

fn of_type(area: &str, today: NaiveDate, kind: &str, collections: &[Collection], closures: &[(NaiveDate, NaiveDate)]) -> Vec<Say> {
    let Some(wanted) = collections.iter().find(|c| c.kind == kind).filter(|c| !c.days.is_empty()) else {
        return vec![Say::key("waste-schedule-no-such").with("area", area).with("type", kind)];
    };
    let next = wanted.days.next(today, 3, closures);
    let mut lines =
        vec![Say::key("waste-schedule-type").with("area", area).with("type", kind).with("days", spoken(&wanted.written))];
    if let Some(first) = next.first() {
        lines.push(Say::key("waste-schedule-next").with("type", kind).with("date", *first));
    }
    for later in next.iter().skip(1) {
        lines.push(Say::key("waste-schedule-then").with("date", *later));
    }
    lines
}

fn overview(area: &str, today: NaiveDate, collections: &[Collection], closures: &[(NaiveDate, NaiveDate)]) -> Vec<Say> {
    let mut lines = vec![Say::key("waste-schedule-area").with("area", area)];
    for collection in collections.iter().filter(|c| !c.days.is_empty()) {
        let line = Say::key("waste-schedule-line").with("type", collection.kind.as_str()).with("days", spoken(&collection.written));
        lines.push(match collection.days.next(today, 1, closures).first() {
            Some(next) => Say::key("waste-schedule-line-next").with("line", line).with("date", *next),
            None => line,
        });
    }
    lines
}

/// 「火1 火3」 → 「第1・第3火曜」, 「月 木」 → 「月・木曜」.
fn spoken(written: &str) -> String {
    let folded = normalise::fold(written);
    let parts: Vec<&str> = folded.split([' ', '・', '･']).filter(|p| !p.is_empty()).collect();
    let nth: Option<Vec<(char, char)>> = parts
        .iter()
        .map(|part| {
            let mut chars = part.chars();
            let (day, n) = (chars.next()?, chars.next()?);
            (n.is_ascii_digit() && chars.next().is_none()).then_some((day, n))
        })
        .collect();
    match nth {
        Some(nth) if !nth.is_empty() => nth.iter().map(|(day, n)| format!("第{n}{day}曜")).collect::<Vec<_>>().join("・"),
        _ => {
            let days: Vec<String> = folded.chars().filter(|c| "月火水木金土日".contains(*c)).map(String::from).collect();
            format!("{}曜", days.join("・"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_spoken_as_people_say_them() {
        assert_eq!(spoken("月 木"), "月・木曜");
        assert_eq!(spoken("火1 火3"), "第1火曜・第3火曜");
        assert_eq!(spoken("月木"), "月・木曜");
    }

    #[test]
    fn types_are_known_by_everyday_names() {
        let names = Names::new(vec![type_name("燃やすごみ".into()), type_name("缶・びん".into())]);
        let label = |text: &str| match lookup_type(&names, text) {
            Found::One(found) => found.label,
            other => format!("{other:?}"),
        };
        assert_eq!(label("燃えるゴミは何曜日"), "燃やすごみ");
        assert_eq!(label("瓶と缶の日"), "缶・びん");
    }
}
