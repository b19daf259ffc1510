//! Which address leads to which page.

use crate::{Office, assets, audit_page, bookings, callbacks, canned, keys, door, figures, inbox, money, page, people, promises, sign_on, talk};
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
        .route("/look", post(talk::look))
        .route("/media/{seq}", get(talk::media))
        .route("/join", post(talk::join))
        .route("/part", post(talk::part))
        .route("/called", post(callbacks::called))
        .route("/reply", post(talk::reply).layer(DefaultBodyLimit::max(talk::LARGEST_REPLY)))
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
        .route("/callbacks", get(callbacks::page))
        .route("/bookings", get(bookings::page).post(bookings::book))
        .route("/bookings/end", post(bookings::end))
        .route("/bookings/figures", get(bookings::figures))
        .route("/bookings/figures.csv", get(bookings::csv))
        .route("/money", get(money::page))
        .route("/money/cash", post(money::cash))
        .route("/money/refund", post(money::refund))
        .route("/keys", get(keys::page))
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
        .route("/", get(door::door))
        .route("/login", get(door::form).post(door::log_in))
        .route("/logout", post(door::log_out))
        .route("/own", get(door::own_page).post(door::change_password))
        .route("/sessions/end", post(door::end_sessions))
        .route("/second", get(door::ask).post(door::check))
        .route("/second/set-up", get(door::set_up).post(door::confirm))
        .route("/second/leave", post(door::leave))
        .route("/sign-on/{name}", get(sign_on::begin))
        .route("/sign-on/{name}/back", get(sign_on::finish))
        .route("/assets/office.css", get(assets::style))
        .route("/assets/office.js", get(assets::script))
        .nest("/{city}", city)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(page::headers));
    Router::new().nest("/backoffice", all)
}
