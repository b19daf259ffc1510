//! The frame of every page: plain, readable on a small phone and by a screen reader, without script.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::Lang;

const STYLE: &str = "
:root{color-scheme:light}
body{margin:0;font-family:system-ui,'Hiragino Sans','Noto Sans JP','Noto Sans CJK JP',sans-serif;font-size:1.125rem;line-height:1.7;color:#1a1a1a;background:#f4f6f5}
main{max-width:32rem;margin:0 auto;padding:1.5rem 1rem}
header{background:#1f5c3f;color:#fff;padding:.75rem 1rem}header p{margin:0 auto;max-width:32rem}
h1{font-size:1.5rem;margin:.5rem 0 1rem}
.card{background:#fff;border:1px solid #8a948f;border-radius:.5rem;padding:1rem;margin:0 0 1rem}
dl{margin:0}dt{color:#4a524e;font-size:1rem}dd{margin:0 0 .75rem;font-size:1.25rem}dd.amount{font-size:2rem;font-weight:700}
form{margin:.75rem 0 0}label{display:block;margin:.75rem 0 .25rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;border:2px solid #4a524e;border-radius:.375rem;background:#fff}
button,a.button{font:inherit;font-weight:700;display:block;width:100%;box-sizing:border-box;min-height:3rem;padding:.6rem 1rem;border-radius:.375rem;border:2px solid #1f5c3f;background:#1f5c3f;color:#fff;text-align:center;text-decoration:none;cursor:pointer}
button.quiet{background:#fff;color:#1f5c3f}
:focus-visible{outline:3px solid #b45309;outline-offset:2px}
.note{border-left:.375rem solid #b45309;background:#fff7ed;padding:.5rem .75rem;margin:0 0 1rem}
";

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page. `again`: looks again after so many seconds.
pub fn page(status: StatusCode, lang: Lang, city: &str, title: &str, again: Option<u32>, body: &Markup) -> Response {
    let code = if lang == Lang::JaEasy { "ja" } else { lang.as_str() };
    let whole = html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                @if let Some(seconds) = again { meta http-equiv="refresh" content=(seconds); }
                title { (title) " – " (city) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { p { (city) } }
                main { h1 { (title) } (body) }
            }
        }
    };
    (status, headers(), Html(whole.into_string())).into_response()
}

pub fn headers() -> [(HeaderName, HeaderValue); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}

/// What does not exist, and what is not told apart from that.
pub fn nothing() -> Response {
    page(StatusCode::NOT_FOUND, Lang::Ja, "まどぐち", "ページがありません", None, &html! { p { "リンクの期限が過ぎたか、まちがっています。まどぐちで、もう一度たずねてください。" } })
}

/// Something went wrong here; the log says what.
pub fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "a page could not be shown");
    page(StatusCode::SERVICE_UNAVAILABLE, Lang::Ja, "まどぐち", "ただいま表示できません", Some(5), &html! { p { "少し待ってから、もう一度開いてください。" } })
}
