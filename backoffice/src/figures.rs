//! The first figures: who came when, what was solved without staff, how long people waited, what was not understood.

use crate::{Office, audit, audit_page::download, error::Refusal, page, post::Posted, door::Me, show};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Span {
    days: Option<u16>,
}

impl Span {
    fn days(self) -> i64 {
        i64::from(self.days.unwrap_or(7).clamp(1, 366))
    }
}

struct Figures {
    /// Hour of the day (in the city's zone), channel, messages.
    hours: Vec<(i32, String, i64)>,
    conversations: i64,
    handed_over: i64,
    /// Hand-overs by their reason.
    reasons: Vec<(String, i64)>,
    /// Median and nine tenths of the seconds until the first answer of a person.
    waiting: (Option<f64>, Option<f64>),
    scores: Vec<(i16, i64)>,
    intents: Vec<(String, i64)>,
    missed: i64,
}

async fn figures(tx: &mut PgConnection, me: &Me, since: DateTime<Utc>) -> Result<Figures, Refusal> {
    let (city, zone) = (me.id().as_str(), me.city.zone.name());
    let hours = sqlx::query_as("SELECT extract(hour FROM at AT TIME ZONE $3)::int, channel, count(*) FROM understood WHERE city_id = $1 AND at >= $2 GROUP BY 1, 2 ORDER BY 1, 2").bind(city).bind(since).bind(zone).fetch_all(&mut *tx).await?;
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
    let missed = sqlx::query_scalar("SELECT count(*) FROM understood WHERE city_id = $1 AND at >= $2 AND missed").bind(city).bind(since).fetch_one(tx).await?;
    Ok(Figures { hours, conversations, handed_over, reasons, waiting, scores, intents, missed })
}

/// Figures are of the whole city: whoever sees only some desks does not see them.
fn may(me: &Me) -> Result<(), Refusal> {
    if me.desks().is_empty() { Ok(()) } else { Err(Refusal::NotFound) }
}

pub async fn page(State(office): State<Office>, me: Me, Query(span): Query<Span>) -> Result<impl IntoResponse, Refusal> {
    may(&me)?;
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let figures = figures(&mut tx, &me, now - TimeDelta::days(span.days())).await?;
    tx.commit().await?;
    let base = format!("/backoffice/{}", me.id());
    let alone = figures.conversations - figures.handed_over.min(figures.conversations);
    let minutes = |seconds: Option<f64>| seconds.map_or("–".to_owned(), |s| if s < 60.0 { "1分未満".to_owned() } else { show::span(TimeDelta::seconds(s as i64)) });
    let body = html! {
        main.sheet {
            div.row { h1 { "数字" } span.grow {} @for days in [1_i64, 7, 30, 90] { a.pill href={ "?days=" (days) } aria-current=[(days == span.days()).then_some("true")] { (days) "日" } } a.pill href={ (base) "/figures.csv?days=" (span.days()) } { "CSV" } }
            div.tiles {
                (tile("会話", &figures.conversations.to_string(), "この期間に話した人"))
                (tile("職員なしで終わった", &share(alone, figures.conversations), &format!("{alone}件")))
                (tile("職員に引き継いだ", &figures.handed_over.to_string(), "会話"))
                (tile("職員の最初の返信まで", &minutes(figures.waiting.0), &format!("9割は{}", minutes(figures.waiting.1))))
                (tile("満足度", &average(&figures.scores), &format!("{}件の回答", figures.scores.iter().map(|(_, n)| n).sum::<i64>())))
                (tile("分からなかった発言", &figures.missed.to_string(), ""))
            }
            section.box { h2 { "時間帯と窓口" } (by_hour(&figures.hours)) }
            div.pair {
                section.box { h2 { "何を聞かれたか" } (bars(figures.intents.iter().map(|(intent, n)| (office.house.title(me.id(), intent).unwrap_or_else(|| intent.clone()), *n)).collect())) }
                section.box { h2 { "引き継いだ理由" } (bars(figures.reasons.iter().map(|(reason, n)| (show::reason(reason).to_owned(), *n)).collect())) h2 { "満足度" } (bars(figures.scores.iter().map(|(score, n)| (format!("{score}点"), *n)).collect())) }
            }
            p { a href={ (base) "/unclear" } { "分からなかった発言を見る" } }
        }
    };
    Ok(page::of(&me, page::Room::Figures, "数字", &body))
}

fn tile(label: &str, value: &str, note: &str) -> Markup {
    html! { div.tile { p { (label) } strong { (value) } p.small { (note) } } }
}

fn share(part: i64, whole: i64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{}%", (100 * part + whole / 2) / whole) }
}

