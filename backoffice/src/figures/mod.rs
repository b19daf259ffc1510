//! The first figures: who came when, what was solved without staff, how long people waited, what was not understood.

pub mod charts;
mod unclear;

pub use unclear::{taught, teach, unclear};

use crate::{Office, audit, audit_page::download, door::Me, error::Refusal, page, show};
use charts::{bars, by_hour, tile};
use axum::{
    extract::{Query, State},
    response::IntoResponse,
};
use chrono::{DateTime, TimeDelta, Utc};
use maud::html;
use model::{Hours, OpenState};
use serde::Deserialize;
use sqlx::PgConnection;

/// How many days figures are of, as an address says it.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Span {
    days: Option<u16>,
}

impl Span {
    pub fn days(self, usually: u16) -> i64 {
        i64::from(self.days.unwrap_or(usually).clamp(1, 366))
    }
}

const USUALLY: u16 = 7;

struct Figures {
    /// Hour of the day (in the city's zone), channel, conversations, messages.
    hours: Vec<(i32, String, i64, i64)>,
    conversations: i64,
    handed_over: i64,
    /// Hand-overs by their reason.
    reasons: Vec<(String, i64)>,
    /// Median and nine tenths of the seconds until the first answer of a person.
    waiting: (Option<f64>, Option<f64>),
    scores: Vec<(i16, i64)>,
    intents: Vec<(String, i64)>,
    missed: i64,
    /// Outside of the hours in which somebody is there: conversations, and those that needed nobody.
    outside: (i64, i64),
    words: Vec<(i16, String)>,
}

/// Conversations that were held when nobody was there.
async fn outside(tx: &mut PgConnection, me: &Me, since: DateTime<Utc>) -> Result<(i64, i64), Refusal> {
    let rows: Vec<(DateTime<Utc>, bool)> = sqlx::query_as(
        "SELECT f.at, EXISTS (SELECT 1 FROM handover h WHERE h.city_id = $1 AND h.conversation_id = f.conversation_id AND h.opened_at >= $2)
         FROM (SELECT conversation_id, min(at) AS at FROM understood WHERE city_id = $1 AND at >= $2 GROUP BY 1) f",
    )
    .bind(me.id().as_str())
    .bind(since)
    .fetch_all(tx)
    .await?;
    let hours = Hours::parse(&me.city.hours, "祝日; 年末年始(12/29-1/3)").unwrap_or_default();
    let closed = |at: DateTime<Utc>| matches!(hours.at(at.with_timezone(&me.city.zone).naive_local()), OpenState::Closed { .. });
    let outside: Vec<bool> = rows.into_iter().filter(|(at, _)| closed(*at)).map(|(_, handed_over)| handed_over).collect();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok((count(outside.len()), count(outside.iter().filter(|handed_over| !**handed_over).count())))
}

async fn figures(tx: &mut PgConnection, me: &Me, since: DateTime<Utc>) -> Result<Figures, Refusal> {
    let (city, zone) = (me.id().as_str(), me.city.zone.name());
    let hours = sqlx::query_as("SELECT extract(hour FROM at AT TIME ZONE $3)::int, channel, count(DISTINCT conversation_id), count(*) FROM understood WHERE city_id = $1 AND at >= $2 GROUP BY 1, 2 ORDER BY 1, 2").bind(city).bind(since).bind(zone).fetch_all(&mut *tx).await?;
    let conversations = sqlx::query_scalar("SELECT count(DISTINCT conversation_id) FROM understood WHERE city_id = $1 AND at >= $2").bind(city).bind(since).fetch_one(&mut *tx).await?;
    let handed_over = sqlx::query_scalar("SELECT count(DISTINCT conversation_id) FROM handover WHERE city_id = $1 AND opened_at >= $2").bind(city).bind(since).fetch_one(&mut *tx).await?;
    let reasons = sqlx::query_as("SELECT reason, count(*) FROM handover WHERE city_id = $1 AND opened_at >= $2 GROUP BY 1 ORDER BY 2 DESC").bind(city).bind(since).fetch_all(&mut *tx).await?;
    let waiting = sqlx::query_as(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - opened_at))::float8, percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - opened_at))::float8
         FROM handover WHERE city_id = $1 AND opened_at >= $2 AND answered_at IS NOT NULL",
    )
    .bind(city)
    .bind(since)
    .fetch_one(&mut *tx)
    .await?;
    let scores = sqlx::query_as("SELECT score, count(*) FROM handover WHERE city_id = $1 AND opened_at >= $2 AND score IS NOT NULL GROUP BY 1 ORDER BY 1 DESC").bind(city).bind(since).fetch_all(&mut *tx).await?;
    let intents = sqlx::query_as("SELECT intent, count(*) FROM understood WHERE city_id = $1 AND at >= $2 AND intent IS NOT NULL AND NOT missed GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 12").bind(city).bind(since).fetch_all(&mut *tx).await?;
    let missed = sqlx::query_scalar("SELECT count(*) FROM understood WHERE city_id = $1 AND at >= $2 AND missed").bind(city).bind(since).fetch_one(&mut *tx).await?;
    let words = sqlx::query_as("SELECT COALESCE(score, 0), word FROM handover WHERE city_id = $1 AND opened_at >= $2 AND word IS NOT NULL ORDER BY opened_at DESC LIMIT 20").bind(city).bind(since).fetch_all(&mut *tx).await?;
    let outside = outside(tx, me, since).await?;
    Ok(Figures { hours, conversations, handed_over, reasons, waiting, scores, intents, missed, outside, words })
}

