//! The newcomer's page `/demo`: the resident's side of every channel on one page, without any account.
//!
//! The page talks to the LINE stand-in, which the server mounts at `/demo/line`, and to the web chat.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

pub fn page_routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/demo", get(|| asset("text/html", include_str!("../assets/demo/index.html"))))
        .route("/demo/demo.js", get(|| asset("text/javascript", include_str!("../assets/demo/demo.js"))))
        .route("/demo/render.js", get(|| asset("text/javascript", include_str!("../assets/demo/render.js"))))
        .route("/demo/demo.css", get(|| asset("text/css", include_str!("../assets/demo/demo.css"))))
}

/// Asked for anew each time, so that a new version of the server is a new version of the page.
async fn asset(kind: &str, text: &'static str) -> impl IntoResponse + use<> {
    let headers = [
        (header::CONTENT_TYPE, format!("{kind}; charset=utf-8")),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, text)
}
