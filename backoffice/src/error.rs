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
    /// The code of the second factor is still to come.
    #[error("the second factor is missing")]
    Code,
    /// The city asks for a second factor, and there is none yet.
    #[error("a second factor must be set up first")]
    Factor,
    /// The initial password must be changed first.
    #[error("the initial password must be changed first")]
    Password,
    /// The city's staff do not work from there.
    #[error("not from this address")]
    Elsewhere,
    /// The identity provider, or what it said.
    #[error("single sign-on: {0}")]
    SignOn(String),
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
            Refusal::Code => return Redirect::to("/backoffice/second").into_response(),
            Refusal::Factor => return Redirect::to("/backoffice/second/set-up").into_response(),
            Refusal::Password => return Redirect::to("/backoffice/own").into_response(),
            Refusal::Elsewhere => (StatusCode::FORBIDDEN, "ここからは使えません", "許可された接続元（庁内の回線など）から開いてください。"),
            Refusal::SignOn(problem) => {
                tracing::warn!(problem, "single sign-on was refused");
                (StatusCode::FORBIDDEN, "ログインできませんでした", "職員IDとパスワードでログインするか、管理者に連携の設定を確かめてもらってください。")
            }
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
