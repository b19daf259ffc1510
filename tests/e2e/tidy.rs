//! The rules of the house that a program can check.

use e2e::root;
use intents::{Texts, Tools, services};
use model::Lang;
use std::{
    fs,
    path::{Path, PathBuf},
};

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && !["target", "node_modules", ".git", "data"].contains(&name.to_string_lossy().as_ref()) {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

#[test]
fn arrows_point_one_way_and_the_pure_crates_do_no_io() {
    for (krate, banned) in [("bot/model", &["tokio", "sqlx", "axum"][..]), ("bot/dialogue", &["tokio", "sqlx", "axum", "store"]), ("backoffice", &["dialogue", "intents", "channels", "turn"])] {
        let manifest = fs::read_to_string(root().join(krate).join("Cargo.toml")).expect("a manifest");
        for name in banned {
            assert!(!manifest.lines().any(|line| line.starts_with(name)), "{krate} must not depend on {name}");
        }
    }
    for (library, home) in [("whisper-rs", "voice/whisper"), ("rsipstack", "voice/sip"), ("jbonsai", "voice/speech")] {
        for manifest in files(&root(), "Cargo.toml").into_iter().filter(|manifest| *manifest != root().join("Cargo.toml")) {
            let text = fs::read_to_string(&manifest).expect("a manifest");
            let links = text.lines().any(|line| line.starts_with(library));
            assert_eq!(links, manifest == root().join(home).join("Cargo.toml"), "{} and {library}", manifest.display());
        }
    }
    for manifest in files(&root(), "Cargo.toml") {
        let text = fs::read_to_string(&manifest).expect("a manifest");
        let candle = text.lines().any(|line| line.starts_with("candle"));
        let allowed = ["nlu-models/Cargo.toml", "nlu-models/encoder/Cargo.toml"].iter().any(|one| manifest.ends_with(one));
        assert!(!candle || allowed || manifest == root().join("Cargo.toml"), "{} links candle", manifest.display());
    }
}

#[test]
fn files_stay_small() {
    for file in files(&root(), ".rs") {
        let lines = fs::read_to_string(&file).expect("a source file").lines().count();
        assert!(lines <= 500, "{} has {lines} lines; split it", file.display());
    }
}

#[test]
fn every_text_is_there_in_every_language_with_the_same_variables() {
    let services = services(Tools::default());
    let texts = Texts::load(&services).expect("texts");
    let mut missing = Vec::new();
    for file in files(&root(), "texts/ja.ftl") {
        let source = entries(&fs::read_to_string(&file).expect("texts"));
        for lang in Lang::ALL.into_iter().filter(|lang| *lang != Lang::Ja) {
            let other = entries(&fs::read_to_string(file.with_file_name(format!("{lang}.ftl"))).expect("texts"));
            for (key, variables) in &source {
                match other.iter().find(|(k, _)| k == key) {
                    None => missing.push(format!("{lang}: {key}")),
                    Some((_, theirs)) if theirs != variables => missing.push(format!("{lang}: {key}: variables {theirs:?} instead of {variables:?}")),
                    Some(_) => assert!(texts.has(lang, key), "{lang}: {key} is in the file and not in the house"),
                }
            }
        }
    }
    assert!(missing.is_empty(), "{} texts: {}", missing.len(), missing.join("\n"));
}

/// LINE shows labels of buttons up to so many characters, and of quick replies half as many.
const LABEL: usize = 40;
/// A bubble of more than this (characters) is nothing that people read; LINE's own limit is 5,000.
const TEXT: usize = 700;

#[test]
fn no_text_is_too_long_for_line() {
    let mut long = Vec::new();
    for file in files(&root(), ".ftl") {
        for (key, text) in wordings(&fs::read_to_string(&file).expect("texts")) {
            let label = key.ends_with("-label") || key.ends_with("-title");
            let limit = if label { LABEL } else { TEXT };
            if text.encode_utf16().count() > limit {
                long.push(format!("{}: {key}: {} characters, at most {limit}", file.display(), text.encode_utf16().count()));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// Message ids with their words, as they stand in the file.
fn wordings(text: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once(" = ").filter(|(key, _)| !key.starts_with(' ')) {
            Some((key, words)) => all.push((key.to_owned(), words.to_owned())),
            None => {
                if let Some((_, words)) = all.last_mut() {
                    words.push_str(line.trim());
                }
            }
        }
    }
    all
}

/// Message ids with the variables they use.
fn entries(text: &str) -> Vec<(String, Vec<String>)> {
    let mut entries: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((key, _)) = line.split_once(" =").filter(|(key, _)| !key.starts_with(' ') && !key.is_empty()) {
            entries.push((key.to_owned(), Vec::new()));
        }
        if let Some((_, variables)) = entries.last_mut() {
            for found in line.split("{ $").skip(1) {
                let name = found.split(' ').next().unwrap_or_default().to_owned();
                if !variables.contains(&name) {
                    variables.push(name);
                }
            }
            variables.sort();
        }
    }
    entries
}

#[test]
fn every_form_has_its_texts() {
    let services = services(Tools::default());
    let texts = Texts::load(&services).expect("texts");
    let catalogue = intents::catalogue(&services).expect("a catalogue");
    for form in catalogue.forms() {
        let mut keys = vec![form.text("title")];
        for field in form.fields.iter().filter(|field| field.required) {
            keys.extend(["ask", "which", "invalid", "name"].map(|what| form.text(&format!("{what}-{}", field.name))));
        }
        if form.kind == dialogue::FormKind::Task {
            keys.push(form.text("confirm"));
        }
        for field in &form.fields {
            if let dialogue::FieldKind::Choice { options } | dialogue::FieldKind::MultiChoice { options } = &field.kind {
                keys.extend(options.iter().map(|option| form.text(&format!("{}-{}", field.name, option.value))));
            }
            keys.extend(field.help.then(|| form.text(&format!("help-{}", field.name))));
        }
        for key in keys {
            assert!(texts.has(Lang::Ja, &key), "the text {key} of {} is missing", form.id);
        }
    }
}

#[test]
fn every_intent_of_the_models_leads_somewhere() {
    let catalogue = intents::catalogue(&services(Tools::default())).expect("a catalogue");
    for file in files(&root().join("nlu-models"), ".txt").iter().chain(&data_files()) {
        if file.parent().is_some_and(|folder| folder.ends_with("data/intents")) {
            let intent = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let own = ["control.", "smalltalk.", "out_of_scope"].iter().any(|prefix| intent.starts_with(prefix));
            assert!(own || catalogue.for_intent(&intent).is_some(), "nothing serves the intent {intent}");
        }
    }
}

fn data_files() -> Vec<PathBuf> {
    let folder = root().join("nlu-models/data/intents");
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}
