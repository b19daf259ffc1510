use std::{fmt, path::PathBuf};

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows that are in the city now.
    pub loaded: usize,
    /// Of these, how many were new or different.
    pub changed: u64,
    pub rejected: Vec<Rejection>,
}

/// A row that was not loaded, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub file: PathBuf,
    /// Counted from 1, the header included.
    pub line: u64,
    pub reason: String,
}

impl Report {
    pub fn reject(&mut self, row: &super::Row<'_>, reason: impl Into<String>) {
        self.rejected.push(Rejection { file: row.file().to_owned(), line: row.line(), reason: reason.into() });
    }

    pub fn add(&mut self, other: Report) {
        self.loaded += other.loaded;
        self.changed += other.changed;
        self.rejected.extend(other.rejected);
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.reason)
    }
}
