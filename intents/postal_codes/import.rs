//! Japan Post's file of postal codes (KEN_ALL): no header, 15 columns; the code is the third, prefecture, city and town are the seventh to ninth.

use crate::import::{ImportError, Report, Row, Table, Upsert, upsert};
use model::CityId;
use serde::Serialize;
use std::{collections::HashSet, path::Path};
use store::CityTx;

const COLUMNS: [&str; 9] = ["jis", "old", "code", "prefecture_kana", "city_kana", "town_kana", "prefecture", "city", "town"];

const TABLE: Upsert = Upsert { table: "postal_code", key: &[("code", "text")], columns: &[("town", "text")] };

#[derive(Serialize)]
struct CodeRow {
    code: String,
    town: String,
}

pub async fn import(tx: &mut CityTx, city: &CityId, path: &Path) -> Result<Report, ImportError> {
    let table = Table::read_headless(path, &COLUMNS)?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let (mut rows, mut seen) = (Vec::new(), HashSet::new());
    for row in table.rows() {
        match read(&row) {
            // A code of several towns, and the second line of a long town, add nothing that an address could begin with.
            Ok(code) if !seen.insert(code.code.clone()) => {}
            Ok(code) => rows.push((row, code.code.clone(), code)),
            Err(reason) => report.reject(&row, reason),
        }
    }
    upsert(tx, city, &TABLE, rows, &mut report).await?;
    Ok(report)
}

fn read(row: &Row<'_>) -> Result<CodeRow, String> {
    let code = row.get(&["code"]);
    if code.len() != 7 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("`{code}` is no postal code; the third column holds seven digits"));
    }
    let town = row.get(&["town"]);
    // 「（１～５丁目）」 says which blocks; 「以下に掲載がない場合」 says that there is no town.
    let town = town.split(['（', '(']).next().unwrap_or_default();
    let town = if town.contains("以下に掲載がない場合") || town.ends_with("の次に番地がくる場合") { "" } else { town };
    Ok(CodeRow { code: code.to_owned(), town: format!("{}{}{town}", row.get(&["prefecture"]), row.get(&["city"])) })
}
