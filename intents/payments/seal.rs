//! The seal that a city puts on its receipts.

use crate::import::{ImportError, Rejection, Report};
use model::CityId;
use sqlx::PgConnection;
use std::path::Path;
use store::{CityTx, StoreError};

/// A picture of more bytes is not for a seal on paper.
const LARGEST: usize = 512 << 10;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

pub async fn seal_of(tx: &mut PgConnection, city: &CityId) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(sqlx::query_scalar("SELECT png FROM city_seal WHERE city_id = $1").bind(city.as_str()).fetch_optional(tx).await?)
}

/// The seal's picture: PNG, square.
pub async fn import_seal(tx: &mut CityTx, city: &CityId, path: &Path) -> Result<Report, ImportError> {
    let png = std::fs::read(path).map_err(|error| ImportError::Content { file: path.to_owned(), problem: error.to_string() })?;
    let mut report = Report::default();
    if !png.starts_with(PNG) || png.len() > LARGEST {
        report.rejected.push(Rejection { file: path.to_owned(), line: 1, reason: format!("the seal must be a PNG of at most {} KiB", LARGEST >> 10) });
        return Ok(report);
    }
    let done = sqlx::query("INSERT INTO city_seal (city_id, png) VALUES ($1, $2) ON CONFLICT (city_id) DO UPDATE SET png = $2 WHERE city_seal.png <> $2").bind(city.as_str()).bind(png).execute(&mut **tx).await?;
    report.loaded = 1;
    report.changed = done.rows_affected();
    Ok(report)
}
