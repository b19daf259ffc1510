//! The command line: `--name value` pairs. A kind that is named is measured on the named files alone.

use anyhow::{Context, Result, bail};
use nlu_models::{
    corpus::read_folder,
    measure::{Labelled, parse},
};
use std::{env, fs, path::PathBuf};

const USAGE: &str = "evaluate [--weights DIR] [--intents FILE.jsonl|FOLDER]… [--emergencies FILE]… [--slots FILE]… [--faq FOLDER]… [--only] [--misses] [--out DIR]

--only: leave out the kinds that are not named. --misses: print what is wrong.
A folder of --faq holds corpus.jsonl, queries.jsonl and relevance.txt (query, entry, grade).";

#[derive(Default)]
pub struct Options {
    pub weights: Option<PathBuf>,
    pub intents: Vec<Set>,
    pub emergencies: Vec<PathBuf>,
    pub slots: Vec<PathBuf>,
    pub faq: Vec<PathBuf>,
    pub misses: bool,
    pub out: PathBuf,
}

/// Labelled utterances: a `.jsonl` file, or a folder with a file for each intent.
pub struct Set(PathBuf);

impl Set {
    pub fn read(&self) -> Result<(String, Vec<Labelled>)> {
        let title = self.0.display().to_string();
        if !self.0.is_dir() {
            let text = fs::read_to_string(&self.0).with_context(|| title.clone())?;
            let lines = parse(&text).with_context(|| title.clone())?;
            return Ok((title, lines));
        }
        let labelled = |line: nlu_models::corpus::Line| {
            let (lang, register) = line.section.split_once(' ').unwrap_or((&line.section, ""));
            let register = if register == "phone" { "spoken" } else { register };
            Labelled { text: line.text, intent: line.label, register: register.to_owned(), lang: lang.to_owned() }
        };
        Ok((title, read_folder(&self.0)?.into_iter().map(labelled).collect()))
    }
}

impl Options {
    pub fn from_args() -> Result<Options> {
        let mut options = Options { out: PathBuf::from("target/evaluation"), ..Options::default() };
        let mut only = false;
        let mut args = env::args().skip(1);
        while let Some(name) = args.next() {
            match name.as_str() {
                "--only" => only = true,
                "--misses" => options.misses = true,
                "--weights" | "--intents" | "--emergencies" | "--slots" | "--faq" | "--out" => {
                    let value = PathBuf::from(args.next().with_context(|| format!("{name} needs a value\n{USAGE}"))?);
                    match name.as_str() {
                        "--weights" => options.weights = Some(value),
                        "--intents" => options.intents.push(Set(value)),
                        "--emergencies" => options.emergencies.push(value),
                        "--slots" => options.slots.push(value),
                        "--faq" => options.faq.push(value),
                        _ => options.out = value,
                    }
                }
                _ => bail!("{name} is not known\n{USAGE}"),
            }
        }
        if !only {
            options.add_usual();
        }
        Ok(options)
    }

    /// What is measured when nothing else is named.
    fn add_usual(&mut self) {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let shared = env::var_os("SHARED_DIR").map_or_else(|| here.join("../../shared"), PathBuf::from);
        let dev = |file: &str| shared.join("data/understanding").join(file);
        if self.intents.is_empty() {
            self.intents.extend([here.join("data/validation"), dev("dev.jsonl")].into_iter().filter(|path| path.exists()).map(Set));
        }
        if self.emergencies.is_empty() {
            self.emergencies = vec![here.join("data/measure/emergency.jsonl"), dev("emergency-dev.jsonl")];
        }
        if self.slots.is_empty() {
            self.slots = vec![dev("slots-dev.jsonl")];
        }
        if self.faq.is_empty() {
            self.faq = ["faq-a", "faq-b", "faq-c"].map(|name| here.join("data/measure").join(name)).into();
        }
    }
}
