//! How rooms are used: by room, by hour of the day, and how they are paid.

use super::may;
use crate::{Office, audit, audit_page::download, door::Me, error::Refusal, figures::{Span, charts::{bars, tile}}, page};
use axum::{
    extract::{Query, State},
    response::{Html, IntoResponse},
};
use chrono::{DateTime, TimeDelta, Utc};
use maud::html;
use sqlx::PgConnection;

const USUALLY: u16 = 30;

struct Use {
    /// Room, bookings, minutes, people, yen; the most used first.
    rooms: Vec<(String, i64, i64, i64, i64)>,
    /// Hour of the day and how many bookings run in it.
    hours: Vec<(i32, i64)>,
    /// How many were paid, and how many of them without cash.
    paid: (i64, i64),
}

/// What is booked within a stretch of time.
async fn uses(tx: &mut PgConnection, me: &Me, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Use, Refusal> {
    let (city, zone) = (me.id().as_str(), me.city.zone.name());
    let rooms = sqlx::query_as(
        "SELECT COALESCE(f.name || ' ' || r.name, u.room_id), count(*), sum(u.hours * 60)::bigint, COALESCE(sum(u.people), 0)::bigint, sum(u.yen)::bigint FROM booking_use u
         LEFT JOIN room r ON r.city_id = u.city_id AND r.room_id = u.room_id LEFT JOIN facility f ON f.city_id = u.city_id AND f.facility_id = u.facility_id
         WHERE u.city_id = $1 AND u.from_at >= $2 AND u.from_at < $3 GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 200",
    )
    .bind(city)
    .bind(from)
    .bind(until)
    .fetch_all(&mut *tx)
    .await?;
    let hours = sqlx::query_as(
        "SELECT extract(hour FROM h AT TIME ZONE $4)::int, count(*) FROM booking_use u
         CROSS JOIN LATERAL generate_series(date_trunc('hour', u.from_at), u.to_at - interval '1 second', interval '1 hour') h
         WHERE u.city_id = $1 AND u.from_at >= $2 AND u.from_at < $3 GROUP BY 1 ORDER BY 1",
    )
    .bind(city)
    .bind(from)
    .bind(until)
    .bind(zone)
    .fetch_all(&mut *tx)
    .await?;
    let paid = sqlx::query_as("SELECT count(*), count(*) FILTER (WHERE paid_by <> 'cash') FROM booking_use WHERE city_id = $1 AND from_at >= $2 AND from_at < $3 AND paid_by IS NOT NULL")
        .bind(city)
        .bind(from)
        .bind(until)
        .fetch_one(tx)
        .await?;
    Ok(Use { rooms, hours, paid })
}

async fn read(office: &Office, me: &Me, span: Span, exported: bool) -> Result<Use, Refusal> {
    may(me)?;
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let days = TimeDelta::days(span.days(USUALLY));
    // Those that lie ahead within the same span count as well: a room that is full next week is used.
    let found = uses(&mut tx, me, now - days, now + days).await?;
    if exported {
        audit::of(&office.db, &mut tx, me, now, "figures.export", "bookings", "").await?;
    }
    tx.commit().await?;
    Ok(found)
}

pub async fn page(State(office): State<Office>, me: Me, Query(span): Query<Span>) -> Result<Html<String>, Refusal> {
    let found = read(&office, &me, span, false).await?;
    let base = format!("/backoffice/{}/bookings", me.id());
    let (count, minutes): (i64, i64) = found.rooms.iter().fold((0, 0), |(count, minutes), row| (count + row.1, minutes + row.2));
    let cashless = if found.paid.0 == 0 { "–".to_owned() } else { format!("{}%", (100 * found.paid.1 + found.paid.0 / 2) / found.paid.0) };
    let body = html! {
        main.sheet {
            div.row { h1 { "利用の数字" } span.grow {} @for days in [7_i64, 30, 90, 365] { a.pill href={ "?days=" (days) } aria-current=[(days == span.days(USUALLY)).then_some("true")] { "前後" (days) "日" } } a.pill href={ (base) "/figures.csv?days=" (span.days(USUALLY)) } { "CSV" } a.pill href=(base) { "予約へ" } }
            div.tiles {
                (tile("予約", &count.to_string(), "件"))
                (tile("使う時間", &format!("{}時間", minutes / 60), ""))
                (tile("キャッシュレスの割合", &cashless, &format!("払われた{}件のうち", found.paid.0)))
            }
            div.pair {
                section.box { h2 { "部屋ごと（時間）" } (bars(found.rooms.iter().map(|row| (row.0.clone(), row.2 / 60)).collect())) }
                section.box { h2 { "時間帯ごと（件）" } (bars(found.hours.iter().map(|(hour, n)| (format!("{hour}時"), *n)).collect())) }
            }
        }
    };
    Ok(page::of(&me, page::Room::Bookings, "利用の数字", &body))
}

pub async fn csv(State(office): State<Office>, me: Me, Query(span): Query<Span>) -> Result<impl IntoResponse, Refusal> {
    let found = read(&office, &me, span, true).await?;
    let line = |what: &str, of: String, n: i64| vec![what.to_owned(), of, n.to_string()];
    let mut lines = Vec::new();
    for (room, count, minutes, people, yen) in found.rooms {
        lines.extend([line("bookings", room.clone(), count), line("minutes", room.clone(), minutes), line("people", room.clone(), people), line("yen", room, yen)]);
    }
    lines.extend(found.hours.into_iter().map(|(hour, n)| line("by_hour", format!("{hour:02}"), n)));
    lines.extend([line("paid", String::new(), found.paid.0), line("paid_cashless", String::new(), found.paid.1)]);
    Ok(download("bookings.csv", &["what", "of", "value"], lines))
}
