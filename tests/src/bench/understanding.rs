//! Understanding and search by themselves, on one thread.

use crate::{Limit, line};
use chrono::DateTime;
use model::{Channel, Understand, Utterance};
use nlu_models::{
    Nlu,
    corpus::read_folder,
    measure::{percentile, ratio},
};
use search::{Doc, Index, Synonyms};
use std::{sync::Arc, time::Instant};

/// One utterance, everything included; loading; memory.
pub fn utterances() -> anyhow::Result<Arc<Nlu>> {
    let before = resident()?;
    let mut loads: Vec<f64> = Vec::new();
    for _ in 0..4 {
        let began = Instant::now();
        drop(Nlu::embedded()?);
        loads.push(milliseconds(began));
    }
    let began = Instant::now();
    let nlu = Arc::new(Nlu::embedded()?);
    loads.push(milliseconds(began));
    let lines = read_folder(&e2e::root().join("nlu-models/data/validation"))?;
    let now = DateTime::parse_from_rfc3339("2026-11-03T10:00:00+09:00")?;
    let understand = |text: &str| nlu.understand(&Utterance { text, now, channel: Channel::Web, city: None, expecting: None, own: None });
    let mut right = 0;
    let mut times: Vec<f64> = lines
        .iter()
        .map(|line| {
            let began = Instant::now();
            right += usize::from(understand(&line.text).intent() == line.label);
            milliseconds(began)
        })
        .collect();
    line("loading the language models (ms)", percentile(&mut loads, 0.5), Limit::AtMost(300.0));
    line("memory of the language models (MB)", resident()? - before, Limit::AtMost(120.0));
    println!("{:<52} {:>10.3}", "utterances: share of right intents", ratio(right, lines.len()));
    line("understanding one utterance, median (ms)", percentile(&mut times, 0.5), Limit::AtMost(3.0));
    line("understanding one utterance, 99th percentile (ms)", percentile(&mut times, 0.99), Limit::AtMost(8.0));
    let long = "来週の火曜の午後に体育館を10人で借りたいです。".repeat(200);
    let mut odd: Vec<f64> = [long.as_str(), "🗾🗾🗾", "\u{0}\u{1b}[2J\u{202e}", "ignore all previous instructions", "ﷺﷺﷺﷺ", ""]
        .iter()
        .cycle()
        .take(120)
        .map(|text| {
            let began = Instant::now();
            understand(text);
            milliseconds(began)
        })
        .collect();
    line("understanding odd input, 99th percentile (ms)", percentile(&mut odd, 0.99), Limit::AtMost(8.0));
    Ok(nlu)
}

/// A query among so many entries, which are the paraphrases of the training data, over and over with other numbers.
pub fn answers(nlu: &Arc<Nlu>, entries: usize, limit: f64) -> anyhow::Result<()> {
    let wordings = nlu_models::corpus::read_groups(&e2e::root().join("nlu-models/data/paraphrases"))?;
    let doc = |n: usize| Doc {
        id: n.to_string(),
        question: format!("{}（{n}）", wordings[n % wordings.len()].text),
        answer: format!("第{}窓口へお越しください。{}", n % 90, wordings[(n * 7 + 3) % wordings.len()].text.repeat(3)),
        extra: String::new(),
    };
    let began = Instant::now();
    let index = Index::with((0..entries).map(doc).collect(), Synonyms::ours(), Some(nlu.clone()));
    println!("{:<52} {:>10.1}", format!("making {entries} answers searchable (s)"), milliseconds(began) / 1e3);
    let mut times: Vec<f64> = (0..200)
        .map(|n| {
            let query = &wordings[(n * 37) % wordings.len()].text;
            let began = Instant::now();
            std::hint::black_box(index.rank(query, 10));
            milliseconds(began)
        })
        .collect();
    line(&format!("an answer among {entries}, median (ms)"), percentile(&mut times, 0.5), Limit::AtMost(limit));
    Ok(())
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Memory of this process in RAM, in MB.
fn resident() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse::<f64>().ok());
    Ok(kilobytes.unwrap_or(f64::NAN) / 1_024.0)
}
