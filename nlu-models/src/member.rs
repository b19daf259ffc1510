//! One network of the ensemble together with what it sees a sentence by, ready to score one.

use crate::{
    network::{Heads, Scores, Sizes},
    table::SmallTable,
    vocabulary::Feature,
};
use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use std::collections::HashMap;

/// A sentence as the networks see it.
pub enum Seen {
    /// By its n-grams: each network looks up vectors of its own.
    Grams(Vec<Feature>),
    /// By the vector of a larger encoder, the same for all networks.
    Vector(Vec<f32>),
}

/// A trained member.
pub struct Member {
    /// Share in the average of the intents, and in that of the emergencies.
    pub weight: f32,
    pub alarm_weight: f32,
    /// `None` for a network behind a larger encoder.
    table: Option<SmallTable>,
    heads: Heads,
}

impl Member {
    /// `tensors` holds the dense part under the names of [`Heads::shapes`].
    pub fn new(shares: [f32; 2], sizes: Sizes, table: Option<SmallTable>, tensors: HashMap<String, Tensor>) -> Result<Member> {
        let vb = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        let [weight, alarm_weight] = shares;
        Ok(Member { weight, alarm_weight, table, heads: Heads::new(sizes, &vb)? })
    }

    /// The vector of one sentence.
    pub fn view(&self, seen: &Seen) -> Result<Vec<f32>> {
        match (seen, &self.table) {
            (Seen::Grams(features), Some(table)) => Ok(table.mix(features)),
            (Seen::Vector(vector), None) => Ok(vector.clone()),
            _ => candle_core::bail!("the network was trained on another view of the text"),
        }
    }

    /// Scores one sentence.
    pub fn score(&self, seen: &Seen) -> Result<Scores> {
        let x = self.view(seen)?;
        let width = x.len();
        self.heads.forward(Tensor::from_vec(x, (1, width), &Device::Cpu)?, &mut None)
    }
}
