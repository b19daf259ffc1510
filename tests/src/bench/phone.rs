//! Telephone calls: how soon they are answered, and how evenly they sound when there are many.

use crate::{Limit, anonymous_memory, line};
use anyhow::Context;
use e2e::{Bot, Folder};
use handset::{Phone, free_address, voice};
use nlu_models::measure::percentile;
use std::{
    net::SocketAddr,
    process::Command,
    thread,
    time::{Duration, Instant},
};

pub async fn calls() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let sip = free_address()?;
    let listen = sip.to_string();
    let bot = Bot::serve(&folder.0, &[("BOT_PHONE__SIP_LISTEN", &listen), ("BOT_PHONE__LINES", "400")]).await?;
    let process = bot.pid();
    tokio::task::spawn_blocking(move || measure(sip, process)).await??;
    bot.stop().await
}

fn measure(sip: SocketAddr, process: u32) -> anyhow::Result<()> {
    let (mut answers, mut silences, mut interruptions) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..20 {
        let (answer, silence) = alone(sip)?;
        answers.push(milliseconds(answer));
        silences.push(milliseconds(silence));
        interruptions.push(milliseconds(interrupted(sip)?));
    }
    line("a call: INVITE to 200, median (ms)", percentile(&mut answers, 0.5), Limit::AtMost(200.0));
    line("  key to silence, median (ms)", percentile(&mut silences, 0.5), Limit::AtMost(150.0));
    line("  voice to silence, median (ms)", percentile(&mut interruptions, 0.5), Limit::AtMost(150.0));
    let mut gaps = together(sip, 50)?;
    println!("{:<52} {:>10.1}", "50 calls at once: RTP gap, 99th percentile (ms)", percentile(&mut gaps, 0.99));
    line("  longest RTP gap (ms)", percentile(&mut gaps, 1.0), Limit::AtMost(40.0));
    let seconds = sipp(sip, 300, 1_000)?;
    println!("{:<52} {seconds:>10.1}", "300 calls at 20 a second, all answered, over after (s)");
    let before = anonymous_memory(process)?;
    sipp(sip, 1_000, 200)?;
    line("1,000 calls more: memory grows by (%)", 100.0 * (anonymous_memory(process)? / before - 1.0), Limit::AtMost(5.0));
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Calls by sipp, 20 a second, each so many milliseconds long; how many seconds until all were over. One that is not answered is an error.
fn sipp(sip: SocketAddr, calls: u32, long: u32) -> anyhow::Result<f64> {
    let began = Instant::now();
    let (calls, long) = (calls.to_string(), long.to_string());
    let done = Command::new("sipp").current_dir(std::env::temp_dir()).args(["-sn", "uac", "-s", "aoba", "-m", &calls, "-r", "20", "-d", &long, "-i", "127.0.0.1", "-nostdin", "-timeout", "180", &sip.to_string()]).output().context("sipp")?;
    anyhow::ensure!(done.status.success(), "calls failed: {}", String::from_utf8_lossy(&done.stdout));
    Ok(began.elapsed().as_secs_f64())
}

/// One call: how long until it was answered, and until a key had silenced us.
fn alone(sip: SocketAddr) -> anyhow::Result<(Duration, Duration)> {
    let mut phone = Phone::new(sip, "aoba")?;
    let answer = phone.call()?;
    phone.until(true, 10)?;
    phone.drain()?;
    // A key that nothing is said to: what is heard afterwards is what was being said.
    let pressed = Instant::now();
    phone.press('#')?;
    let silence = until_silent(&mut phone, pressed, |_| Ok(()))?;
    phone.hang_up()?;
    Ok((answer, silence))
}

/// One call: how long until a voice had silenced us.
fn interrupted(sip: SocketAddr) -> anyhow::Result<Duration> {
    let mut phone = Phone::new(sip, "aoba")?;
    phone.call()?;
    // A line is never without packets: silence, until the greeting is well under way.
    let mut loud = 0;
    while loud < 25 {
        loud += usize::from(phone.hear()?.iter().any(|sample| sample.unsigned_abs() > 500));
        phone.speak(&[0; 160])?;
    }
    phone.drain()?;
    let mut n = 0;
    let silence = until_silent(&mut phone, Instant::now(), |phone| {
        n += 1;
        phone.speak(&voice(n))
    })?;
    phone.hang_up()?;
    Ok(silence)
}

/// When the last of our sound arrived, after that moment; `meanwhile` is done every 20 ms.
fn until_silent(phone: &mut Phone, since: Instant, mut meanwhile: impl FnMut(&mut Phone) -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let (mut last, mut silent) = (Duration::ZERO, 0);
    while silent < 8 {
        meanwhile(phone)?;
        let loud = phone.hear()?.iter().any(|sample| sample.unsigned_abs() > 100);
        silent = if loud { 0 } else { silent + 1 };
        if loud {
            last = since.elapsed();
        }
        anyhow::ensure!(since.elapsed() < Duration::from_secs(5), "it goes on speaking");
    }
    Ok(last)
}

/// Calls that hear and press at the same time; the gaps between packets, in milliseconds.
fn together(sip: SocketAddr, count: usize) -> anyhow::Result<Vec<f64>> {
    let callers: Vec<_> = (0..count)
        .map(|_| {
            thread::spawn(move || -> anyhow::Result<Vec<f64>> {
                let mut phone = Phone::new(sip, "aoba")?;
                phone.call()?;
                phone.hear()?;
                let (mut last, mut gaps) = (Instant::now(), Vec::new());
                for n in 0..500 {
                    phone.hear()?;
                    gaps.push(last.elapsed().as_secs_f64() * 1_000.0);
                    last = Instant::now();
                    if n % 150 == 100 {
                        phone.press('1')?;
                    }
                }
                phone.hang_up()?;
                Ok(gaps)
            })
        })
        .collect();
    let mut all = Vec::new();
    for caller in callers {
        all.extend(caller.join().map_err(|_| anyhow::anyhow!("a caller broke"))??);
    }
    Ok(all)
}
