//! One network of the ensemble together with its vectors, ready to score one sentence.

use crate::{
    manifest::MemberKind,
    network::{Encoder, Heads, Scores, Sizes},
    vocabulary::Feature,
};
use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{VarBuilder, VarMap};
use std::collections::HashMap;

/// Rows of equal width: one vector for each n-gram or token.
#[derive(Clone, Debug)]
pub struct Table {
    pub width: usize,
    /// Row after row.
    pub values: Vec<f32>,
}

impl Table {
    #[must_use]
    pub fn row(&self, at: usize) -> &[f32] {
        &self.values[at * self.width..(at + 1) * self.width]
    }

    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    /// The weighted sum of rows; rows that do not exist count as zero.
    #[must_use]
    pub fn mix(&self, features: &[Feature]) -> Vec<f32> {
        let mut out = vec![0.0; self.width];
        for &(row, weight) in features.iter().filter(|(row, _)| *row < self.rows()) {
            for (sum, value) in out.iter_mut().zip(self.row(row)) {
                *sum += weight * value;
            }
        }
        out
    }
}

/// The part behind the vectors.
pub enum Network {
    Bag(Heads),
    Encoder(Encoder),
}

impl Network {
    pub fn new(kind: MemberKind, sizes: Sizes, vb: &VarBuilder<'_>) -> Result<Network> {
        Ok(match kind {
            MemberKind::Bag => Network::Bag(Heads::new(sizes.width, sizes, vb)?),
            MemberKind::Encoder => Network::Encoder(Encoder::new(sizes, vb)?),
        })
    }

    /// The names and shapes of the tensors that a network of these sizes has.
    pub fn shapes(kind: MemberKind, sizes: Sizes) -> Result<Vec<(String, Vec<usize>)>> {
        let map = VarMap::new();
        Network::new(kind, sizes, &VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
        let data = map.data().lock().map_err(|_| candle_core::Error::msg("poisoned"))?;
        let mut shapes: Vec<_> = data.iter().map(|(name, var)| (name.clone(), var.dims().to_vec())).collect();
        shapes.sort();
        Ok(shapes)
    }
}

/// A trained member.
pub struct Member {
    pub weight: f32,
    table: Table,
    network: Network,
}

impl Member {
    /// `tensors` holds the dense part under the names of [`Network::shapes`].
    pub fn new(kind: MemberKind, weight: f32, sizes: Sizes, table: Table, tensors: HashMap<String, Tensor>) -> Result<Member> {
        let vb = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        Ok(Member { weight, table, network: Network::new(kind, sizes, &vb)? })
    }

    /// Scores one sentence, given as n-grams and as tokens.
    pub fn score(&self, features: &[Feature], tokens: &[u32]) -> Result<Scores> {
        let device = Device::Cpu;
        match &self.network {
            Network::Bag(heads) => {
                let x = Tensor::from_vec(self.table.mix(features), (1, self.table.width), &device)?;
                heads.forward(x, &mut None)
            }
            Network::Encoder(encoder) => {
                let (rows, width) = (self.table.rows(), self.table.width);
                let known = |&id: &u32| if (id as usize) < rows { id as usize } else { 0 };
                let x: Vec<f32> = tokens.iter().flat_map(|id| self.table.row(known(id))).copied().collect();
                let x = Tensor::from_vec(x, (1, tokens.len(), width), &device)?;
                let mask = Tensor::ones((1, tokens.len(), 1), DType::F32, &device)?;
                encoder.forward(x, &mask, &mut None)
            }
        }
    }
}
