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

/// Lines as `{"text":…,"now":…,"slots":{…}}`: how many there are, and those that are read otherwise.
fn misread(lines: &str) -> (usize, Vec<String>) {
    let rows: Vec<Value> = lines.lines().filter(|l| !l.trim().is_empty()).map(|l| serde_json::from_str(l).expect("a JSON line")).collect();
    let wrong = rows.iter().filter_map(|row| {
        let (text, now) = (row["text"].as_str().expect("text"), row["now"].as_str().expect("now"));
        let got = normalise::read(text, at(now)).to_json();
        (got != row["slots"]).then(|| format!("{text}\n  want {}\n  got  {got}", row["slots"]))
    });
    (rows.len(), wrong.collect())
}

/// Whole utterances of residents, written from the rules alone by people who had not seen the reader.
#[test]
fn every_utterance() {
    let (all, wrong) = misread(include_str!("utterances.jsonl"));
    assert!(all >= 500 && wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
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
    let (all, wrong) = misread(&lines);
    assert!(wrong.len() * 20 <= all, "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Odd strings must be read without a panic, with spans on character borders, and the same way twice.
#[test]
fn odd_strings_do_no_harm() {
    const PIECES: &[&str] = &[
        "3", "0", "十", "百", "万", "億", "〇", "一", "二", "時", "分", "半", "日", "月", "年", "人", "円", "番", "つ", "か月", "歳", "枚", "の", "から",
        "まで", "~", "-", "/", ".", ":", ",", "、", "。", " ", "　", "令和", "R", "s", "元年", "来週", "来月", "曜", "火", "第", "末", "上旬", "午後", "夜",
        "今夜", "明日", "いや", "じゃなくて", "あ、", "えー", "えーと", "ゼロ", "いち", "さん", "にじ", "ビー", "受付番号", "〒", "ISBN", "978", "@",
        "アットマーク", "ドット", "example", "090", "+81", "「", "」", "『", "徒歩", "丁目", "生まれ", "生後", "¥", "大人", "定員", "上から", "\u{0}", "\u{7}",
        "\u{1f600}", "\u{200d}", "e\u{301}", "ﾊﾟ", "㍻", "①", "½", "ヶ", "가", "thứ", "next ", "pm", "99999999999999999999", "٣", "\u{fffc}", "\u{10ffff}",
        "週間", "日間", "後", "前", "24",
    ];
    let mut seed = 20_261_103u64;
    let mut next = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % n
    };
    let edges = ["2026-11-03T10:00:00+09:00", "2028-02-29T23:59:59+09:00", "2026-12-31T00:00:00+09:00", "2027-01-31T12:00:00+09:00"];
    for round in 0..6_000 {
        let text: String = (0..1 + next(24)).map(|_| PIECES[next(PIECES.len())]).collect();
        let now = at(edges[round % edges.len()]);
        let slots = normalise::read(&text, now);
        for slot in &slots {
            assert!(slots.text().get(slot.span.start..slot.span.end).is_some_and(|s| !s.is_empty()), "{text:?}: {slot:?}");
        }
        assert_eq!(slots, normalise::read(&text, now), "{text:?}");
        let both = |a, b| slots.get(a).is_some() && slots.get(b).is_some();
        assert!(!both(normalise::Kind::Date, normalise::Kind::DateRange), "{text:?}");
        assert!(!both(normalise::Kind::Time, normalise::Kind::TimeRange), "{text:?}");
    }
    for piece in PIECES {
        let long = piece.repeat(5_000 / piece.chars().count());
        let _ = normalise::read(&long, at(NOW));
        let _ = normalise::number::read(&long);
    }
    for day in ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"] {
        for text in ["明日", "10日前", "来月末", "3日", "2月29日", "来週の火曜", "100か月後"] {
            let _ = normalise::read(text, at(day));
        }
    }
}
