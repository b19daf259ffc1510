//! The inbox under load: fifty members of staff with their pages open, twenty thousand open conversations, ten messages a second.

use crate::load::{Kind, Load};
use anyhow::Context;
use e2e::{Bot, PASSWORD, Staff};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use hyper::Method;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    path::Path,
    sync::{Arc, Mutex, atomic::{AtomicBool, AtomicUsize, Ordering}},
    time::{Duration, Instant},
};

pub const STAFF: usize = 50;
const OPEN: i32 = 20_000;
const PER_SECOND: u64 = 10;
const MESSAGES: usize = 300;

pub struct Figures {
    /// From the webhook to the moment when a page's list shows it, in milliseconds.
    pub visible: (f64, f64),
    /// The slowest kind of list or search: its median and 99th percentile in milliseconds.
    pub list: (f64, f64),
    pub search: (f64, f64),
    /// The largest page in kilobytes.
    pub page: f64,
    /// Of the process, for each member of staff who is connected, in kilobytes.
    pub memory: f64,
}

/// Conversations that wait for a person, with what was said in them.
pub async fn fill(data: &Path) -> anyhow::Result<()> {
    let options = PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi");
    let mut db = PgConnection::connect_with(&options).await?;
    sqlx::query("SET app.city = 'aoba'").execute(&mut db).await?;
    let id = "md5('c' || n)::uuid";
    let words = "(ARRAY['引っ越しの手続き','国民健康保険の切り替え','粗大ごみの申し込み','保育園の入園','道路の穴の連絡','住民票の郵送','水道の開栓','図書館の本の延長'])[1 + n % 8] || 'について教えてください、番号は' || n || 'です'";
    for sql in [
        format!("INSERT INTO contact (city_id, contact_id) SELECT 'aoba', {id} FROM generate_series(1, $1) n"),
        format!("INSERT INTO conversation (city_id, conversation_id, contact_id, channel, account) SELECT 'aoba', {id}, {id}, CASE n % 2 WHEN 0 THEN 'line' ELSE 'web' END, 'filled-' || n FROM generate_series(1, $1) n"),
        format!(
            "INSERT INTO inbox (city_id, conversation_id, event_id, channel, platform_id, arrived_at, content, handled_at)
             SELECT 'aoba', {id}, {id}, 'web', 'filled-' || n, now() - n * interval '20 seconds', jsonb_build_object('type', 'text', 'text', {words}), now() FROM generate_series(1, $1) n"
        ),
        "INSERT INTO understood (city_id, conversation_id, seq, at, channel, intent, grams)
         SELECT city_id, conversation_id, seq, arrived_at, channel, 'faq',
                ARRAY(SELECT DISTINCT substr(content->>'text', i, 2) FROM generate_series(1, length(content->>'text') - 1) i)
         FROM inbox WHERE platform_id LIKE 'filled-%' AND $1 > 0".to_owned(),
        format!(
            "INSERT INTO handover (city_id, handover_id, conversation_id, reason, desk_id, opened_at) SELECT 'aoba', {id}, {id}, 'asked', 'annai', now() - n * interval '20 seconds' FROM generate_series(1, $1) n"
        ),
        format!(
            "INSERT INTO thread (city_id, conversation_id, channel, mode, handover_id, desk_id, waiting_since, due_at, warned, unread, last_at, preview)
             SELECT 'aoba', {id}, 'web', 'waiting', {id}, 'annai', now() - n * interval '20 seconds', now() + interval '10 days', 0, 1, now() - n * interval '20 seconds', {words} FROM generate_series(1, $1) n"
        ),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(OPEN).execute(&mut db).await?;
    }
    for table in ["contact", "conversation", "inbox", "understood", "handover", "thread"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("ANALYZE {table}"))).execute(&mut db).await?;
    }
    Ok(db.close().await?)
}

/// What all pages wait for.
struct Watch {
    /// The newest message that was sent: its words and when.
    sent: Mutex<Vec<(String, Instant)>>,
    seen: Mutex<Vec<f64>>,
    over: AtomicBool,
    connected: AtomicUsize,
}

/// A page as the script keeps it: told of a change it fetches the list, at most six times a second.
async fn page(address: std::net::SocketAddr, cookie: String, looks: bool, watch: Arc<Watch>) -> anyhow::Result<()> {
    let http = e2e::Http::new(address);
    let headers = [("cookie", cookie.as_str()), ("x-live", "1")];
    let stream = http.open(Method::GET, "/backoffice/aoba/events", &headers, "".into()).await?;
    let mut events = stream.into_body().into_data_stream();
    watch.connected.fetch_add(1, Ordering::SeqCst);
    let mut found = 0;
    while !watch.over.load(Ordering::SeqCst) {
        let Ok(Some(_)) = tokio::time::timeout(Duration::from_millis(500), events.next()).await.map(|chunk| chunk.transpose().ok().flatten()) else { continue };
        let list = http.send(Method::GET, "/backoffice/aoba/list?box=machine", &headers, "".into()).await?;
        let now = Instant::now();
        if looks {
            let text = list.text();
            let sent = watch.sent.lock().map(|sent| sent.clone()).unwrap_or_default();
            while let Some((words, at)) = sent.get(found).filter(|(words, _)| text.contains(words.as_str())) {
                let _ = words;
                watch.seen.lock().map_err(|_| anyhow::anyhow!("poisoned"))?.push((now - *at).as_secs_f64() * 1_000.0);
                found += 1;
            }
        }
        tokio::time::sleep(crate::office::CALM).await;
    }
    Ok(())
}

