use crate::import::{ImportError, Report, Row, Table, Upsert, upsert};
use chrono::NaiveDate;
use model::CityId;
use serde::Serialize;
use store::CityTx;

#[derive(Serialize)]
struct FaqRow {
    entry_id: String,
    question: String,
    answer: String,
    also: String,
    keywords: String,
    desk_id: Option<String>,
    source: Option<String>,
    updated_on: Option<NaiveDate>,
    expires_on: Option<NaiveDate>,
    topic: String,
}

const TABLE: Upsert = Upsert {
    table: "faq",
    key: &[("entry_id", "text")],
    columns: &[
        ("question", "text"),
        ("answer", "text"),
        ("also", "text"),
        ("keywords", "text"),
        ("desk_id", "text"),
        ("source", "text"),
        ("updated_on", "date"),
        ("expires_on", "date"),
        ("topic", "text"),
    ],
};

/// Answers: `id,question,answer,also,keywords,desk,source,updated_on,expires_on,topic`; only the first three are needed.
pub async fn import(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["id", "番号"], &["question", "質問"], &["answer", "回答"]])?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let mut rows = Vec::new();
    for row in table.rows() {
        match read(&row) {
            Ok(entry) => rows.push((row, entry.entry_id.clone(), entry)),
            Err(reason) => report.reject(&row, reason),
        }
    }
    upsert(tx, city, &TABLE, rows, &mut report).await?;
    Ok(report)
}

fn read(row: &Row<'_>) -> Result<FaqRow, String> {
    let needed = |names: &[&str], what: &str| {
        let cell = row.get(names);
        if cell.is_empty() { Err(format!("the {what} is empty")) } else { Ok(cell.to_owned()) }
    };
    let some = |names: &[&str]| Some(row.get(names).to_owned()).filter(|cell| !cell.is_empty());
    let date = |names: &[&str]| match row.get(names) {
        "" => Ok(None),
        cell => cell.replace('/', "-").parse().map(Some).map_err(|_| format!("`{cell}` is no date; write 2026-06-01")),
    };
    Ok(FaqRow {
        entry_id: needed(&["id", "番号"], "id")?,
        question: needed(&["question", "質問"], "question")?,
        answer: needed(&["answer", "回答"], "answer")?,
        also: row.get(&["also", "別の聞き方"]).to_owned(),
        keywords: row.get(&["keywords", "キーワード"]).to_owned(),
        desk_id: some(&["desk", "担当"]),
        source: some(&["source", "出典", "url"]),
        updated_on: date(&["updated_on", "更新日"])?,
        expires_on: date(&["expires_on", "期限"])?,
        topic: row.get(&["topic", "分類"]).to_owned(),
    })
}
