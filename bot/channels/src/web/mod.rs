//! The web: a chat widget for any page of the city, its session, its messages and the stream of answers.

mod entry;
mod hub;
mod limit;
mod messages;
mod page;
mod session;
mod stream;
mod uploads;

pub use hub::Hub;

use crate::Arrivals;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use model::{CityId, Clock};
use std::sync::Arc;
use store::Db;

/// The name of a city in Japanese and English; `None` if there is no such city.
pub type CityNames = Arc<dyn Fn(&CityId) -> Option<(String, String)> + Send + Sync>;

/// What the web channel needs.
#[derive(Clone)]
pub struct Web {
    pub db: Db,
    pub arrivals: Arrivals,
    pub hub: Arc<Hub>,
    pub clock: Arc<dyn Clock>,
    pub city_name: CityNames,
    limit: Arc<limit::Limit>,
}

impl Web {
    pub fn new(db: Db, arrivals: Arrivals, hub: Arc<Hub>, clock: Arc<dyn Clock>, city_name: CityNames) -> Self {
        Self { db, arrivals, hub, clock, city_name, limit: Arc::default() }
    }
}

/// A message and its frame (bytes); texts are cut at 5,000 characters before that.
const LARGEST_BODY: usize = 64 << 10;

pub fn routes(web: Web) -> Router {
    let api = Router::new()
        .route("/chat/{city}/session", post(session::open))
        .route("/chat/{city}/messages", post(messages::receive))
        .route("/chat/{city}/events", get(stream::events))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .route("/chat/{city}/files", post(uploads::receive).layer(DefaultBodyLimit::max(uploads::LARGEST)))
        .layer(middleware::from_fn(from_any_page));
    Router::new().route("/widget.js", get(page::script)).route("/chat/{city}", get(page::chat)).merge(api).with_state(web)
}

/// The widget runs on the city's own pages, which have other origins. There are no cookies: the token is in a header.
async fn from_any_page(request: Request, next: Next) -> Response {
    let mut response =
        if request.method() == Method::OPTIONS { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, Last-Event-ID"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