fn average(scores: &[(i16, i64)]) -> String {
    let count: i64 = scores.iter().map(|(_, n)| n).sum();
    let sum: i64 = scores.iter().map(|(score, n)| i64::from(*score) * n).sum();
    if count == 0 { "–".to_owned() } else { format!("{}.{}", sum / count, sum * 10 / count % 10) }
}

/// Columns by hour, one colour a channel.
fn by_hour(rows: &[(i32, String, i64)]) -> Markup {
    let total = |hour: i32| rows.iter().filter(|(h, _, _)| *h == hour).map(|(_, _, n)| n).sum::<i64>();
    let most = (0..24).map(total).max().unwrap_or(0).max(1);
    let mut svg = String::new();
    for hour in 0..24 {
        let mut top = 130;
        for (_, channel, count) in rows.iter().filter(|(h, _, _)| *h == hour) {
            let height = count * 110 / most;
            top -= height;
            svg.push_str(&format!("<rect class=\"{}\" x=\"{}\" y=\"{top}\" width=\"20\" height=\"{height}\"><title>{hour}時 {} {count}</title></rect>", class(channel), 30 + hour * 28, show::channel(channel)));
        }
        if hour % 3 == 0 {
            svg.push_str(&format!("<text x=\"{}\" y=\"146\" text-anchor=\"middle\">{hour}時</text>", 40 + hour * 28));
        }
    }
    html! {
        svg.chart viewBox="0 0 710 150" role="img" aria-label={ "時間帯ごとの発言の数。最も多い時間は" (most) "件" } { line x1="26" y1="130" x2="704" y2="130" {} text x="22" y="24" text-anchor="end" { (most) } (PreEscaped(svg)) }
        p.legend { @for id in ["line", "web", "phone"] { span class=(id) { (show::channel(id)) } } }
    }
}

/// Only words of ours become a class.
fn class(channel: &str) -> &'static str {
    match channel {
        "line" => "line",
        "phone" => "phone",
        _ => "web",
    }
}

