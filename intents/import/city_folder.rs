//! A city's folder: `city.toml`, and the files of its content beside it.

use super::{ImportError, Kind, Report, import_into};
use crate::Profile;
use chrono_tz::Tz;
use model::CityId;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use store::{CityRow, Db};

/// What a folder may hold, in the order in which it is loaded.
const FILES: [(&str, Kind); 21] = [
    ("desks.csv", Kind::Desks),
    ("towns.csv", Kind::Addresses),
    ("places.csv", Kind::Places),
    ("shelters.csv", Kind::Shelters),
    ("shelter-status.csv", Kind::ShelterStatus),
    ("waste", Kind::Waste),
    ("faq.csv", Kind::Faq),
    ("guide.csv", Kind::Guide),
    ("sentences.csv", Kind::Sentences),
    ("procedures", Kind::Procedures),
    ("postal-codes.csv", Kind::PostalCodes),
    ("facilities.csv", Kind::Facilities),
    ("rooms.csv", Kind::Rooms),
    ("fees.csv", Kind::Fees),
    ("closures.csv", Kind::Closures),
    ("bulky-items.csv", Kind::BulkyItems),
    ("blocks.csv", Kind::Blocks),
    ("payment-methods.csv", Kind::PaymentMethods),
    ("seal.png", Kind::Seal),
    ("vouchers.csv", Kind::Vouchers),
    ("voucher-shops.csv", Kind::VoucherShops),
];

#[derive(Deserialize)]
struct CityFile {
    id: CityId,
    name: String,
    #[serde(default = "tokyo")]
    zone: String,
    #[serde(flatten)]
    profile: Profile,
}

fn tokyo() -> String {
    "Asia/Tokyo".to_owned()
}

#[derive(Debug, thiserror::Error)]
pub enum CityFolderError {
    #[error("{file}: {problem}")]
    File { file: PathBuf, problem: String },
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

/// Adds a city from its folder, or renews it. Everything or nothing; bad rows are reported and left out.
pub async fn add_city(db: &Db, folder: &Path) -> Result<(CityId, Report), CityFolderError> {
    let file = folder.join("city.toml");
    let problem = |problem: String| CityFolderError::File { file: file.clone(), problem };
    let text = std::fs::read_to_string(&file).map_err(|error| problem(format!("cannot be read: {error}")))?;
    let city: CityFile = toml::from_str(&text).map_err(|error| problem(error.to_string()))?;
    city.zone.parse::<Tz>().map_err(|_| problem(format!("`{}` is no time zone; write for example Asia/Tokyo", city.zone)))?;
    if let Some(wrong) = city.profile.timeouts.problem().or_else(|| city.profile.payments.problem()) {
        return Err(problem(wrong));
    }
    if let Some(wrong) = crate::staff_rules::problem(&city.profile.staff, &city.profile.retention, &city.profile.handover) {
        return Err(problem(wrong));
    }
    let profile = serde_json::to_value(&city.profile).map_err(|error| problem(error.to_string()))?;
    let mut tx = db.city(&city.id).await?;
    let row = CityRow { city_id: city.id.to_string(), name: city.name, zone: city.zone, profile, content_version: 0 };
    store::put_city(db, &mut tx, &row).await?;
    let mut report = Report::default();
    for (name, kind) in FILES {
        let path = folder.join(name);
        if path.exists() {
            report.add(import_into(db, &mut tx, &city.id, kind, &path).await?);
        }
    }
    store::bump_content(&mut tx, &city.id).await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    Ok((city.id, report))
}
