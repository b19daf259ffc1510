//! What the training sentences must hold to: enough of them, varied, of one mind, and none from the sets that measure.

use nlu_models::{
    Nlu,
    corpus::{Line, fingerprint, read_folder},
    near::{Known, key},
};
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

const SECTIONS: [&str; 6] = ["ja typed", "ja phone", "en", "zh", "ko", "vi"];

fn read(part: &str) -> Vec<Line> {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(part)).unwrap_or_else(|e| panic!("data/{part}: {e}"))
}

fn show(lines: &[String]) -> String {
    format!("{} lines:\n{}", lines.len(), lines[..lines.len().min(30)].join("\n"))
}

#[test]
fn there_are_enough_for_every_intent_in_every_language() {
    let lines = read("intents");
    assert!(lines.len() >= 10_000, "only {} sentences", lines.len());
    let mut counts: BTreeMap<&str, HashMap<&str, usize>> = BTreeMap::new();
    for line in &lines {
        assert!(SECTIONS.contains(&line.section.as_str()), "{line}: no such section: {}", line.section);
        *counts.entry(&line.label).or_default().entry(&line.section).or_default() += 1;
    }
    assert_eq!(counts.len(), 71);
    for (intent, sections) in &counts {
        let all: usize = sections.values().sum();
        assert!(all >= 150, "{intent} has {all} sentences");
        assert!(SECTIONS.iter().all(|section| sections.contains_key(section)), "{intent}: {sections:?}");
    }
    assert!(counts["out_of_scope"].values().sum::<usize>() >= 300);
    assert!(read("validation").len() >= 2_000);
}

/// One sentence with two meanings teaches nothing.
#[test]
fn no_sentence_is_under_two_labels() {
    for part in ["intents", "emergency"] {
        let lines = read(part);
        let mut labels: HashMap<String, &Line> = HashMap::new();
        let mut torn = Vec::new();
        for line in &lines {
            match labels.get(&key(&line.text)) {
                Some(first) if first.label != line.label => torn.push(format!("{line} (also {first})")),
                Some(_) => {}
                None => drop(labels.insert(key(&line.text), line)),
            }
        }
        assert!(torn.is_empty(), "{}", show(&torn));
    }
}

/// Nearly the same again and again makes a file long and a model no wiser.
#[test]
fn near_repetitions_are_few() {
    for part in ["intents", "emergency", "validation"] {
        let lines = read(part);
        let mut near = Vec::new();
        let mut by_label: BTreeMap<&str, Known> = BTreeMap::new();
        for line in &lines {
            let earlier = by_label.entry(&line.label).or_default();
            if earlier.nearest(&line.text).is_some() {
                near.push(line.to_string());
            }
            earlier.add(&line.text);
        }
        println!("{part}: {} of {} nearly repeat an earlier one", near.len(), lines.len());
        assert!(near.len() * 50 <= lines.len(), "{part}: {}", show(&near));
    }
}

/// The texts of a `.jsonl` file, with where they stand.
fn add(lines: &str, file: &str, to: &mut Vec<(String, String)>) {
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let line: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        let text = line["text"].as_str().expect("a text").to_owned();
        to.push((format!("{file}: {text}"), text));
    }
}

/// The sets that measure must not be learnt by heart: neither the development sets nor our own.
#[test]
fn nothing_is_taken_from_the_sets_that_measure() {
    let training: Vec<Line> = read("intents").into_iter().chain(read("emergency")).collect();
    let validation = read("validation");
    let mut measures: Vec<(String, String)> = validation.iter().map(|line| (line.to_string(), line.text.clone())).collect();
    for file in ["calibration/emergency.jsonl", "measure/emergency.jsonl"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file);
        add(&fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())), file, &mut measures);
    }
    let shared = std::env::var_os("SHARED_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    for file in ["dev.jsonl", "slots-dev.jsonl", "emergency-dev.jsonl"] {
        let path = shared.join("data/understanding").join(file);
        let Ok(text) = fs::read_to_string(&path) else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", path.display());
            println!("skipped: {} is not here", path.display());
            continue;
        };
        add(&text, file, &mut measures);
    }
    let known = Known::new(measures.iter().map(|(_, text)| text.as_str()));
    let taken: Vec<String> = training
        .iter()
        // A bare はい or ありがとう is nobody's own.
        .filter(|line| key(&line.text).chars().count() > 6)
        .filter_map(|line| known.nearest(&line.text).map(|(at, likeness)| format!("{line} ({likeness:.2} {})", measures[at].0)))
        .collect();
    assert!(taken.is_empty(), "{}", show(&taken));
}

/// Weights older than their sentences still work: a warning, and an error where a release is checked (`RELEASE=1`).
#[test]
fn the_weights_are_as_new_as_their_sentences() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let nlu = Nlu::embedded().expect("the shipped weights");
    let same = nlu.manifest().data == fingerprint(&data).expect("the data");
    if !same {
        println!("warning: the sentences have changed since the weights were trained; run `make train`");
    }
    assert!(same || std::env::var_os("RELEASE").is_none(), "the sentences have changed since the weights were trained: run `make train`");
}
