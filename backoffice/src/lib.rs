//! Where staff work: the inbox, with what residents and the machine said; replies, notes, hand-overs; the record of who did
//! what; the figures. Server-rendered pages in Japanese; a little script for what must be live.

#![forbid(unsafe_code)]

mod accounts;
mod address;
mod assets;
mod audit;
mod audit_page;
mod bookings;
mod callbacks;
mod canned;
mod demo;
mod door;
mod error;
mod figures;
mod hub;
mod inbox;
mod keys;
mod mask;
mod money;
mod page;
mod pages;
mod people;
mod post;
mod promises;
mod retention;
mod role;
mod rules;
mod show;
mod sign_on;
mod sweep;
mod talk;

pub use accounts::{NewStaff, add as add_staff};
pub use address::Proxies;
pub use demo::{DEMO_PASSWORD, demo_staff};
pub use hub::{Change, Hub};
pub use retention::{Purged, forget, purge};
pub use role::Role;
pub use rules::{Keep, Rules, SignOn};
pub use sign_on::Outside;
pub use sweep::sweep;

use axum::Router;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use model::{CityId, Clock, CounterBooking, Yen};
use std::sync::Arc;
use store::{CityTx, Db, MigrationFile, StoreError};

pub const MIGRATIONS: &[MigrationFile] = &[
    MigrationFile { version: 20261128020000, name: "staff", sql: include_str!("../migrations/20261128020000_staff.sql") },
    MigrationFile { version: 20261128110000, name: "second_factor", sql: include_str!("../migrations/20261128110000_second_factor.sql") },
    MigrationFile { version: 20261128110300, name: "looks", sql: include_str!("../migrations/20261128110300_looks.sql") },
];

/// What of a city the pages need.
#[derive(Clone)]
pub struct CityFacts {
    pub id: CityId,
    pub name: String,
    pub zone: chrono_tz::Tz,
    /// When somebody is there at all: the hours of the desk that answers first.
    pub hours: String,
    pub rules: Rules,
}

/// A form that a resident has begun: its title, and what was answered.
pub struct RunningForm {
    pub title: String,
    pub answers: Vec<(String, String)>,
}

/// What the rest of the house knows and the pages show.
pub trait House: Send + Sync {
    fn city(&self, id: &CityId) -> Option<CityFacts>;
    fn cities(&self) -> Vec<CityFacts>;
    /// The running forms of an opened state, outermost first.
    fn running(&self, city: &CityId, version: u16, state: &[u8]) -> Vec<RunningForm>;
    /// The forms that can be offered to a resident, with their titles.
    fn forms(&self, city: &CityId) -> Vec<(String, String)>;
    /// Books a room for somebody who called or came: the booking's number, or why not.
    fn book<'a>(&'a self, tx: &'a mut CityTx, city: &'a CityId, wanted: &'a CounterBooking, now: DateTime<Utc>) -> BoxFuture<'a, Result<Result<String, String>, StoreError>>;
    /// Ends a booking, for the resident or (`by_city`) because the city must: what goes back, or that there is no such booking.
    fn unbook<'a>(&'a self, tx: &'a mut CityTx, city: &'a CityId, number: &'a str, by_city: bool, now: DateTime<Utc>) -> BoxFuture<'a, Result<Option<Yen>, StoreError>>;
    /// What an intent or a form is called; `None` for one that has no title.
    fn title(&self, city: &CityId, intent: &str) -> Option<String>;
}

/// What all pages share.
#[derive(Clone)]
pub struct Office {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub house: Arc<dyn House>,
    pub hub: Arc<Hub>,
    /// Tells the workers that there is a turn to run.
    pub ring: Arc<dyn Fn() + Send + Sync>,
    /// Whose word counts on where a request came from.
    pub proxies: Proxies,
    /// What residents and other houses know this installation as, without a slash at the end.
    pub public_url: String,
    pub outside: Arc<Outside>,
}

/// Everything under `/backoffice`.
pub fn routes(office: Office) -> Router {
    pages::routes().with_state(office)
}
