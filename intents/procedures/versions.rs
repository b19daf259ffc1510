//! The versions of a city's procedures: every one that was ever loaded, one of them published.

use super::file::{Problem, Procedure, read};
use crate::{
    Tools, faq,
    import::{ImportError, Rejection, Report},
};
use model::CityId;
use sqlx::PgConnection;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};
use store::{CityTx, StoreError};

/// A version, for lists.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    pub procedure_id: String,
    pub version: i32,
    pub published: bool,
}

/// Whether a text names a form of the house: what a procedure may hand over to.
pub fn is_form_of_the_house(id: &str) -> bool {
    let services = crate::services(Tools::default());
    crate::catalogue(&services).is_ok_and(|catalogue| catalogue.form(id).is_some())
}

/// Loads a file, or all `.yaml` files of a folder, and publishes what is new. A file with problems changes nothing and is
/// reported line by line; the others load.
pub(crate) async fn import(tx: &mut CityTx, city: &CityId, path: &Path) -> Result<Report, ImportError> {
    let mut report = Report::default();
    let entries = faq::ids(tx, city).await?;
    for file in files(path)? {
        let source = std::fs::read_to_string(&file).map_err(|e| problem(&file, e.to_string()))?;
        let checked = read(&source, is_form_of_the_house).and_then(|procedure| match missing_entries(&procedure, &entries) {
            problems if problems.is_empty() => Ok(procedure),
            problems => Err(problems),
        });
        match checked {
            Ok(procedure) => {
                report.loaded += 1;
                report.changed += u64::from(put(tx, city, &procedure, &source).await?);
            }
            Err(problems) => report.rejected.extend(problems.into_iter().map(|p| Rejection { file: file.clone(), line: p.line, reason: p.text })),
        }
    }
    Ok(report)
}

/// Links to questions and answers that the city does not have.
fn missing_entries(procedure: &Procedure, entries: &BTreeSet<String>) -> Vec<Problem> {
    let links = procedure.answers.iter().filter_map(|ending| ending.faq.as_ref());
    let missing = links.filter(|entry| !entries.contains(&entry.value));
    missing.map(|entry| Problem { line: entry.referenced.line(), text: format!("faq: the city has no question `{}`; load it before (`bot import faq`)", entry.value) }).collect()
}

fn files(path: &Path) -> Result<Vec<PathBuf>, ImportError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|e| problem(path, e.to_string()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|file| file.extension().is_some_and(|e| e == "yaml")).collect();
    files.sort();
    Ok(files)
}

fn problem(file: &Path, problem: String) -> ImportError {
    ImportError::Content { file: file.to_owned(), problem }
}

/// A new version, published unless it is a draft; nothing if it is there already. Whether anything changed.
async fn put(tx: &mut PgConnection, city: &CityId, procedure: &Procedure, source: &str) -> Result<bool, ImportError> {
    let id = &procedure.id.value;
    let published: Option<String> = sqlx::query_scalar("SELECT source FROM procedure WHERE city_id = $1 AND procedure_id = $2 AND published FOR UPDATE")
        .bind(city.as_str())
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    let newest: Option<String> = sqlx::query_scalar("SELECT source FROM procedure WHERE city_id = $1 AND procedure_id = $2 ORDER BY version DESC LIMIT 1")
        .bind(city.as_str())
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    let known = if procedure.draft { newest } else { published };
    if known.as_deref() == Some(source) {
        return Ok(false);
    }
    let version: i32 = sqlx::query_scalar(
        "INSERT INTO procedure (city_id, procedure_id, version, source)
         SELECT $1, $2, 1 + coalesce(max(version), 0), $3 FROM procedure WHERE city_id = $1 AND procedure_id = $2 RETURNING version",
    )
    .bind(city.as_str())
    .bind(id)
    .bind(source)
    .fetch_one(&mut *tx)
    .await?;
    if !procedure.draft {
        publish_in(tx, city, id, version).await?;
    }
    Ok(true)
}

/// Publishes a version in place of the one that is; whether there is such a version.
async fn publish_in(tx: &mut PgConnection, city: &CityId, id: &str, version: i32) -> Result<bool, sqlx::Error> {
    sqlx::query("UPDATE procedure SET published = false WHERE city_id = $1 AND procedure_id = $2 AND published")
        .bind(city.as_str())
        .bind(id)
        .execute(&mut *tx)
        .await?;
    let done = sqlx::query("UPDATE procedure SET published = true WHERE city_id = $1 AND procedure_id = $2 AND version = $3")
        .bind(city.as_str())
        .bind(id)
        .bind(version)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Publishes an older (or newer) version: a roll back. False, and nothing changed, when there is no such version.
pub async fn publish(db: &store::Db, city: &CityId, id: &str, version: i32) -> Result<bool, ImportError> {
    let mut tx = db.city(city).await?;
    if !publish_in(&mut tx, city, id, version).await? {
        return Ok(false);
    }
    store::bump_content(&mut tx, city).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(true)
}

/// All versions of all procedures, newest first.
pub async fn list(db: &store::Db, city: &CityId) -> Result<Vec<Version>, ImportError> {
    let mut tx = db.city(city).await?;
    let rows = sqlx::query_as("SELECT procedure_id, version, published FROM procedure WHERE city_id = $1 ORDER BY procedure_id, version DESC");
    Ok(rows.bind(city.as_str()).fetch_all(&mut *tx).await?)
}
