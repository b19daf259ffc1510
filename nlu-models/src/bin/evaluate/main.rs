//! Measures understanding and search, and writes a report.
//!
//! Without options: the development sets beside the repository (where they are there), our own validation sentences, our
//! own FAQ collections; the report goes to `target/evaluation`. Nothing that is measured on here is trained on.

#![forbid(unsafe_code)]

mod alarms;
mod bm25;
mod faq;
mod intents;
mod matrix;
mod options;
mod report;
mod slots;

use anyhow::{Context, Result};
use nlu_models::Nlu;
use options::Options;
use report::Report;
use std::{fs, sync::Arc, time::Instant};

fn main() -> Result<()> {
    let options = Options::from_args()?;
    let mut report = Report::default();
    let began = Instant::now();
    let nlu = Arc::new(options.weights.as_deref().map_or_else(Nlu::embedded, Nlu::load)?);
    report.line(format!("Loaded in {:.0} ms; {} sentences, seed {}.", began.elapsed().as_secs_f64() * 1e3, nlu.manifest().sentences, nlu.manifest().seed));
    let mut picture = None;
    for set in &options.intents {
        let (title, lines) = set.read()?;
        report.title(&format!("Intents: {title}"));
        picture = Some(intents::measure(&nlu, &lines, options.misses, &mut report));
    }
    for file in options.emergencies.iter().filter(|file| report::there(file)) {
        report.title(&format!("Emergencies: {}", file.display()));
        alarms::measure(&nlu, &fs::read_to_string(file)?, options.misses, &mut report).with_context(|| file.display().to_string())?;
    }
    for file in options.slots.iter().filter(|file| report::there(file)) {
        report.title(&format!("Slots: {}", file.display()));
        slots::measure(&fs::read_to_string(file)?, options.misses, &mut report).with_context(|| file.display().to_string())?;
    }
    for folder in options.faq.iter().filter(|folder| report::there(folder)) {
        report.title(&format!("FAQ search: {}", folder.display()));
        faq::measure(Some(nlu.clone()), folder, options.misses, &mut report)?;
    }
    fs::create_dir_all(&options.out)?;
    if let Some(picture) = picture {
        fs::write(options.out.join("confusion.svg"), picture)?;
        report.line("![Confusion matrix of the last set of intents](confusion.svg)".to_owned());
    }
    let path = options.out.join("report.md");
    fs::write(&path, report.text())?;
    println!("written: {}", path.display());
    Ok(())
}
