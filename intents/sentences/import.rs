use crate::{
    Tools,
    import::{ImportError, Report, Row, Table, Upsert, upsert},
};
use dialogue::Catalogue;
use model::CityId;
use serde::Serialize;
use store::CityTx;

#[derive(Serialize)]
struct SentenceRow {
    said: String,
    intent: String,
}

const TABLE: Upsert = Upsert { table: "own_sentence", key: &[("said", "text")], columns: &[("intent", "text")] };

/// Longer than this (characters), it is no sentence.
const LONGEST: usize = 200;

/// Sentences and what they mean: `intent,text`.
pub async fn import(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    let (mut report, mut rows) = (Report::default(), Vec::new());
    for (row, read) in check(&table, &mut report)? {
        match read {
            Ok((intent, said)) => rows.push((row, said.clone(), SentenceRow { said, intent })),
            Err(reason) => report.reject(&row, reason),
        }
    }
    upsert(tx, city, &TABLE, rows, &mut report).await?;
    Ok(report)
}

/// The good rows of a table as (intent, sentence), for tools that have no database.
pub fn read(table: &Table) -> Result<Vec<(String, String)>, ImportError> {
    let mut report = Report::default();
    Ok(check(table, &mut report)?.into_iter().filter_map(|(_, read)| read.ok()).collect())
}

type Checked<'a> = (Row<'a>, Result<(String, String), String>);

fn check<'a>(table: &'a Table, report: &mut Report) -> Result<Vec<Checked<'a>>, ImportError> {
    table.require(&[&["intent"], &["text", "文"]])?;
    report.rejected.extend(table.broken());
    let services = crate::services(Tools::default());
    let catalogue = crate::catalogue(&services).map_err(|e| ImportError::Content { file: "the forms".into(), problem: e.to_string() })?;
    Ok(table.rows().map(|row| (row, one(&row, &catalogue))).collect())
}

fn one(row: &Row<'_>, catalogue: &Catalogue) -> Result<(String, String), String> {
    let (intent, said) = (row.get(&["intent"]), row.get(&["text", "文"]));
    let steering = ["control.", "smalltalk."].iter().any(|prefix| intent.starts_with(prefix)) || intent == "out_of_scope";
    if !steering && catalogue.for_intent(intent).is_none() {
        return Err(format!("`{intent}` is no intent; `bot version` lists them"));
    }
    match said.chars().count() {
        0 => Err("the sentence is empty".to_owned()),
        1..=LONGEST => Ok((intent.to_owned(), said.to_owned())),
        long => Err(format!("the sentence has {long} characters; {LONGEST} are read")),
    }
}
