use crate::page;
use axum::{http::StatusCode, response::{IntoResponse, Redirect, Response}};
use maud::html;
use store::StoreError;

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nobody is logged in (any more).
    #[error("nobody is logged in")]
    LogIn,
    /// Not there, or not for this person: nobody learns which.
    #[error("not found")]
    NotFound,
    #[error("{0}")]
    Bad(&'static str),
    /// The token of the form is missing or another's.
    #[error("the form's token is wrong")]
    Token,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Refusal::Store(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, title, words) = match self {
            Refusal::LogIn => return Redirect::to("/backoffice/login").into_response(),
            Refusal::NotFound => (StatusCode::NOT_FOUND, "見つかりません", "ページがないか、担当外です。"),
            Refusal::Bad(words) => (StatusCode::BAD_REQUEST, "できませんでした", words),
            Refusal::Token => (StatusCode::FORBIDDEN, "送れませんでした", "画面が古くなっています。前の画面に戻り、読み込み直してからもう一度送ってください。"),
            Refusal::Store(error) => {
                tracing::error!(%error, "a staff page could not be made");
                (StatusCode::SERVICE_UNAVAILABLE, "今は表示できません", "少し待ってから、もう一度お試しください。")
            }
        };
        let body = html! { main.narrow { h1 { (title) } p { (words) } p { a href="/backoffice" { "最初の画面へ" } } } };
        (status, page::bare(title, &body)).into_response()
    }
}
