//! The confusion matrix as a picture (SVG).

use nlu_models::measure::Outcome;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// Side of a cell, width of the names at the left, height of the names above, in pixels.
const CELL: usize = 17;
const LEFT: usize = 215;
const ABOVE: usize = 265;
/// Room at the right for the share that was right.
const RIGHT: usize = 70;

/// Rows are what was wanted, columns what came; the darker, the larger the share of the row. Wrong cells show how often.
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
    let (width, height) = (LEFT + CELL * labels.len() + RIGHT, ABOVE + CELL * labels.len() + 20);
    let right: usize = counts.iter().filter(|((row, column), _)| row == column).map(|(_, count)| count).sum();
    let mut out = String::new();
    let mut put = |text: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _ = out.write_fmt(text);
    };
    put(format_args!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n"));
    put(format_args!("<title>Confusion matrix: wanted (rows), got (columns)</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"));
    put(format_args!("<text x=\"16\" y=\"34\" font-size=\"22\">Confusion matrix</text>\n"));
    put(format_args!("<text x=\"16\" y=\"58\">{} sentences, {right} right</text>\n", outcomes.len()));
    put(format_args!("<text x=\"16\" y=\"78\">row: what was meant</text>\n<text x=\"16\" y=\"96\">column: what was heard</text>\n"));
    put(format_args!("<text x=\"16\" y=\"114\" fill=\"#b71c1c\">red, with a count: wrong</text>\n"));
    put(format_args!("<text x=\"{}\" y=\"{}\" fill=\"#1b5e20\">right</text>\n", width - RIGHT + 8, ABOVE - 6));
    let mut service = "";
    for (label, &at) in &place {
        let (x, y) = (LEFT + at * CELL, ABOVE + at * CELL);
        // A darker line where another service begins.
        let of = label.split('.').next().unwrap_or_default();
        let stroke = if of == service { "#eee" } else { "#999" };
        service = of;
        put(format_args!("<path d=\"M{LEFT} {y}H{}M{x} {ABOVE}V{}\" stroke=\"{stroke}\"/>\n", width - RIGHT, height - 20));
        put(format_args!("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{label}</text>\n", LEFT - 5, y + 13));
        put(format_args!("<text transform=\"translate({},{}) rotate(-90)\">{label}</text>\n", x + 13, ABOVE - 5));
        if let Some(share) = counts.get(&(at, at)).map(|count| 100 * count / rows[at].max(1)) {
            put(format_args!("<text x=\"{}\" y=\"{}\">{share}%</text>\n", width - RIGHT + 8, y + 13));
        }
    }
    for ((row, column), count) in counts {
        let share = count as f64 / rows[row].max(1) as f64;
        let (x, y) = (LEFT + column * CELL, ABOVE + row * CELL);
        // Few errors are to be seen too: their shade begins at a third.
        let (colour, shade) = if row == column { ("#1b5e20", share) } else { ("#b71c1c", (0.35 + 2.0 * share).min(1.0)) };
        put(format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\" fill=\"{colour}\" fill-opacity=\"{shade:.2}\"><title>{count}</title></rect>\n"));
        if row != column {
            put(format_args!("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\">{count}</text>\n", x + CELL / 2, y + 13));
        }
    }
    put(format_args!("</svg>\n"));
    out
}