fn bars(rows: Vec<(String, i64)>) -> Markup {
    let most = rows.iter().map(|(_, n)| *n).max().unwrap_or(1).max(1);
    html! {
        @if rows.is_empty() { p.small { "まだありません。" } }
        table.bars { tbody { @for (label, n) in &rows { tr { th scope="row" { (label) } td { svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" { rect width=(n * 100 / most) height="10" rx="1" {} } } td.n { (n) } } } } }
    }
}

pub async fn csv(State(office): State<Office>, me: Me, Query(span): Query<Span>) -> Result<impl IntoResponse, Refusal> {
    may(&me)?;
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let figures = figures(&mut tx, &me, now - TimeDelta::days(span.days())).await?;
    audit::of(&office.db, &mut tx, &me, now, "figures.export", "", "").await?;
    tx.commit().await?;
    let line = |what: &str, of: String, n: String| vec![what.to_owned(), of, n];
    let mut lines = vec![
        line("conversations", String::new(), figures.conversations.to_string()),
        line("handed_over", String::new(), figures.handed_over.to_string()),
        line("not_understood", String::new(), figures.missed.to_string()),
    ];
    lines.extend(figures.hours.into_iter().map(|(hour, channel, n)| line("messages", format!("{hour:02} {channel}"), n.to_string())));
    lines.extend(figures.reasons.into_iter().map(|(reason, n)| line("handover", reason, n.to_string())));
    lines.extend(figures.intents.into_iter().map(|(intent, n)| line("intent", intent, n.to_string())));
    lines.extend(figures.scores.into_iter().map(|(score, n)| line("score", score.to_string(), n.to_string())));
    lines.extend([("wait_median_seconds", figures.waiting.0), ("wait_p90_seconds", figures.waiting.1)].map(|(what, value)| line(what, String::new(), value.map_or(String::new(), |v| format!("{v:.0}")))));
    Ok(download("figures.csv", &["what", "of", "value"], lines))
}

#[derive(sqlx::FromRow)]
struct Unclear {
    conversation_id: Uuid,
    seq: i64,
    at: DateTime<Utc>,
    text: Option<String>,
    intent: Option<String>,
}

/// Sentences that nothing fitted, to be taught or put aside.
pub async fn unclear(State(office): State<Office>, me: Me) -> Result<impl IntoResponse, Refusal> {
    may(&me)?;
    let mut tx = office.db.city(me.id()).await?;
    let rows: Vec<Unclear> = sqlx::query_as(
        "SELECT u.conversation_id, u.seq, u.at, i.content->>'text' AS text, u.intent FROM understood u
         JOIN inbox i ON i.city_id = u.city_id AND i.conversation_id = u.conversation_id AND i.seq = u.seq
         WHERE u.city_id = $1 AND u.missed AND u.taught_as IS NULL ORDER BY u.at DESC LIMIT 100",
    )
    .bind(me.id().as_str())
    .fetch_all(&mut *tx)
    .await?;
    let taught: Vec<(String, i64)> = sqlx::query_as("SELECT taught_as, count(*) FROM understood WHERE city_id = $1 AND taught_as IS NOT NULL AND taught_as <> '-' GROUP BY 1 ORDER BY 1").bind(me.id().as_str()).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let now = office.clock.now();
    let body = html! {
        main.sheet {
            h1 { "分からなかった発言" }
            p { "意味（intent）を選ぶと、学習の候補になります。候補は" a href={ "/backoffice/" (me.id()) "/sentences.csv" } { "CSV" } "で取り出せます（" code { "bot import sentences" } " で入ります）。" }
            @if !taught.is_empty() { p { "候補：" @for (intent, n) in &taught { span.tag { (office.house.title(me.id(), intent).unwrap_or_else(|| intent.clone())) " " (n) } " " } } }
            @if rows.is_empty() { p { "ありません。" } }
            @for Unclear { conversation_id, seq, at, text, intent } in &rows {
                @let said = text.as_deref().unwrap_or("（言葉なし）");
                form.row.box method="post" action={ "/backoffice/" (me.id()) "/unclear" } {
                    (page::token(&me))
                    input type="hidden" name="talk" value=(conversation_id); input type="hidden" name="seq" value=(seq);
                    div.grow { @if me.staff.role.sees_personal_data() { (show::words(said)) } @else { (show::words(&show::masked(said))) } span.small { (show::moment(*at, now, me.city.zone)) } }
                    @if me.staff.role.edits() {
                        input name="intent" value=(intent.as_deref().unwrap_or_default()) aria-label="意味（intent）" maxlength="60";
                        button.main type="submit" name="do" value="teach" { "教える" }
                        button.quiet type="submit" name="do" value="aside" { "対象外" }
                    }
                }
            }
        }
    };
    Ok(page::of(&me, page::Room::Figures, "分からなかった発言", &body))
}

pub async fn teach(State(office): State<Office>, posted: Posted) -> Result<Redirect, Refusal> {
    let me = &posted.me;
    may(me)?;
    if !me.staff.role.edits() {
        return Err(Refusal::NotFound);
    }
    let intent = posted.text("intent", 60)?;
    let aside = posted.get("do") == "aside";
    if !aside && office.house.title(me.id(), &intent).is_none() {
        return Err(Refusal::Bad("その意味（intent）はありません。"));
    }
    let (talk, seq) = posted.get("talk").parse::<Uuid>().ok().zip(posted.get("seq").parse::<i64>().ok()).ok_or(Refusal::NotFound)?;
    let mut tx = office.db.city(me.id()).await?;
    sqlx::query("UPDATE understood SET taught_as = $4 WHERE city_id = $1 AND conversation_id = $2 AND seq = $3 AND missed")
        .bind(me.id().as_str())
        .bind(talk)
        .bind(seq)
        .bind(if aside { "-" } else { intent.as_str() })
        .execute(&mut *tx)
        .await?;
    audit::of(&office.db, &mut tx, me, office.clock.now(), "teach", &talk.to_string(), if aside { "aside" } else { &intent }).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/backoffice/{}/unclear", me.id())))
}

/// Sentences with their meaning, as `bot import sentences` reads them.
pub async fn taught(State(office): State<Office>, me: Me) -> Result<impl IntoResponse, Refusal> {
    may(&me)?;
    if !me.staff.role.edits() {
        return Err(Refusal::NotFound);
    }
    let mut tx = office.db.city(me.id()).await?;
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT u.taught_as, i.content->>'text' FROM understood u JOIN inbox i ON i.city_id = u.city_id AND i.conversation_id = u.conversation_id AND i.seq = u.seq
         WHERE u.city_id = $1 AND u.taught_as IS NOT NULL AND u.taught_as <> '-' AND i.content->>'text' IS NOT NULL ORDER BY u.at",
    )
    .bind(me.id().as_str())
    .fetch_all(&mut *tx)
    .await?;
    audit::of(&office.db, &mut tx, &me, office.clock.now(), "teach", "", "export").await?;
    tx.commit().await?;
    Ok(download("sentences.csv", &["intent", "text"], rows.into_iter().map(|(intent, text)| vec![intent, text]).collect()))
}
