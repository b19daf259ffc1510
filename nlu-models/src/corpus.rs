//! Reads the training sentences: one file per label, `## section` lines, `#` comments.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// One training sentence and where it stands, for error messages that can be clicked.
#[derive(Clone, Debug)]
pub struct Line {
    pub text: String,
    /// The file's stem: `waste.sort`, `fire`.
    pub label: String,
    /// `ja typed`, `ja phone`, `en`, `zh`, `ko`, `vi`.
    pub section: String,
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.text)
    }
}

/// Every sentence of every `.txt` file in `folder`, files by name, lines in order.
pub fn read_folder(folder: &Path) -> io::Result<Vec<Line>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        read_file(&file, &mut lines)?;
    }
    Ok(lines)
}

fn read_file(file: &Path, lines: &mut Vec<Line>) -> io::Result<()> {
    let label = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut section = String::new();
    for (number, raw) in fs::read_to_string(file)?.lines().enumerate() {
        let text = raw.trim();
        if let Some(name) = text.strip_prefix("##") {
            name.trim().clone_into(&mut section);
        } else if !text.is_empty() && !text.starts_with('#') {
            lines.push(Line {
                text: text.to_owned(),
                label: label.clone(),
                section: section.clone(),
                file: file.to_owned(),
                line: number + 1,
            });
        }
    }
    Ok(())
}

/// Groups of wordings of one question, from every `.txt` file in `folder`: a line `= official wording`, then what residents
/// say. The label of a line is its group: the file's stem and a number.
pub fn read_groups(folder: &Path) -> io::Result<Vec<Line>> {
    let mut lines = read_folder(folder)?;
    let mut group = String::new();
    for line in &mut lines {
        if let Some(official) = line.text.strip_prefix("= ") {
            group = format!("{}:{}", line.label, line.line);
            line.text = official.trim().to_owned();
        }
        line.label.clone_from(&group);
        "ja typed".clone_into(&mut line.section);
    }
    Ok(lines)
}

/// The folders that decide what the weights are.
const PARTS: [&str; 5] = ["calibration", "emergency", "intents", "paraphrases", "validation"];

/// A fingerprint of all data under `folder` that decides what the weights are (FNV-1a, 64 bit, hexadecimal), for telling
/// whether weights are older than their data. Comments and blank lines do not count.
pub fn fingerprint(folder: &Path) -> io::Result<String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |text: &str| {
        for &byte in text.as_bytes().iter().chain(b"\n") {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for part in PARTS {
        let mut files: Vec<PathBuf> = fs::read_dir(folder.join(part))?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        files.sort();
        for file in files {
            take(part);
            take(&file.file_name().unwrap_or_default().to_string_lossy());
            let text = fs::read_to_string(&file)?;
            let counts = |line: &&str| !line.is_empty() && (line.starts_with("##") || !line.starts_with('#'));
            text.lines().map(str::trim).filter(counts).for_each(&mut take);
        }
    }
    Ok(format!("{hash:016x}"))
}
