//! The confusion matrix as a picture (SVG).

use nlu_models::measure::Outcome;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// Side of a cell, width of the names beside and above, in pixels.
const CELL: usize = 11;
const NAMES: usize = 190;

/// Rows are what was wanted, columns what came; the darker, the larger the share of the row.
pub fn svg(outcomes: &[Outcome]) -> String {
    let labels: BTreeSet<&str> = outcomes.iter().flat_map(|o| [o.wanted.as_str(), o.got.as_str()]).collect();
    let place: BTreeMap<&str, usize> = labels.iter().zip(0..).map(|(label, at)| (*label, at)).collect();
    let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut rows = vec![0usize; labels.len()];
    for outcome in outcomes {
        let (row, column) = (place[outcome.wanted.as_str()], place[outcome.got.as_str()]);
        *counts.entry((row, column)).or_default() += 1;
        rows[row] += 1;
    }
    let side = NAMES + CELL * labels.len() + 10;
    let mut out = String::new();
    let mut put = |text: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _ = out.write_fmt(text);
    };
    put(format_args!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side}\" height=\"{side}\" font-family=\"sans-serif\" font-size=\"9\">\n"));
    put(format_args!("<title>Confusion matrix: wanted (rows), got (columns)</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"));
    for (label, at) in &place {
        let along = NAMES + at * CELL;
        put(format_args!("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{label}</text>\n", NAMES - 4, along + 9));
        put(format_args!("<text transform=\"translate({},{}) rotate(-90)\">{label}</text>\n", along + 9, NAMES - 4));
        put(format_args!("<path d=\"M{NAMES} {along}H{}M{along} {NAMES}V{}\" stroke=\"#eee\"/>\n", side - 10, side - 10));
    }
    for ((row, column), count) in counts {
        let share = count as f64 / rows[row].max(1) as f64;
        let colour = if row == column { "#1b5e20" } else { "#b71c1c" };
        let (x, y) = (NAMES + column * CELL, NAMES + row * CELL);
        put(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\" fill=\"{colour}\" fill-opacity=\"{:.2}\"><title>{count}</title></rect>\n",
            0.15 + 0.85 * share
        ));
    }
    put(format_args!("</svg>\n"));
    out
}
