//! The newcomer's page `/demo`: the resident's side of every channel on one page, without any account.
//!
//! The page talks to the LINE stand-in, which the server mounts at `/demo/line`, and frames the web chat of `/chat/aoba`.

use axum::{Router, http::header, response::IntoResponse, routing::get};

/// Pictures come from wherever a reply points to; everything else from here. Styles are set by script, never as text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; \
                      frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

macro_rules! assets {
    ($router:expr, $kind:literal: $($name:literal),+) => {
        $router$(.route(concat!("/demo/", $name), get(|| asset($kind, include_str!(concat!("../assets/demo/", $name))))))+
    };
}

pub fn page_routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let page = Router::new().route("/demo", get(|| asset("text/html", include_str!("../assets/demo/index.html"))));
    let styled = assets!(page, "text/css": "demo.css");
    assets!(styled, "text/javascript": "demo.js", "dom.js", "flex.js", "mulaw.js", "phone.js", "render.js", "sheets.js", "talk.js", "tap.js", "tel.js", "tel-sound.js", "wire.js")
}

/// Asked for anew each time, so that a new version of the server is a new version of the page.
async fn asset(kind: &str, text: &'static str) -> impl IntoResponse + use<> {
    let headers = [
        (header::CONTENT_TYPE, format!("{kind}; charset=utf-8")),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, text)
}

#[cfg(test)]
mod tests {
    /// A missing name above would break the page, and only in a browser.
    #[test]
    fn every_asset_is_served() {
        let served = include_str!("demo.rs");
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo")).expect("the folder") {
            let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
            assert!(served.contains(&format!("{name}\"")), "{name} is not served");
        }
    }
}
