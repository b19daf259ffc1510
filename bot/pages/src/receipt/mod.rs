//! The receipt of a bill as a PDF, behind a link that nobody can guess and that ends.

mod pdf;

pub use pdf::{Paper, draw};

use crate::{Pages, frame};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use intents::payments;
use model::{BillId, CityId};
use std::path::PathBuf;
use uuid::Uuid;

/// Where Debian's package fonts-noto-cjk puts them.
pub const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error("the font {path} cannot be read (install fonts-noto-cjk, or set BOT_PAYMENTS__FONT): {error}")]
    Font { path: String, error: std::io::Error },
    #[error("the receipt cannot be drawn: {0}")]
    Draw(String),
}

pub async fn pdf(State(pages): State<Pages>, Path((city, bill, until, file)): Path<(CityId, Uuid, i64, String)>) -> Response {
    match paper(&pages, &city, BillId(bill), until, &file).await {
        Ok(Some((number, bytes))) => {
            let name = HeaderValue::from_str(&format!("inline; filename=\"{number}.pdf\"")).unwrap_or(HeaderValue::from_static("inline"));
            let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")), (header::CONTENT_DISPOSITION, name)];
            (frame::headers(), headers, bytes).into_response()
        }
        Ok(None) => frame::nothing(),
        Err(error) => frame::broken(&error),
    }
}

/// `None`: the link is wrong or over, or there is nothing to give a receipt for.
async fn paper(pages: &Pages, city: &CityId, bill: BillId, until: i64, file: &str) -> Result<Option<(String, Vec<u8>)>, Failed> {
    let engine = &pages.engine;
    let (Some(city), Some(mark)) = (engine.cities.get(city), file.strip_suffix(".pdf")) else { return Ok(None) };
    let mut tx = engine.db.city(&city.id).await?;
    let receipt = if payments::receipt_opens(&engine.db, &mut tx, &city.id, bill, until, mark, engine.now()).await? {
        payments::receipt_of(&mut tx, &city.id, bill).await?
    } else {
        None
    };
    let seal = payments::seal_of(&mut tx, &city.id).await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    let Some(receipt) = receipt else { return Ok(None) };
    let settings = &city.profile.payments;
    let paper = Paper {
        city: city.name.clone(),
        issuer: settings.issuer.clone(),
        tax_number: settings.tax_number.clone(),
        paid_on: receipt.paid_at.with_timezone(&city.zone).format("%Y年%-m月%-d日").to_string(),
        receipt,
        seal,
    };
    let path = pages.font.clone();
    let number = paper.receipt.number.clone();
    let drawn = tokio::task::spawn_blocking(move || read(&path).and_then(|font| draw(&paper, font).map_err(Failed::Draw))).await;
    drawn.unwrap_or_else(|error| Err(Failed::Draw(error.to_string()))).map(|bytes| Some((number, bytes)))
}

fn read(path: &PathBuf) -> Result<Vec<u8>, Failed> {
    std::fs::read(path).map_err(|error| Failed::Font { path: path.display().to_string(), error })
}
