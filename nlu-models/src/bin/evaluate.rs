//! Measures the understanding model on labelled utterances.
//!
//! `evaluate [--weights DIR] [INTENTS.jsonl [EMERGENCIES.jsonl]]`; without files, the development set beside the
//! repository is used when it is there.

#![forbid(unsafe_code)]

use anyhow::{Context, Result};
use chrono::{DateTime, FixedOffset};
use model::{Channel, Understand, Understanding, Utterance};
use nlu_models::{
    Nlu,
    measure::{Alarm, Labelled, Outcome, accuracy, calibration_error, confusions, macro_f1, parse, percentile, ratio},
};
use std::{collections::BTreeMap, env, fs, path::PathBuf, time::Instant};

fn main() -> Result<()> {
    let mut args: Vec<String> = env::args().skip(1).collect();
    let mut weights = None;
    if args.first().is_some_and(|arg| arg == "--weights") {
        args.remove(0);
        anyhow::ensure!(!args.is_empty(), "--weights needs a folder");
        weights = Some(PathBuf::from(args.remove(0)));
    }
    let shared = env::var_os("SHARED_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("data/understanding");
    let intents = args.first().map_or_else(|| folder.join("dev.jsonl"), PathBuf::from);
    let alarms = args.get(1).map_or_else(|| folder.join("emergency-dev.jsonl"), PathBuf::from);
    if !intents.exists() {
        println!("{} is not there: nothing to measure", intents.display());
        return Ok(());
    }
    let began = Instant::now();
    let nlu = weights.map_or_else(Nlu::embedded, |folder| Nlu::load(&folder))?;
    println!("loaded in {:.0} ms", began.elapsed().as_secs_f64() * 1e3);
    let lines: Vec<Labelled> =
        parse(&fs::read_to_string(&intents)?).with_context(|| intents.display().to_string())?;
    measure_intents(&nlu, &lines)?;
    if alarms.exists() && (args.is_empty() || args.len() > 1) {
        let lines: Vec<Alarm> =
            parse(&fs::read_to_string(&alarms)?).with_context(|| alarms.display().to_string())?;
        measure_alarms(&nlu, &lines)?;
    }
    Ok(())
}

fn understand(nlu: &Nlu, text: &str) -> Result<Understanding> {
    let now: DateTime<FixedOffset> = DateTime::parse_from_rfc3339("2026-06-15T10:00:00+09:00")?;
    Ok(nlu.understand(&Utterance { text, now, channel: Channel::Web, city: None, expecting: None }))
}

fn measure_intents(nlu: &Nlu, lines: &[Labelled]) -> Result<()> {
    let known = |intent: &String| nlu.manifest().intents.contains(intent);
    let mut outcomes = Vec::new();
    let mut groups: BTreeMap<String, Vec<Outcome>> = BTreeMap::new();
    let mut times = Vec::new();
    let mut alarms = 0;
    for line in lines.iter().filter(|line| known(&line.intent)) {
        let began = Instant::now();
        let answer = understand(nlu, &line.text)?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
        alarms += usize::from(answer.emergency.is_some());
        let outcome =
            Outcome { wanted: line.intent.clone(), got: answer.intent().to_owned(), confidence: answer.confidence() };
        groups.entry(line.group().to_owned()).or_default().push(outcome.clone());
        groups.entry(format!("{} {}", line.lang, line.register)).or_default().push(outcome.clone());
        groups.entry(format!("intent {}", line.intent)).or_default().push(outcome.clone());
        outcomes.push(outcome);
    }
    println!("{} of {} lines have a known intent", outcomes.len(), lines.len());
    for (name, group) in &groups {
        println!("{name:<40} {:.3} of {}", accuracy(group), group.len());
    }
    println!("all {:.3}, macro F1 {:.3}", accuracy(&outcomes), macro_f1(&outcomes));
    let outside = |wanted: bool| outcomes.iter().filter(move |o| (o.wanted == "out_of_scope") == wanted);
    let found = outside(true).filter(|o| o.right()).count();
    let wrong = outside(false).filter(|o| o.got == "out_of_scope").count();
    println!(
        "out of scope: recall {:.3} of {}, false alarms {:.4} of {}",
        ratio(found, outside(true).count()),
        outside(true).count(),
        ratio(wrong, outside(false).count()),
        outside(false).count()
    );
    println!("emergency answers on these ordinary lines: {alarms} (some may be right)");
    println!("calibration error {:.3}", calibration_error(&outcomes));
    println!("latency ms: median {:.3}, p99 {:.3}", percentile(&mut times, 0.5), percentile(&mut times, 0.99));
    println!("most mixed up (wanted, got):");
    for (wanted, got, count) in confusions(&outcomes).into_iter().take(20) {
        println!("  {count} {wanted} -> {got}");
    }
    Ok(())
}

fn measure_alarms(nlu: &Nlu, lines: &[Alarm]) -> Result<()> {
    let (mut found, mut right, mut real, mut wrong, mut alike) = (0, 0, 0, 0, 0);
    for line in lines {
        let answer = understand(nlu, &line.text)?.emergency.map(model::Emergency::as_str);
        if let Some(kind) = &line.kind {
            real += 1;
            found += usize::from(answer.is_some());
            right += usize::from(answer == Some(kind));
        } else {
            alike += 1;
            wrong += usize::from(answer.is_some());
        }
    }
    println!(
        "emergency: recall {:.3} of {real} (right kind {:.3}), false alarms on look-alikes {:.3} of {alike}",
        ratio(found, real),
        ratio(right, real),
        ratio(wrong, alike)
    );
    Ok(())
}
