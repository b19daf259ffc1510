//! Whatever is killed: what was accepted is answered, once, as the resident sees it.

use e2e::{Bot, Folder, Line, signal, words};
use serde_json::json;
use std::time::Duration;

const USERS: usize = 24;
const ROUNDS: usize = 4;
const LIFE: Duration = Duration::from_secs(50);

fn user(n: usize) -> String {
    format!("U{n:032x}")
}

async fn serve(folder: &Folder, line: &Line) -> anyhow::Result<Bot> {
    serve_at(folder, line, "127.0.0.1:0").await
}

async fn serve_at(folder: &Folder, line: &Line, listen: &str) -> anyhow::Result<Bot> {
    let url = line.url();
    let settings = [
        ("BOT_LINE__API_URL", url.as_str()),
        ("BOT_QUEUE__LEASE_SECONDS", "2"),
        ("BOT_LINE__TIMEOUT_SECONDS", "2"),
        ("BOT_QUEUE__POLL_MS", "100"),
        ("BOT_QUEUE__BACK_OFF_MS", "100"),
    ];
    Bot::start_at(&folder.0, listen, &settings, &["serve", "--demo"]).await
}

/// Everybody asks `round`; what the counter did not take is sent again by the platform, as often as it needs.
async fn ask(line: &Line, round: usize) -> anyhow::Result<Vec<Option<String>>> {
    let mut refused = Vec::new();
    for n in 0..USERS {
        let sent = line.send(&user(n), &json!({ "type": "text", "text": format!("こんにちは{}", "！".repeat(round + 1)) })).await?;
        refused.push((sent["status"] != 200).then(|| sent["webhookEventId"].as_str().unwrap_or_default().to_owned()));
    }
    Ok(refused)
}

async fn redeliver(line: &Line, refused: Vec<Option<String>>) -> anyhow::Result<()> {
    for id in refused.into_iter().flatten() {
        let mut status = 0;
        for _ in 0..600 {
            status = line.control(&format!("redeliver/{id}"), &json!({})).await?["status"].as_u64().unwrap_or(0);
            if status == 200 {
                break;
            }
            // The long poll of a user who does not exist is our pause.
            line.get("users/Uffffffffffffffffffffffffffffffff/messages?wait_ms=50").await?;
        }
        anyhow::ensure!(status == 200, "{id} was never taken");
    }
    Ok(())
}

async fn everybody_has(line: &Line, answers: usize) -> anyhow::Result<()> {
    for n in 0..USERS {
        let got = line.received(&user(n), answers).await?;
        anyhow::ensure!(got.len() == answers, "user {n} got {} answers instead of {answers}: {got:?}", got.len());
        anyhow::ensure!(got.iter().all(|entry| words(entry).contains("こんにちは")), "user {n}: {got:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_the_counter_in_the_middle_of_work() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let mut bot = serve(&folder, &line).await?;
    line.connect(&bot, LIFE)?;
    let address = bot.address;
    for round in 0..ROUNDS {
        let refused = tokio::join!(ask(&line, round), async {
            // Somewhere in the middle: when the first few have got their answer.
            line.received(&user(round), round + 1).await.map(|_| ())
        });
        bot.kill();
        let refused = refused.0?;
        // It comes back on the same port: the platform knows no other.
        bot = serve_at(&folder, &line, &address.to_string()).await?;
        redeliver(&line, refused).await?;
    }
    everybody_has(&line, ROUNDS).await?;
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_postgresql_in_the_middle_of_work() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let bot = serve(&folder, &line).await?;
    line.connect(&bot, LIFE)?;
    for round in 0..2 {
        let (refused, killed) = tokio::join!(ask(&line, round), async {
            line.received(&user(round), round + 1).await?;
            let pid = std::fs::read_to_string(folder.0.join("postgres/postmaster.pid"))?;
            let pid: u32 = pid.lines().next().unwrap_or_default().trim().parse()?;
            signal(pid, rustix::process::Signal::KILL)
        });
        killed?;
        redeliver(&line, refused?).await?;
    }
    everybody_has(&line, 2).await?;
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_counters_on_one_database_share_the_work() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let first = serve(&folder, &line).await?;
    let second = serve(&folder, &line).await?;
    line.connect(&first, LIFE)?;
    let refused = ask(&line, 0).await?;
    assert!(refused.iter().all(Option::is_none));
    everybody_has(&line, 1).await?;
    second.stop().await?;
    first.stop().await
}
