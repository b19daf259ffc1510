//! The command line: `--name value` pairs, all optional.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;

#[derive(Clone, Debug)]
pub struct Options {
    pub data: PathBuf,
    pub out: PathBuf,
    pub seed: u64,
    /// An n-gram is known when at least this many sentences hold it.
    pub min_lines: u32,
    /// Number of sub-word pieces.
    pub pieces: usize,
    /// Strength of the noise, 0.0 to 1.0.
    pub noise: f32,
    /// Members to train, by kind: `bag,bag,encoder`.
    pub members: String,
    /// Settings of members that differ from the usual: `bag.epochs=10,encoder.width=96`.
    pub set: String,
    /// Stop after measuring: the weights then lack the held-out sentences.
    pub held_out_only: bool,
    /// Print the held-out sentences whose alarm is wrong.
    pub explain: bool,
}

const USAGE: &str = "train [--data DIR] [--out DIR] [--seed N] [--min-lines N] [--pieces N] [--noise X] [--members LIST] [--set LIST] [--held-out-only] [--explain]";

impl Options {
    pub fn from_args() -> Result<Options> {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut options = Options {
            data: here.join("data"),
            out: here.join("weights"),
            seed: 1,
            min_lines: 2,
            pieces: 6000,
            noise: 1.0,
            members: "bag,encoder".to_owned(),
            set: String::new(),
            held_out_only: false,
            explain: false,
        };
        let mut args = std::env::args().skip(1);
        while let Some(name) = args.next() {
            match name.as_str() {
                "--held-out-only" => options.held_out_only = true,
                "--explain" => options.explain = true,
                _ => {}
            }
            if is_flag(&name) {
                continue;
            }
            let value = args.next().with_context(|| format!("{name} needs a value\n{USAGE}"))?;
            match name.as_str() {
                "--data" => options.data = value.into(),
                "--out" => options.out = value.into(),
                "--seed" => options.seed = value.parse().context(USAGE)?,
                "--min-lines" => options.min_lines = value.parse().context(USAGE)?,
                "--pieces" => options.pieces = value.parse().context(USAGE)?,
                "--noise" => options.noise = value.parse().context(USAGE)?,
                "--members" => options.members = value,
                "--set" => options.set = value,
                _ => bail!("{name} is not known\n{USAGE}"),
            }
        }
        Ok(options)
    }

    /// The value of `kind.name` in `--set`, or `usual`.
    pub fn tuned<T: std::str::FromStr>(&self, kind: &str, name: &str, usual: T) -> T {
        let key = format!("{kind}.{name}=");
        self.set.split(',').find_map(|item| item.strip_prefix(&key)?.parse().ok()).unwrap_or(usual)
    }
}

fn is_flag(name: &str) -> bool {
    matches!(name, "--held-out-only" | "--explain")
}
