//! The members of the ensemble and how each is trained.

use crate::{fit::Plan, options::Options};
use nlu_models::manifest::MemberKind;

pub fn plans(options: &Options) -> Vec<Plan> {
    options
        .members
        .split(',')
        .enumerate()
        .map(|(at, kind)| {
            let set = |name: &str, usual: f64| options.tuned(kind, name, usual);
            let encoder = kind == "encoder";
            let either = |bag: f64, enc: f64| if encoder { enc } else { bag };
            Plan {
                name: format!("{kind}{at}"),
                kind: if encoder { MemberKind::Encoder } else { MemberKind::Bag },
                seed: options.seed.wrapping_mul(1000) + at as u64,
                width: set("width", either(64.0, 96.0)) as usize,
                hidden: set("hidden", either(256.0, 256.0)) as usize,
                epochs: set("epochs", either(12.0, 12.0)) as usize,
                batch: set("batch", 64.0) as usize,
                table_rate: set("table_rate", either(0.01, 0.002)),
                dense_rate: set("dense_rate", either(0.002, 0.002)),
                word_dropout: set("word_dropout", either(0.3, 0.1)) as f32,
                dropout: set("dropout", either(0.3, 0.2)) as f32,
                families_only: set("families_only", 0.1) as f32,
                smoothing: set("smoothing", 0.1) as f32,
                alarm_share: set("alarm_share", 1.0),
                deviation: set("deviation", either(0.3, 0.3)) as f32,
            }
        })
        .collect()
}
