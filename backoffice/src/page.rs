//! The frame of every page.

use crate::door::Me;
use axum::{
    http::{HeaderValue, header},
    middleware::Next,
    response::{Html, Response},
};
use maud::{DOCTYPE, Markup, html};

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Room {
    Inbox,
    Callbacks,
    Bookings,
    Money,
    Figures,
    Canned,
    Audit,
    Staff,
    Own,
}

/// A page of somebody who is logged in.
pub fn of(me: &Me, room: Room, title: &str, body: &Markup) -> Html<String> {
    let base = format!("/backoffice/{}", me.id());
    let entry = |this: Room, path: &str, label: &str| {
        html! { a href={ (base) (path) } aria-current=[(this == room).then_some("page")] { (label) } }
    };
    whole(title, &html! {
        header.bar {
            a.brand href=(base) { span.mark aria-hidden="true" { "窓" } span { (me.city.name) " 受信箱" } }
            nav aria-label="部屋" {
                (entry(Room::Inbox, "", "受信箱"))
                (entry(Room::Callbacks, "/callbacks", "折り返し"))
                @if crate::bookings::open_to(me) { (entry(Room::Bookings, "/bookings", "予約")) (entry(Room::Money, "/money", "お金")) }
                @if me.desks().is_empty() { (entry(Room::Figures, "/figures", "数字")) }
                @if me.staff.role.edits() { (entry(Room::Canned, "/canned", "定型文")) }
                @if me.staff.role.administers() {
                    (entry(Room::Audit, "/audit", "操作の記録"))
                    (entry(Room::Staff, "/staff", "職員"))
                }
            }
            div.who {
                a href="/backoffice/own" title="自分の設定" aria-current=[(room == Room::Own).then_some("page")] { (me.staff.name) small { (me.staff.role.label()) } }
                a.quiet href={ (base) "/keys" } title="キーと通知" aria-label="キーと通知" { "?" }
                form method="post" action="/backoffice/logout" { (token(me)) button.quiet type="submit" { "ログアウト" } }
            }
        }
        (body)
        div.live #status role="status" aria-live="polite" {}
    })
}

/// A page of nobody.
pub fn bare(title: &str, body: &Markup) -> Html<String> {
    whole(title, body)
}

fn whole(title: &str, body: &Markup) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (title) " – まどぐち" }
                link rel="stylesheet" href="/backoffice/assets/office.css";
                link rel="icon" href="data:,";
                script defer src="/backoffice/assets/office.js" {}
            }
            body { (body) }
        }
    };
    Html(page.into_string())
}

/// The hidden field that every form carries.
pub fn token(me: &Me) -> Markup {
    html! { input type="hidden" name="csrf" value=(me.csrf); }
}

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'self'";

/// What every answer says to browsers.
pub async fn headers(request: axum::extract::Request, next: Next) -> Response {
    let asset = request.uri().path().contains("/assets/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, if asset { "no-cache" } else { "no-store" }),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
