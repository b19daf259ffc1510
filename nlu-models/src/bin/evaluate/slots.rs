//! Exact match of all the slots of a line.

use crate::report::Report;
use anyhow::{Context, Result};
use chrono::DateTime;
use nlu_models::measure::ratio;
use serde_json::Value;

/// Lines `{"text":…,"now":…,"slots":{…}}`.
pub fn measure(text: &str, misses: bool, report: &mut Report) -> Result<()> {
    let (mut right, mut all) = (0, 0);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line: Value = serde_json::from_str(line)?;
        let said = line["text"].as_str().context("a line without text")?;
        let now = DateTime::parse_from_rfc3339(line["now"].as_str().context("a line without now")?)?;
        let got = normalise::read(said, now).to_json();
        all += 1;
        right += usize::from(got == line["slots"]);
        if misses && got != line["slots"] {
            println!("{now} {said}\n    want {}\n    got  {got}", line["slots"]);
        }
    }
    report.line(format!("The whole line right: {:.3} of {all}.", ratio(right, all)));
    Ok(())
}
