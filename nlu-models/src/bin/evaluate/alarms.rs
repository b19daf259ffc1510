//! How many emergencies are found, and how many look-alikes ring.

use crate::{intents::understand, report::Report};
use anyhow::Result;
use nlu_models::{
    Nlu,
    measure::{Alarm, parse, ratio},
    prepare::prepare,
};
use std::collections::BTreeMap;

/// What any other single threshold would find at so many false alarms.
fn trade_off(nlu: &Nlu, lines: &[Alarm]) -> Vec<Vec<String>> {
    let score = |line: &Alarm| nlu.raw(&line.text, &prepare(&line.text)).urgency(nlu.manifest());
    let scores: Vec<(bool, f32)> = lines.iter().map(|line| (line.kind.is_some(), score(line))).collect();
    let mut alike: Vec<f32> = scores.iter().filter(|(real, _)| !real).map(|(_, score)| *score).collect();
    alike.sort_by(|a, b| b.total_cmp(a));
    let real = || scores.iter().filter(|(real, _)| *real).map(|(_, score)| *score);
    let mut rows = vec![vec!["false alarms".to_owned(), "threshold".to_owned(), "recall".to_owned()]];
    for share in [0.01, 0.02, 0.03, 0.05, 0.1] {
        let threshold = alike.get((alike.len() as f64 * share) as usize).copied().unwrap_or(0.0);
        let found = real().filter(|score| *score > threshold).count();
        rows.push(vec![format!("{share:.2}"), format!("{threshold:.3}"), format!("{:.3}", ratio(found, real().count()))]);
    }
    rows
}

pub fn measure(nlu: &Nlu, text: &str, misses: bool, report: &mut Report) -> Result<()> {
    let lines: Vec<Alarm> = parse(text)?;
    // By kind: lines, rung, rung as the right kind.
    let mut kinds: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for line in &lines {
        let answer = understand(nlu, &line.text).emergency.map(model::Emergency::as_str);
        let kind = line.kind.as_deref();
        let tally = kinds.entry(kind.unwrap_or("look-alike")).or_default();
        tally[0] += 1;
        tally[1] += usize::from(answer.is_some());
        tally[2] += usize::from(answer.is_some() && answer == kind);
        if misses && answer.is_some() != kind.is_some() {
            println!("{} {}: {}", if kind.is_some() { "missed" } else { "rings" }, kind.or(answer).unwrap_or_default(), line.text);
        }
    }
    report.table(&trade_off(nlu, &lines));
    let sum = |at: usize| kinds.iter().filter(|(kind, _)| **kind != "look-alike").map(|(_, tally)| tally[at]).sum::<usize>();
    let alike = kinds.get("look-alike").copied().unwrap_or_default();
    report.line(format!(
        "Recall {:.3} of {} (right kind {:.3}), false alarms on look-alikes {:.3} of {}.",
        ratio(sum(1), sum(0)),
        sum(0),
        ratio(sum(2), sum(0)),
        ratio(alike[1], alike[0]),
        alike[0]
    ));
    let mut rows = vec![vec!["kind".to_owned(), "rings".to_owned(), "lines".to_owned()]];
    rows.extend(kinds.iter().map(|(kind, [all, rung, _])| vec![(*kind).to_owned(), format!("{:.3}", ratio(*rung, *all)), all.to_string()]));
    report.table(&rows);
    Ok(())
}
