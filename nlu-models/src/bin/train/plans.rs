//! The members of the ensemble and how each is trained.

use crate::{fit::Plan, options::Options};

/// `bag` learns everything; `alarm` learns emergencies alone and has no say in the intents.
pub fn plans(options: &Options) -> Vec<Plan> {
    options.members.split(',').enumerate().map(|(at, kind)| plan(options, at, kind)).collect()
}

fn plan(options: &Options, at: usize, kind: &str) -> Plan {
    let set = |name: &str, usual: f64| options.tuned(kind, name, usual);
    let alarm = kind == "alarm";
    let either = |bag: f64, other: f64| if alarm { other } else { bag };
    Plan {
        name: format!("{kind}{at}"),
        seed: options.seed.wrapping_mul(1000) + at as u64,
        width: set("width", either(64.0, 32.0)) as usize,
        hidden: set("hidden", either(256.0, 8.0)) as usize,
        epochs: set("epochs", either(14.0, 10.0)) as usize,
        batch: set("batch", 32.0) as usize,
        table_rate: set("table_rate", 0.01),
        dense_rate: set("dense_rate", 0.002),
        word_dropout: set("word_dropout", either(0.3, 0.5)) as f32,
        dropout: set("dropout", either(0.3, 0.4)) as f32,
        families_only: set("families_only", either(0.1, 0.25)) as f32,
        noisy: set("noisy", 0.5) as f32,
        smoothing: set("smoothing", 0.1) as f32,
        intent_share: set("intent_share", either(1.0, 0.0)),
        group_share: set("group_share", either(0.5, 0.0)),
        alarm_share: set("alarm_share", 1.0),
        alarm_copies: set("alarm_copies", either(1.0, 3.0)) as usize,
        deviation: set("deviation", 0.05) as f32,
        weight: set("weight", either(1.0, 0.0)) as f32,
        alarm_weight: set("alarm_weight", 1.0) as f32,
    }
}
