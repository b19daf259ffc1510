//! Which address leads to which page.

use crate::{Office, assets, audit_page, canned, figures, inbox, login, page, people, promises, talk};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};

/// A form: 2,000 characters in UTF-8, percent-encoded, and room for the rest.
const LARGEST_BODY: usize = 128 << 10;

pub fn routes() -> Router<Office> {
    let talk = Router::new()
        .route("/", get(talk::page))
        .route("/messages", get(talk::fragment))
        .route("/reply", post(talk::reply))
        .route("/note", post(talk::note))
        .route("/take", post(talk::take))
        .route("/assign", post(talk::assign))
        .route("/transfer", post(talk::transfer))
        .route("/close", post(talk::close))
        .route("/snooze", post(talk::snooze))
        .route("/tag", post(talk::tag))
        .route("/protect", post(talk::protect))
        .route("/presence", post(talk::presence));
    let city = Router::new()
        .route("/", get(inbox::page))
        .route("/list", get(inbox::fragment))
        .route("/events", get(talk::events))
        .route("/notices", get(talk::notices))
        .nest("/talks/{id}", talk)
        .route("/alerts/{id}/acknowledge", post(talk::acknowledge))
        .route("/canned", get(canned::page).post(canned::save))
        .route("/figures", get(figures::page))
        .route("/figures.csv", get(figures::csv))
        .route("/unclear", get(figures::unclear).post(figures::teach))
        .route("/sentences.csv", get(figures::taught))
        .route("/audit", get(audit_page::page))
        .route("/audit.csv", get(audit_page::csv))
        .route("/staff", get(people::page).post(people::add))
        .route("/promises", get(promises::page).post(promises::save))
        .route("/staff/{id}", post(people::change));
    let all = Router::new()
        .route("/", get(login::door))
        .route("/login", get(login::form).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/password", get(login::password_form).post(login::change_password))
        .route("/assets/office.css", get(assets::style))
        .route("/assets/office.js", get(assets::script))
        .nest("/{city}", city)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(page::headers));
    Router::new().nest("/backoffice", all)
}
