//! Files that a resident opens by a link: what staff sent, a copy of one's own data.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use model::CityId;
use std::sync::Arc;
use turn::Engine;

pub fn routes(engine: Arc<Engine>) -> Router {
    Router::new().route("/files/{city}/{token}", get(file)).with_state(engine)
}

/// Shown by the browser itself; everything else is saved.
const SHOWN: [&str; 5] = ["image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"];

/// A link that never was, one that has run out and one whose file is gone are the same.
async fn file(State(engine): State<Arc<Engine>>, Path((city, token)): Path<(String, String)>) -> Response {
    let gone = || (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], "リンクの期限が切れたか、ファイルがありません。 / The link has expired, or there is no such file.\n").into_response();
    let Ok(city) = city.parse::<CityId>() else { return gone() };
    if engine.cities.get(&city).is_none() || token.len() != 64 {
        return gone();
    }
    let opened = async {
        let mut tx = engine.db.city(&city).await?;
        let file = store::linked_file(&engine.db, &mut tx, &city, &token, engine.now()).await?;
        tx.commit().await?;
        Ok::<_, store::StoreError>(file)
    };
    match opened.await {
        Ok(Some(file)) => {
            let kind = if SHOWN.contains(&file.content_type.as_str()) { "inline" } else { "attachment" };
            let name: String = file.name.bytes().map(|b| if b.is_ascii_alphanumeric() || b == b'.' { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
            let headers: [(HeaderName, String); 6] = [
                (header::CONTENT_TYPE, file.content_type),
                (header::CONTENT_DISPOSITION, format!("{kind}; filename*=UTF-8''{name}")),
                (header::CACHE_CONTROL, "no-store".to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
                (header::REFERRER_POLICY, "no-referrer".to_owned()),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
            ];
            (headers, file.bytes).into_response()
        }
        Ok(None) => gone(),
        Err(error) => {
            tracing::error!(%error, "a file could not be opened");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
