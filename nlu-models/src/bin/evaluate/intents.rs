//! Accuracy, macro F1, calibration, confusions, latency.

use crate::{matrix, report::Report};
use chrono::{DateTime, FixedOffset};
use model::{Channel, Understand, Understanding, Utterance};
use nlu_models::{
    Nlu,
    measure::{Labelled, Outcome, accuracy, calibration_error, calibration_interval, confusions, macro_f1, percentile, ratio},
};
use std::{collections::BTreeMap, time::Instant};

/// A moment for sentences that do not depend on it: 2026-06-15 10:00 in Japan.
pub fn understand(nlu: &Nlu, text: &str) -> Understanding {
    let now = DateTime::from_timestamp(1_781_485_200, 0).unwrap_or_default();
    let now = now.with_timezone(&FixedOffset::east_opt(9 * 3600).unwrap_or(FixedOffset::east_opt(0).expect("zero is in range")));
    nlu.understand(&Utterance { text, now, channel: Channel::Web, city: None, expecting: None, own: None })
}

/// Measures and returns the picture of the confusion matrix.
pub fn measure(nlu: &Nlu, lines: &[Labelled], misses: bool, report: &mut Report) -> String {
    let mut outcomes = Vec::new();
    let mut groups: BTreeMap<String, Vec<Outcome>> = BTreeMap::new();
    let mut times = Vec::new();
    let mut rung = 0;
    for line in lines.iter().filter(|line| nlu.manifest().intents.contains(&line.intent)) {
        let began = Instant::now();
        let answer = understand(nlu, &line.text);
        times.push(began.elapsed().as_secs_f64() * 1e3);
        rung += usize::from(answer.emergency.is_some());
        if misses && let Some(kind) = answer.emergency {
            println!("rings {} [{}]: {}", kind.as_str(), line.intent, line.text);
        }
        let outcome = Outcome { wanted: line.intent.clone(), got: answer.intent().to_owned(), confidence: answer.confidence() };
        if misses && !outcome.right() {
            println!("{} -> {} ({:.2}): {}", outcome.wanted, outcome.got, outcome.confidence, line.text);
        }
        groups.entry(line.group().to_owned()).or_default().push(outcome.clone());
        groups.entry(format!("{} {}", line.lang, line.register)).or_default().push(outcome.clone());
        outcomes.push(outcome);
    }
    let mut rows = vec![vec!["group".to_owned(), "accuracy".to_owned(), "lines".to_owned()]];
    rows.extend(groups.iter().map(|(name, group)| vec![name.clone(), format!("{:.3}", accuracy(group)), group.len().to_string()]));
    report.table(&rows);
    report.line(format!("All: accuracy {:.3} of {}, macro F1 {:.3}.", accuracy(&outcomes), outcomes.len(), macro_f1(&outcomes)));
    let outside = |wanted: bool| outcomes.iter().filter(move |o| (o.wanted == "out_of_scope") == wanted);
    let found = outside(true).filter(|o| o.right()).count();
    let wrong = outside(false).filter(|o| o.got == "out_of_scope").count();
    report.line(format!(
        "Out of scope: recall {:.3} of {}, false alarms {:.4} of {}.",
        ratio(found, outside(true).count()),
        outside(true).count(),
        ratio(wrong, outside(false).count()),
        outside(false).count()
    ));
    report.line(format!("Emergency answers on these ordinary lines: {rung} ({:.4}; some may be right).", ratio(rung, outcomes.len())));
    let (low, high) = calibration_interval(&outcomes, 1);
    report.line(format!("Expected calibration error {:.3} (95% interval {low:.3} to {high:.3}).", calibration_error(&outcomes)));
    report.line(format!("Latency of one utterance, everything included: median {:.2} ms, 99th percentile {:.2} ms.", percentile(&mut times, 0.5), percentile(&mut times, 0.99)));
    let mut rows = vec![vec!["wanted".to_owned(), "got".to_owned(), "times".to_owned()]];
    rows.extend(confusions(&outcomes).into_iter().take(15).map(|(wanted, got, count)| vec![wanted, got, count.to_string()]));
    report.table(&rows);
    matrix::svg(&outcomes)
}