/// Figures are of the whole city: whoever sees only some desks does not see them.
fn may(me: &Me) -> Result<(), Refusal> {
    if me.desks().is_empty() { Ok(()) } else { Err(Refusal::NotFound) }
}

pub async fn page(State(office): State<Office>, me: Me, Query(span): Query<Span>) -> Result<impl IntoResponse, Refusal> {
    may(&me)?;
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let figures = figures(&mut tx, &me, now - TimeDelta::days(span.days(USUALLY))).await?;
    tx.commit().await?;
    let base = format!("/backoffice/{}", me.id());
    let alone = figures.conversations - figures.handed_over.min(figures.conversations);
    let minutes = |seconds: Option<f64>| seconds.map_or("–".to_owned(), |s| if s < 60.0 { "1分未満".to_owned() } else { show::span(TimeDelta::seconds(s as i64)) });
    let body = html! {
        main.sheet {
            div.row { h1 { "数字" } span.grow {} @for days in [1_i64, 7, 30, 90] { a.pill href={ "?days=" (days) } aria-current=[(days == span.days(USUALLY)).then_some("true")] { (days) "日" } } a.pill href={ (base) "/figures.csv?days=" (span.days(USUALLY)) } { "CSV" } }
            div.tiles {
                (tile("会話", &figures.conversations.to_string(), "この期間に話した人"))
                (tile("職員なしで終わった", &share(alone, figures.conversations), &format!("{alone}件")))
                (tile("時間外に職員なしで終わった", &share(figures.outside.1, figures.outside.0), &format!("時間外の{}件のうち", figures.outside.0)))
                (tile("職員に引き継いだ", &figures.handed_over.to_string(), "会話"))
                (tile("職員の最初の返信まで", &minutes(figures.waiting.0), &format!("9割は{}", minutes(figures.waiting.1))))
                (tile("満足度", &average(&figures.scores), &format!("{}件の回答", figures.scores.iter().map(|(_, n)| n).sum::<i64>())))
                (tile("分からなかった発言", &figures.missed.to_string(), ""))
            }
            section.box { h2 { "時間帯と窓口" } (by_hour(&figures.hours)) }
            div.pair {
                section.box { h2 { "何を聞かれたか" } (bars(figures.intents.iter().map(|(intent, n)| (office.house.title(me.id(), intent).unwrap_or_else(|| intent.clone()), *n)).collect())) }
                section.box { h2 { "引き継いだ理由" } (bars(figures.reasons.iter().map(|(reason, n)| (show::reason(reason).to_owned(), *n)).collect())) h2 { "満足度" } (bars(figures.scores.iter().map(|(score, n)| (format!("{score}点"), *n)).collect()))
                    @if !figures.words.is_empty() { h2 { "ひとこと" } ul.plain { @for (score, word) in &figures.words { li { @if *score > 0 { span.tag { (score) "点" } " " } (crate::mask::masked(&show::line(word))) } } } } }
            }
            p { a href={ (base) "/unclear" } { "分からなかった発言を見る" } }
        }
    };
    Ok(page::of(&me, page::Room::Figures, "数字", &body))
}

fn share(part: i64, whole: i64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{}%", (100 * part + whole / 2) / whole) }
}

fn average(scores: &[(i16, i64)]) -> String {
    let count: i64 = scores.iter().map(|(_, n)| n).sum();
    let sum: i64 = scores.iter().map(|(score, n)| i64::from(*score) * n).sum();
    if count == 0 { "–".to_owned() } else { format!("{}.{}", sum / count, sum * 10 / count % 10) }
}

pub async fn csv(State(office): State<Office>, me: Me, Query(span): Query<Span>) -> Result<impl IntoResponse, Refusal> {
    may(&me)?;
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let figures = figures(&mut tx, &me, now - TimeDelta::days(span.days(USUALLY))).await?;
    audit::of(&office.db, &mut tx, &me, now, "figures.export", "", "").await?;
    tx.commit().await?;
    let line = |what: &str, of: String, n: String| vec![what.to_owned(), of, n];
    let mut lines = vec![
        line("conversations", String::new(), figures.conversations.to_string()),
        line("handed_over", String::new(), figures.handed_over.to_string()),
        line("outside_hours", String::new(), figures.outside.0.to_string()),
        line("outside_hours_without_staff", String::new(), figures.outside.1.to_string()),
        line("not_understood", String::new(), figures.missed.to_string()),
    ];
    lines.extend(figures.hours.iter().map(|(hour, channel, n, _)| line("conversations_by_hour", format!("{hour:02} {channel}"), n.to_string())));
    lines.extend(figures.hours.iter().map(|(hour, channel, _, n)| line("messages", format!("{hour:02} {channel}"), n.to_string())));
    lines.extend(figures.reasons.into_iter().map(|(reason, n)| line("handover", reason, n.to_string())));
    lines.extend(figures.intents.into_iter().map(|(intent, n)| line("intent", intent, n.to_string())));
    lines.extend(figures.scores.into_iter().map(|(score, n)| line("score", score.to_string(), n.to_string())));
    lines.extend([("wait_median_seconds", figures.waiting.0), ("wait_p90_seconds", figures.waiting.1)].map(|(what, value)| line(what, String::new(), value.map_or(String::new(), |v| format!("{v:.0}")))));
    Ok(download("figures.csv", &["what", "of", "value"], lines))
}
