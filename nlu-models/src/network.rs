//! From one vector per sentence to scores. Shapes: B sentences, D width of a vector.
//!
//! The vectors themselves are looked up outside: a sentence touches a few hundred of some ten thousand rows, and
//! only those rows may cost time, in use and in training.

use crate::rng::Rng;
use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, VarMap, linear, linear_no_bias};

/// Sizes that the weights decide; read back from the tensors' shapes when they are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// D: width of the looked-up vectors.
    pub width: usize,
    /// Width of the hidden layer before the intents.
    pub hidden: usize,
    pub intents: usize,
    pub emergencies: usize,
}

/// Scores before the softmax: `intents` [B, intents], `emergencies` [B, 1 + 6].
pub struct Scores {
    pub intents: Tensor,
    pub emergencies: Tensor,
}

/// Switches values off at random while training; `None` in use.
pub type Dropout<'a> = Option<(&'a mut Rng, f32)>;

fn drop_some(x: Tensor, dropout: &mut Dropout<'_>) -> Result<Tensor> {
    // candle's own dropout cannot be seeded on the CPU, so the mask is made here.
    let Some((rng, rate)) = dropout else { return Ok(x) };
    let keep = 1.0 - *rate;
    let mask: Vec<f32> = (0..x.elem_count()).map(|_| if rng.chance(keep) { 1.0 / keep } else { 0.0 }).collect();
    x.mul(&Tensor::from_vec(mask, x.shape(), x.device())?)
}

/// A hidden layer and a direct path for the intents, a smaller hidden layer for the emergencies.
pub struct Heads {
    hidden: Linear,
    out: Linear,
    direct: Linear,
    alarm_hidden: Linear,
    alarm_out: Linear,
}

/// Width of the hidden layer before the emergencies.
const ALARM_HIDDEN: usize = 64;

impl Heads {
    pub fn new(sizes: Sizes, vb: &VarBuilder<'_>) -> Result<Heads> {
        Ok(Heads {
            hidden: linear(sizes.width, sizes.hidden, vb.pp("hidden"))?,
            out: linear(sizes.hidden, sizes.intents, vb.pp("out"))?,
            direct: linear_no_bias(sizes.width, sizes.intents, vb.pp("direct"))?,
            alarm_hidden: linear(sizes.width, ALARM_HIDDEN, vb.pp("alarm_hidden"))?,
            alarm_out: linear(ALARM_HIDDEN, sizes.emergencies, vb.pp("alarm_out"))?,
        })
    }

    /// `x` is [B, D].
    pub fn forward(&self, x: Tensor, dropout: &mut Dropout<'_>) -> Result<Scores> {
        let x = drop_some(x, dropout)?;
        let hidden = drop_some(self.hidden.forward(&x)?.relu()?, dropout)?;
        let intents = (self.out.forward(&hidden)? + self.direct.forward(&x)?)?;
        let alarm = drop_some(self.alarm_hidden.forward(&x)?.relu()?, dropout)?;
        Ok(Scores { intents, emergencies: self.alarm_out.forward(&alarm)? })
    }

    /// The names and shapes of the tensors that heads of these sizes have, by name.
    pub fn shapes(sizes: Sizes) -> Result<Vec<(String, Vec<usize>)>> {
        let map = VarMap::new();
        Heads::new(sizes, &VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
        let data = map.data().lock().map_err(|_| candle_core::Error::msg("poisoned"))?;
        let mut shapes: Vec<_> = data.iter().map(|(name, var)| (name.clone(), var.dims().to_vec())).collect();
        shapes.sort();
        Ok(shapes)
    }
}
