//! Loading a city's content from files: one table reader, one report, one importer per kind.
//!
//! A bad row is reported with file, line and reason; good rows load; a second import changes nothing.

mod city_folder;
mod folder_names;
mod report;
mod table;
mod towns;
mod upsert;

pub use city_folder::{CityFolderError, add_city};
pub use folder_names::{names_of_folder, sentences_of_folder};
pub use report::{Rejection, Report};
pub use table::{Row, Table, TableError};
pub(crate) use upsert::{Upsert, upsert};

use crate::ServiceError;
use model::CityId;
use std::path::{Path, PathBuf};
use store::{CityTx, Db};

/// What can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Shelters,
    ShelterStatus,
    Addresses,
    Waste,
    Places,
    Desks,
    Faq,
    Guide,
    Sentences,
    Procedures,
    PostalCodes,
    Facilities,
    Rooms,
    Fees,
    Closures,
    BulkyItems,
    Blocks,
    PaymentMethods,
    Seal,
    Vouchers,
    VoucherShops,
}

impl Kind {
    pub const ALL: [(&'static str, Kind); 21] = [
        ("shelters", Kind::Shelters),
        ("shelter-status", Kind::ShelterStatus),
        ("addresses", Kind::Addresses),
        ("waste", Kind::Waste),
        ("places", Kind::Places),
        ("desks", Kind::Desks),
        ("faq", Kind::Faq),
        ("guide", Kind::Guide),
        ("sentences", Kind::Sentences),
        ("procedures", Kind::Procedures),
        ("postal-codes", Kind::PostalCodes),
        ("facilities", Kind::Facilities),
        ("rooms", Kind::Rooms),
        ("fees", Kind::Fees),
        ("closures", Kind::Closures),
        ("bulky-items", Kind::BulkyItems),
        ("blocks", Kind::Blocks),
        ("payment-methods", Kind::PaymentMethods),
        ("seal", Kind::Seal),
        ("vouchers", Kind::Vouchers),
        ("voucher-shops", Kind::VoucherShops),
    ];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error("{file}: {problem}")]
    Content { file: PathBuf, problem: String },
}

/// Imports a file (for waste also a folder of the four 5374 files) into a city, in one transaction.
pub async fn import(db: &Db, city: &CityId, kind: Kind, path: &Path) -> Result<Report, ImportError> {
    store::find_city(db, city).await?;
    let mut tx = db.city(city).await?;
    let report = import_into(db, &mut tx, city, kind, path).await?;
    if report.changed > 0 {
        store::bump_content(&mut tx, city).await?;
    }
    tx.commit().await.map_err(store::StoreError::from)?;
    Ok(report)
}

async fn import_into(db: &Db, tx: &mut CityTx, city: &CityId, kind: Kind, path: &Path) -> Result<Report, ImportError> {
    match kind {
        Kind::Shelters => crate::shelters::import(tx, city, Table::read(path)?).await,
        Kind::ShelterStatus => crate::shelters::import_status(tx, city, Table::read(path)?).await,
        Kind::Addresses => towns::import(tx, city, Table::read(path)?).await,
        Kind::Waste => crate::waste::import(tx, city, path).await,
        Kind::Places => crate::places::import(tx, city, Table::read(path)?).await,
        Kind::Desks => crate::people::import_desks(tx, city, Table::read(path)?).await,
        Kind::Faq => crate::faq::import(tx, city, Table::read(path)?).await,
        Kind::Guide => crate::guide::import(tx, city, Table::read(path)?).await,
        Kind::Sentences => crate::sentences::import(tx, city, Table::read(path)?).await,
        Kind::Procedures => crate::procedures::import(tx, city, path).await,
        Kind::PostalCodes => crate::postal_codes::import(tx, city, path).await,
        Kind::Facilities => crate::facilities::import::facilities(tx, city, Table::read(path)?).await,
        Kind::Rooms => crate::facilities::import::rooms(tx, city, Table::read(path)?).await,
        Kind::Fees => crate::facilities::import::fees(tx, city, Table::read(path)?).await,
        Kind::Closures => crate::facilities::import::closures(tx, city, Table::read(path)?).await,
        Kind::BulkyItems => crate::facilities::import::bulky_items(tx, city, Table::read(path)?).await,
        Kind::Blocks => crate::bookings::import_blocks(db, tx, city, Table::read(path)?).await,
        Kind::PaymentMethods => crate::payments::import(tx, city, Table::read(path)?).await,
        Kind::Vouchers => crate::vouchers::import_campaigns(tx, city, Table::read(path)?).await,
        Kind::VoucherShops => crate::vouchers::import_shops(tx, city, Table::read(path)?).await,
        Kind::Seal => crate::payments::import_seal(tx, city, path).await,
    }
}
