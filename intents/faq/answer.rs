use super::{Entry, Index};
use crate::{Context, ServiceError};
use chrono::NaiveDate;
use dialogue::Outcome;
use model::{Choice, Part, Postback, Say};

/// As sure as this, it is the answer.
const SURE: f32 = 0.55;
/// Less sure than this, it is not worth showing.
const WORTH: f32 = 0.22;
/// As sure as this, it is no matter of the city.
const FOREIGN: f32 = 0.75;
/// Older than this (days), an answer says so.
const OLD: i64 = 365;

pub async fn search(context: &mut Context<'_>, index: &Index, query: &str) -> Result<Outcome, ServiceError> {
    let today = context.now.date_naive();
    // Where it sounds like nothing of the city's, only an answer that surely fits is better than to say so.
    let foreign = context.understanding.is_some_and(|u| u.intent() == "out_of_scope" && u.confidence() >= FOREIGN);
    let worth = if foreign { SURE } else { WORTH };
    let found: Vec<_> = index.find(query, today, 4).into_iter().filter(|(confidence, _)| *confidence >= worth).collect();
    let Some(((confidence, best), rest)) = found.split_first() else { return Ok(Outcome::Nothing) };
    let clear = *confidence >= SURE && rest.first().is_none_or(|(next, _)| confidence - next >= 0.05);
    if clear {
        let others = rest.iter().map(|(_, entry)| choice(entry)).collect();
        return give(context, best, others).await;
    }
    let mut choices: Vec<_> = found.iter().take(3).map(|(_, entry)| choice(entry)).collect();
    choices.push(Choice::new(Say::key("faq-none-of-these"), "human"));
    Ok(Outcome::done(vec![Part::Choices { text: Say::key("faq-which"), choices }]))
}

fn choice(entry: &Entry) -> Choice {
    Choice::new(Say::plain(&entry.question), Postback::begin(super::FORM).given("entry", entry.entry_id.as_str()))
}

/// An answer with its source, its date and its desk.
pub async fn give(context: &mut Context<'_>, entry: &Entry, others: Vec<Choice>) -> Result<Outcome, ServiceError> {
    let today = context.now.date_naive();
    let mut lines = Vec::new();
    if !context.lang.reads_japanese() {
        lines.push(Say::key("in-japanese-only"));
    }
    if entry.expires_on.is_some_and(|last| last < today) {
        lines.push(Say::key("faq-expired"));
    }
    lines.push(Say::plain(&entry.answer));
    if let Some(updated) = entry.updated_on {
        lines.push(dated(updated, today));
    }
    let desk = match &entry.desk_id {
        Some(id) => store::desk(context.tx, &context.city.id, id).await?,
        None => None,
    };
    if let Some(desk) = &desk {
        let phone = desk.phone.clone().unwrap_or_default();
        lines.push(Say::key("faq-desk").with("desk", desk.name.as_str()).with("phone", phone));
    }
    let mut say = vec![Part::text(Say::Lines(lines))];
    if let Some(url) = entry.source.as_ref().filter(|url| url.starts_with("https://")) {
        say.push(Part::Link { text: Say::key("faq-source"), label: Say::key("faq-open-source"), url: url.clone() });
    }
    Ok(Outcome::Done { say, alternatives: others, receipt: None })
}

fn dated(updated: NaiveDate, today: NaiveDate) -> Say {
    let old = (today - updated).num_days() > OLD;
    let year = i64::from(chrono::Datelike::year(&updated));
    Say::key(if old { "faq-old" } else { "faq-as-of" }).with("year", year.to_string()).with("date", updated)
}
