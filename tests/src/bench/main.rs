//! `make bench`: each figure beside its limit or peer, measured in the same run on the same machine.

#![forbid(unsafe_code)]

mod bookings;
mod dialogue;
mod load;
mod office;
mod peer;
mod phone;
mod place;
mod platform;
mod understanding;

use e2e::{Bot, Folder};
use load::{Kind, Load};
use platform::Platform;
use std::time::Instant;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // `bench office`: only the staff's side.
    if std::env::args().nth(1).as_deref() == Some("office") {
        return staff_side().await;
    }
    let nlu = understanding::utterances()?;
    dialogue::steps(&nlu)?;
    understanding::answers(&nlu, 2_000, 3.0)?;
    understanding::answers(&nlu, 50_000, 15.0)?;
    drop(nlu);
    let folder = Folder::new()?;
    let platform = Platform::start().await?;
    let settings = [("BOT_LINE__API_URL", platform.url())];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();

    // The first start makes the database; the second is what an operator sees.
    Bot::serve(&folder.0, &settings).await?.stop().await?;
    let began = Instant::now();
    let bot = Bot::serve(&folder.0, &settings).await?;
    line("start, database initialised (s)", began.elapsed().as_secs_f64(), Limit::AtMost(2.0));
    line("anonymous memory, idle (MB)", anonymous_memory(bot.pid())?, Limit::AtMost(200.0));

    let peer = peer::pgbench(&folder.0).await?;
    println!("{:<52} {peer:>10.0}", "peer: pgbench -N -c16 (transactions/s)");
    let load = Load::new(bot.address, platform);
    // Conversations exist and caches are warm before anything is measured.
    load.throughput(Kind::Postback, 2_000, 64).await?;
    let postbacks = load.throughput(Kind::Postback, 12_000, 64).await?;
    println!("{:<52} {postbacks:>10.0}", "turns/s, postbacks");
    line("  of pgbench", postbacks / peer, Limit::AtLeast(0.20));
    let texts = load.throughput(Kind::Text, 8_000, 64).await?;
    println!("{:<52} {texts:>10.0}", "turns/s, texts never seen before");
    line("  of pgbench", texts / peer, Limit::AtLeast(0.12));
    let (median, p99) = load.latency(100, 1_000).await?;
    println!("{:<52} {median:>10.1}", "webhook to reply at 100 turns/s, median (ms)");
    line("webhook to reply at 100 turns/s, 99th percentile (ms)", p99, Limit::AtMost(60.0));
    let (median, p99) = place::nearest(&folder.0, 115_000, 2_000).await?;
    println!("{:<52} {median:>10.2}", "nearest shelters of 115,000, median (ms)");
    line("nearest shelters of 115,000, 99th percentile (ms)", p99, Limit::AtMost(2.0));
    line("vacancy of 100 rooms over 60 days, median (ms)", bookings::vacancy(&folder.0, 40).await?, Limit::AtMost(20.0));
    line("200 residents want one slot: all answered (s)", bookings::rush(&folder.0, 200).await?, Limit::AtMost(2.0));
    line("anonymous memory, after the load (MB)", anonymous_memory(bot.pid())?, Limit::AtMost(300.0));
    bot.stop().await?;
    phone::calls().await?;
    staff_side().await?;
    // Whatever is charged twice, or does not sum, is an error and ends this.
    let told = e2e::payment_faults::run(1_000, 10).await?;
    println!("{:<52} {:>10}   {told:?}", "payments under faults: all summed, nobody paid twice", told.bills);
    line("  seconds for 1,000 payments and 10 kills", told.seconds, Limit::AtMost(600.0));
    Ok(())
}

async fn staff_side() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let platform = Platform::start().await?;
    let url = platform.url();
    let bot = Bot::serve(&folder.0, &[("BOT_LINE__API_URL", &url)]).await?;
    office::fill(&folder.0).await?;
    let load = Load::new(bot.address, platform);
    load.throughput(Kind::Text, 600, 16).await?;
    let figures = office::measure(&bot, &load, || anonymous_memory(bot.pid())).await?;
    println!("{:<52} {:>10.1}", "20,000 open, 50 staff, 10 messages/s: visible, median (ms)", figures.visible.0);
    line("  visible, 99th percentile (ms)", figures.visible.1, Limit::AtMost(300.0));
    line("the slowest list, 99th percentile (ms)", figures.list.1, Limit::AtMost(100.0));
    line("the slowest search, 99th percentile (ms)", figures.search.1, Limit::AtMost(100.0));
    line("the largest staff page (KB)", figures.page, Limit::AtMost(150.0));
    line("memory for each connected member of staff (KB)", figures.memory, Limit::AtMost(200.0));
    bot.stop().await
}

enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

fn line(what: &str, figure: f64, limit: Limit) {
    let (fine, words) = match limit {
        Limit::AtMost(most) => (figure <= most, format!("at most {most}")),
        Limit::AtLeast(least) => (figure >= least, format!("at least {least}")),
    };
    println!("{what:<52} {figure:>10.2}   {words:<14} {}", if fine { "ok" } else { "MISSED" });
}

/// What the process itself has taken, without the files that it maps.
fn anonymous_memory(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.split_whitespace().next()?.parse::<f64>().ok());
    Ok(kilobytes.unwrap_or(f64::NAN) / 1_024.0)
}
