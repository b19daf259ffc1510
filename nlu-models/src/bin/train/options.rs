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
    /// Strength of the noise, 0.0 to 1.0.
    pub noise: f32,
    /// Members to train, by kind: `bag,bag,alarm`.
    pub members: String,
    /// Settings of members that differ from the usual: `bag.epochs=10,alarm.width=16`.
    pub set: String,
    /// The folder of a larger encoder to stand on, instead of n-grams.
    pub encoder: Option<PathBuf>,
    /// Keep the weights that are there; calibrate and measure anew.
    pub calibrate_only: bool,
    /// Print the validation sentences whose alarm is wrong.
    pub explain: bool,
}

const USAGE: &str = "train [--data DIR] [--out DIR] [--seed N] [--min-lines N] [--noise X] [--members LIST] [--set LIST] [--encoder DIR] [--calibrate-only] [--explain]";

impl Options {
    pub fn from_args() -> Result<Options> {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut options = Options {
            data: here.join("data"),
            out: here.join("weights"),
            seed: 1,
            min_lines: 14,
            noise: 1.0,
            members: "bag,bag,alarm".to_owned(),
            set: String::new(),
            encoder: None,
            calibrate_only: false,
            explain: false,
        };
        let mut args = std::env::args().skip(1);
        while let Some(name) = args.next() {
            let flag = match name.as_str() {
                "--calibrate-only" => Some(&mut options.calibrate_only),
                "--explain" => Some(&mut options.explain),
                _ => None,
            };
            if let Some(flag) = flag {
                *flag = true;
                continue;
            }
            let value = args.next().with_context(|| format!("{name} needs a value\n{USAGE}"))?;
            match name.as_str() {
                "--data" => options.data = value.into(),
                "--out" => options.out = value.into(),
                "--seed" => options.seed = value.parse().context(USAGE)?,
                "--min-lines" => options.min_lines = value.parse().context(USAGE)?,
                "--noise" => options.noise = value.parse().context(USAGE)?,
                "--members" => options.members = value,
                "--set" => options.set = value,
                "--encoder" => options.encoder = Some(value.into()),
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
