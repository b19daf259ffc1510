use super::Web;
use crate::http::refuse;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use model::CityId;

const SCRIPT: &str = include_str!("../../assets/widget/widget.js");
const PAGE: &str = include_str!("../../assets/widget/chat.html");
/// Styles are put in by the script where the browser cannot adopt style sheets, hence `unsafe-inline` for styles alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

pub(super) async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, SCRIPT).into_response()
}

pub(super) async fn chat(State(web): State<Web>, Path(city): Path<String>) -> Response {
    let known = city.parse::<CityId>().ok().and_then(|id| (web.city_name)(&id).map(|(name, _)| (id, name)));
    let Some((id, name)) = known else { return refuse(StatusCode::NOT_FOUND, "no such city") };
    let page = PAGE.replace("{{city}}", &escape(id.as_str())).replace("{{city_name}}", &escape(&name));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, page).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
