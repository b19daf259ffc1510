//! `payment.methods`: how something can be paid, in the city's own words.

use super::PAY;
use crate::{
    Context, ServiceError,
    import::{ImportError, Report, Table, Upsert, upsert},
    names::key,
};
use dialogue::Outcome;
use model::{Choice, CityId, Part, Postback, Say};
use serde::Serialize;
use store::CityTx;

const TABLE: Upsert =
    Upsert { table: "payment_method", key: &[("method_id", "text")], columns: &[("name", "text"), ("topics", "text"), ("ways", "text"), ("note", "text")] };

#[derive(Serialize)]
struct Method {
    method_id: String,
    name: String,
    topics: String,
    ways: String,
    note: String,
}

/// How things can be paid: `id,name,topics,ways,note`.
pub async fn import(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["id"], &["name", "名称"], &["ways", "支払い方法"]])?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let mut rows = Vec::new();
    for row in table.rows() {
        let cell = |names: &[&str]| row.get(names).to_owned();
        let method = Method { method_id: cell(&["id"]), name: cell(&["name", "名称"]), topics: cell(&["topics"]), ways: cell(&["ways", "支払い方法"]), note: cell(&["note", "備考"]) };
        if method.method_id.is_empty() || method.name.is_empty() || method.ways.is_empty() {
            report.reject(&row, "id, name and ways must not be empty");
            continue;
        }
        let id = method.method_id.clone();
        rows.push((row, id, method));
    }
    upsert(tx, city, &TABLE, rows, &mut report).await?;
    Ok(report)
}

/// Things that are shown when none was named.
const MOST: usize = 8;

/// What was named, or all of them.
pub async fn show(context: &mut Context<'_>, text: &str) -> Result<Outcome, ServiceError> {
    let all: Vec<(String, String, String, String)> = sqlx::query_as("SELECT name, topics, ways, note FROM payment_method WHERE city_id = $1 ORDER BY method_id")
        .bind(context.city.id.as_str())
        .fetch_all(&mut *context.tx)
        .await?;
    if all.is_empty() {
        return Ok(Outcome::done(vec![Part::text(Say::key("payment-methods-none"))]));
    }
    let said = key(text);
    let likeness = |name: &str, topics: &str| {
        let words = topics.split('・').chain([name]).map(key);
        words.filter(|word| word.chars().count() >= 2 && said.contains(word.as_str())).map(|word| word.chars().count()).max()
    };
    let best = all.iter().filter_map(|method| likeness(&method.0, &method.1).map(|likeness| (likeness, method))).max_by_key(|(likeness, _)| *likeness);
    let line = |(name, _, ways, note): &(String, String, String, String)| {
        let key = if note.is_empty() { "payment-methods-line" } else { "payment-methods-line-note" };
        Say::key(key).with("what", name.as_str()).with("ways", ways.as_str()).with("note", note.as_str())
    };
    let mut lines = match best {
        Some((_, method)) => vec![line(method)],
        None => all.iter().take(MOST).map(line).collect(),
    };
    if best.is_none() {
        lines.insert(0, Say::key("payment-methods-all"));
    }
    let choices = vec![Choice::new(Say::key("payment-pay-title"), Postback::begin(PAY)), Choice::new(Say::key("menu-label"), "menu")];
    Ok(Outcome::done(vec![Part::Choices { text: Say::Lines(lines), choices }]))
}
