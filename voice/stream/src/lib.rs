//! Calls of a cloud carrier: a webhook says who calls whom, a WebSocket carries the sound (the messages of Twilio's media
//! streams). Everything that arrives is signed with the city's token.

#![forbid(unsafe_code)]

mod browser;
mod leg;
mod message;
mod signature;
mod socket;
mod webhook;

pub use browser::browser_routes;
pub use signature::sign;

use axum::{
    Router,
    routing::{any, post},
};
use model::CityId;
use std::sync::Arc;
use voice::Switchboard;

/// The token that a city shares with its carrier.
pub trait Tokens: Send + Sync {
    fn of(&self, city: &CityId) -> Option<String>;
}

#[derive(Clone)]
pub struct Stream {
    pub board: Switchboard,
    pub tokens: Arc<dyn Tokens>,
    /// How the carrier reaches us, such as `https://your.host`: a part of what is signed.
    pub base: String,
}

pub fn routes(stream: Stream) -> Router {
    Router::new().route("/phone/{city}/voice", post(webhook::voice)).route("/phone/{city}/media", any(socket::media)).with_state(stream)
}
