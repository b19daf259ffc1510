//! Web pages and webhooks of the services. A page asks its service and shows what that says; nothing here decides about money.

#![forbid(unsafe_code)]

mod frame;
mod pay;
pub mod receipt;
mod sandbox;
mod voucher;
mod webhook;

use axum::{Router, extract::DefaultBodyLimit, routing::{get, post}};
use intents::payments::Providers;
use std::{path::PathBuf, sync::Arc};
use turn::{Bell, Engine};

/// What the pages need of the house.
#[derive(Clone)]
pub struct Pages {
    pub engine: Arc<Engine>,
    pub providers: Arc<Providers>,
    /// Rung when a job was scheduled for now.
    pub jobs: Arc<Bell>,
    /// The font of receipts.
    pub font: PathBuf,
}

/// Notices of providers are far below this (bytes).
const LARGEST_BODY: usize = 256 << 10;

pub fn routes(pages: Pages) -> Router {
    Router::new()
        .route("/payments/{provider}/webhook", post(webhook::receive))
        .route("/payments/sandbox/{city}/{page}", get(sandbox::show).post(sandbox::act))
        .route("/pay/{city}/{attempt}", get(pay::show))
        .route("/vouchers/{city}/{code}", get(voucher::code))
        .route("/vouchers/{city}/{code}/shop", get(voucher::shop).post(voucher::take))
        .route("/receipts/{city}/{bill}/{until}/{file}", get(receipt::pdf))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(pages)
}