/// As in the pages' script.
pub const CALM: Duration = Duration::from_millis(150);

pub async fn measure(bot: &Bot, load: &Load, memory: impl Fn() -> anyhow::Result<f64>) -> anyhow::Result<Figures> {
    let watch = Arc::new(Watch { sent: Mutex::default(), seen: Mutex::default(), over: AtomicBool::new(false), connected: AtomicUsize::new(0) });
    let mut cookies = Vec::new();
    for _ in 0..STAFF {
        cookies.push(Staff::log_in(bot, "kanri", PASSWORD).await?.cookie);
    }
    let before = memory()?;
    let mut pages = tokio::task::JoinSet::new();
    for (n, cookie) in cookies.iter().enumerate() {
        pages.spawn(page(bot.address, cookie.clone(), n % 10 == 0, watch.clone()));
    }
    while watch.connected.load(Ordering::SeqCst) < STAFF {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut clock = tokio::time::interval(Duration::from_micros(1_000_000 / PER_SECOND));
    for n in 0..MESSAGES {
        clock.tick().await;
        let words = format!("通し番号{:04}の毛布", n);
        watch.sent.lock().map_err(|_| anyhow::anyhow!("poisoned"))?.push((words.clone(), Instant::now()));
        load.say(Kind::Text, Some(&format!("{words}の捨て方を教えて"))).await?;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = memory()?;
    watch.over.store(true, Ordering::SeqCst);
    while pages.join_next().await.is_some() {}
    let mut seen = watch.seen.lock().map_err(|_| anyhow::anyhow!("poisoned"))?.clone();
    anyhow::ensure!(seen.len() >= MESSAGES * STAFF / 10 * 95 / 100, "only {} of {} looks saw their message", seen.len(), MESSAGES * STAFF / 10);
    let staff = Staff::log_in(bot, "kanri", PASSWORD).await?;
    let (list, large) = timed(&staff, &["/backoffice/aoba/list", "/backoffice/aoba/list?box=mine", "/backoffice/aoba/list?box=all", "/backoffice/aoba/list?box=later", "/backoffice/aoba/list?box=open&desk=annai", "/backoffice/aoba?box=open"]).await?;
    let (search, _) = timed(&staff, &["教えて", "粗大", "番号は19999", "保育園の入園に", "ない言葉です"].map(query)).await?;
    let talk = staff.get("/backoffice/aoba?box=all").await?.text().split("/talks/").nth(1).and_then(|rest| rest.split(['?', '"']).next()).context("a conversation")?.to_owned();
    let open = staff.get(&format!("/backoffice/aoba/talks/{talk}")).await?.body.len();
    Ok(Figures { visible: middle(&mut seen), list, search, page: large.max(open) as f64 / 1_024.0, memory: (after - before).max(0.0) * 1_024.0 / STAFF as f64 })
}

fn query(words: &str) -> String {
    format!("/backoffice/aoba/list?box=all&q={}", words.bytes().map(|b| format!("%{b:02X}")).collect::<String>())
}

/// The slowest of several addresses, each asked again and again; and the largest answer in bytes.
async fn timed(staff: &Staff<'_>, paths: &[impl AsRef<str>]) -> anyhow::Result<((f64, f64), usize)> {
    let (mut worst, mut large) = ((0.0, 0.0), 0);
    for path in paths {
        let mut times = Vec::new();
        for _ in 0..40 {
            let began = Instant::now();
            let answer = staff.get(path.as_ref()).await?;
            anyhow::ensure!(answer.status == 200, "{}: {}", path.as_ref(), answer.status);
            times.push(began.elapsed().as_secs_f64() * 1_000.0);
            large = large.max(answer.body.len());
        }
        let one = middle(&mut times);
        println!("    {:<60} {:>7.1} {:>7.1} ms", path.as_ref().chars().take(60).collect::<String>(), one.0, one.1);
        if one.1 > worst.1 {
            worst = one;
        }
    }
    Ok((worst, large))
}

/// The median and the 99th percentile.
fn middle(times: &mut [f64]) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(f64::NAN);
    (at(50), at(99))
}
