//! Charts, drawn on the server.

use crate::show;
use maud::{Markup, PreEscaped, html};

pub fn tile(label: &str, value: &str, note: &str) -> Markup {
    html! { div.tile { p { (label) } strong { (value) } p.small { (note) } } }
}

/// Columns by hour, one colour a channel.
pub fn by_hour(rows: &[(i32, String, i64, i64)]) -> Markup {
    let total = |hour: i32| rows.iter().filter(|(h, ..)| *h == hour).map(|(_, _, n, _)| n).sum::<i64>();
    let most = (0..24).map(total).max().unwrap_or(0).max(1);
    let mut svg = String::new();
    for hour in 0..24 {
        let mut top = 130;
        for (_, channel, count, _) in rows.iter().filter(|(h, ..)| *h == hour) {
            let height = count * 110 / most;
            top -= height;
            svg.push_str(&format!("<rect class=\"{}\" x=\"{}\" y=\"{top}\" width=\"20\" height=\"{height}\"><title>{hour}時 {} {count}</title></rect>", class(channel), 30 + hour * 28, show::channel(channel)));
        }
        if hour % 3 == 0 {
            svg.push_str(&format!("<text x=\"{}\" y=\"146\" text-anchor=\"middle\">{hour}時</text>", 40 + hour * 28));
        }
    }
    html! {
        svg.chart viewBox="0 0 710 150" role="img" aria-label={ "時間帯ごとの会話の数。最も多い時間は" (most) "件" } { line x1="26" y1="130" x2="704" y2="130" {} text x="22" y="24" text-anchor="end" { (most) } (PreEscaped(svg)) }
        p.legend { @for id in ["line", "web", "phone"] { span class=(id) { (show::channel(id)) } } }
    }
}

/// Only words of ours become a class.
fn class(channel: &str) -> &'static str {
    match channel {
        "line" => "line",
        "phone" => "phone",
        _ => "web",
    }
}

pub fn bars(rows: Vec<(String, i64)>) -> Markup {
    let most = rows.iter().map(|(_, n)| *n).max().unwrap_or(1).max(1);
    html! {
        @if rows.is_empty() { p.small { "まだありません。" } }
        table.bars { tbody { @for (label, n) in &rows { tr { th scope="row" { (label) } td { svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" { rect width=(n * 100 / most) height="10" rx="1" {} } } td.n { (n) } } } } }
    }
}
