//! What was measured, to the terminal and to a Markdown file.

use std::path::Path;

#[derive(Default)]
pub struct Report(String);

impl Report {
    pub fn title(&mut self, title: &str) {
        println!("\n{title}");
        self.0.push_str(&format!("\n## {title}\n\n"));
    }

    pub fn line(&mut self, line: String) {
        println!("{line}");
        self.0.push_str(&line);
        self.0.push_str("\n\n");
    }

    /// Rows of cells; the first are the headings.
    pub fn table(&mut self, rows: &[Vec<String>]) {
        for (n, row) in rows.iter().enumerate() {
            println!("  {}", row.iter().map(|cell| format!("{cell:<24}")).collect::<String>().trim_end());
            self.0.push_str(&format!("| {} |\n", row.join(" | ")));
            if n == 0 {
                self.0.push_str(&format!("|{}\n", "---|".repeat(row.len())));
            }
        }
        self.0.push('\n');
    }

    pub fn text(&self) -> String {
        format!("# Evaluation\n\n{}", self.0)
    }
}

/// Whether a file is there; says so when it is not.
pub fn there(path: &Path) -> bool {
    let there = path.exists();
    if !there {
        println!("\n{} is not there: not measured", path.display());
    }
    there
}
