//! Makes the reader's dictionary from the files of NAIST-jdic (CSV, matrix.def, char.def, unk.def).

#![forbid(unsafe_code)]

use anyhow::{Context, ensure};
use jpreprocess_dictionary::dictionary::to_dict::JPreprocessDictionaryBuilder;
use std::path::PathBuf;

fn main() -> anyhow::Result<()> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [from, to] = paths.as_slice() else { anyhow::bail!("speech-dictionary FROM TO") };
    ensure!(from.join("matrix.def").exists(), "{} holds no matrix.def", from.display());
    JPreprocessDictionaryBuilder::default().build_dictionary(from, to).with_context(|| format!("{} cannot be made a dictionary", from.display()))?;
    Ok(())
}
