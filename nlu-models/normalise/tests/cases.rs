//! The table of cases: one utterance and all that must be read from it, nothing more.

use chrono::{DateTime, FixedOffset};
use serde_json::Value;
use std::path::PathBuf;

const NOW: &str = "2026-11-03T10:00:00+09:00";

fn at(now: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(now).unwrap_or_else(|e| panic!("{now}: {e}"))
}

#[test]
fn every_case_in_the_table() {
    let table = include_str!("cases.tsv");
    let mut failures = Vec::new();
    let mut count = 0;
    for (n, line) in table.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        let [text, now, expected] = cells[..] else { panic!("line {}: three cells, tab between: {line}", n + 1) };
        let expected: Value = serde_json::from_str(expected).unwrap_or_else(|e| panic!("line {}: {e}", n + 1));
        let got = normalise::read(text, at(if now.is_empty() { NOW } else { now })).to_json();
        count += 1;
        if got != expected {
            failures.push(format!("line {}: {text}\n  want {expected}\n  got  {got}", n + 1));
        }
    }
    assert!(count >= 300, "only {count} cases");
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn spans_point_at_what_was_said() {
    let slots = normalise::read("えーと、来週の木曜の19時から21時まで、２０人で", at(NOW));
    let said = |kind| slots.get(kind).map(|s| &slots.text()[s.span.start..s.span.end]);
    assert_eq!(said(normalise::Kind::Date), Some("来週の木曜"));
    assert_eq!(said(normalise::Kind::TimeRange), Some("19時から21時"));
    assert_eq!(said(normalise::Kind::Headcount), Some("20人"));
}

#[test]
fn precision_keeps_a_part_of_the_day_from_booking() {
    let precision = |text, kind| normalise::read(text, at(NOW)).get(kind).map(|s| s.precision);
    assert_eq!(precision("あしたの夕方", normalise::Kind::TimeRange), Some(normalise::Precision::PartOfDay));
    assert_eq!(precision("16時から18時", normalise::Kind::TimeRange), Some(normalise::Precision::Exact));
    assert_eq!(precision("5時ごろ", normalise::Kind::Time), Some(normalise::Precision::Approximate));
    assert_eq!(precision("12月上旬", normalise::Kind::DateRange), Some(normalise::Precision::Range));
}

/// Third-party measure beside the project; skipped, saying so, where it is not at hand.
#[test]
fn development_lines() {
    let shared = std::env::var_os("SHARED_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let file = shared.join("data/understanding/slots-dev.jsonl");
    let Ok(lines) = std::fs::read_to_string(&file) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", file.display());
        println!("skipped: {} is not here", file.display());
        return;
    };
    let (mut right, mut all) = (0, 0);
    for line in lines.lines().filter(|l| !l.trim().is_empty()) {
        let row: Value = serde_json::from_str(line).expect("a JSON line");
        let (text, now) = (row["text"].as_str().expect("text"), row["now"].as_str().expect("now"));
        let got = normalise::read(text, at(now)).to_json();
        all += 1;
        if got == row["slots"] {
            right += 1;
        } else {
            println!("{text}\n  want {}\n  got  {got}", row["slots"]);
        }
    }
    println!("{right} of {all} lines");
    assert!(f64::from(right) >= 0.95 * f64::from(all), "{right} of {all}");
}
