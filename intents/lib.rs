//! What a resident can ask for: one folder per service, each a vertical slice with its forms, its words in every
//! language, its tables and its SQL.
//!
//! A new service is one folder and one line in [`services`].

#![forbid(unsafe_code)]

mod accounts;
mod addresses;
pub mod bookings;
mod city;
pub mod facilities;
mod faq;
mod guide;
pub mod import;
mod loose_names;
mod names;
pub mod payments;
mod people;
mod places;
mod postal_codes;
pub mod privacy;
pub mod procedures;
mod sentences;
mod service;
mod shelters;
mod staff_rules;
mod tell;
mod texts;
mod towns;
mod timeouts;
pub mod vouchers;
mod waste;
mod whereabouts;
mod withdraw;
mod work;

pub use city::{Cities, City, House, Profile};
pub use faq::{Entry as FaqEntry, Index as FaqIndex};
pub use names::{Found as FoundName, Name, Names};
pub use payments::{PaymentSettings, PaypayKeys, RefundRule, StripeKeys};
pub use staff_rules::{HandoverRule, Retention, SignOn, StaffRules};
pub use service::{Context, OwnForm, OwnText, Service, ServiceError};
pub use shelters::{Wanted as WantedShelter, nearest as nearest_shelters};
pub use tell::tell;
pub use texts::{BadTexts, Speaker, Texts};
pub use timeouts::Timeouts;
pub use work::{Around, Work, WorkError};

use dialogue::{BadCatalogue, Catalogue};
use std::sync::Arc;
use store::MigrationFile;

/// What the installation lends its services.
#[derive(Clone, Default)]
pub struct Tools {
    /// A larger encoder that helps to find answers.
    pub encoder: Option<Arc<dyn search::Encode>>,
    /// The system that opens doors by pass codes.
    pub locks: Option<Arc<dyn outer::locks::LockProvider>>,
    /// The providers of payments.
    pub payments: Option<Arc<payments::Providers>>,
    /// What links in messages begin with.
    pub public_url: String,
}

/// Every service there is. The one list.
pub fn services(tools: Tools) -> Vec<Box<dyn Service>> {
    vec![
        Box::new(accounts::Accounts),
        Box::new(bookings::Bookings { locks: tools.locks }),
        Box::new(facilities::Facilities),
        Box::new(faq::Faq { encoder: tools.encoder }),
        Box::new(guide::Guide),
        Box::new(payments::Payments { providers: tools.payments.clone() }),
        Box::new(people::People),
        Box::new(places::Places),
        Box::new(postal_codes::PostalCodes),
        Box::new(privacy::Privacy { public_url: tools.public_url }),
        Box::new(procedures::Procedures),
        Box::new(sentences::Sentences),
        Box::new(shelters::Shelters),
        Box::new(vouchers::Vouchers { providers: tools.payments }),
        Box::new(waste::Waste),
    ]
}

/// The forms of all services.
pub fn catalogue(services: &[Box<dyn Service>]) -> Result<Catalogue, BadCatalogue> {
    Catalogue::new(services.iter().flat_map(|service| service.forms()).collect(), faq::FORM, people::HUMAN)
}

/// The whole schema, in order.
pub fn migrations(services: &[Box<dyn Service>]) -> Vec<MigrationFile> {
    let mut files: Vec<_> = store::CORE.to_vec();
    files.extend(services.iter().flat_map(|service| service.migrations().iter().copied()));
    files.sort_by_key(|file| file.version);
    files
}
