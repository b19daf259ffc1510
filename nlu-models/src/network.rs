//! The two kinds of network, from looked-up vectors to scores. Shapes: B sentences, L tokens, D width of a vector.
//!
//! The vectors themselves are looked up outside: a sentence touches a few hundred of some ten thousand rows, and
//! only those rows may cost time, in use and in training.

use crate::rng::Rng;
use candle_core::{D, Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear, linear_no_bias};

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

/// From one vector per sentence to scores: a hidden layer and a direct path for the intents, a smaller hidden layer
/// for the emergencies.
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
    pub fn new(input: usize, sizes: Sizes, vb: &VarBuilder<'_>) -> Result<Heads> {
        Ok(Heads {
            hidden: linear(input, sizes.hidden, vb.pp("hidden"))?,
            out: linear(sizes.hidden, sizes.intents, vb.pp("out"))?,
            direct: linear_no_bias(input, sizes.intents, vb.pp("direct"))?,
            alarm_hidden: linear(input, ALARM_HIDDEN, vb.pp("alarm_hidden"))?,
            alarm_out: linear(ALARM_HIDDEN, sizes.emergencies, vb.pp("alarm_out"))?,
        })
    }

    /// `x` is [B, input].
    pub fn forward(&self, x: Tensor, dropout: &mut Dropout<'_>) -> Result<Scores> {
        let x = drop_some(x, dropout)?;
        let hidden = drop_some(self.hidden.forward(&x)?.relu()?, dropout)?;
        let intents = (self.out.forward(&hidden)? + self.direct.forward(&x)?)?;
        let alarm = drop_some(self.alarm_hidden.forward(&x)?.relu()?, dropout)?;
        Ok(Scores { intents, emergencies: self.alarm_out.forward(&alarm)? })
    }
}

/// Two convolutions over the tokens with residual paths, then attention pooling with a few heads.
pub struct Encoder {
    convolutions: Vec<Linear>,
    attention: Linear,
    heads: Heads,
}

/// Heads of the attention pooling: each picks its own tokens.
pub const POOLS: usize = 4;
const LAYERS: usize = 2;
/// Tokens on either side that one convolution sees.
const REACH: usize = 1;

impl Encoder {
    pub fn new(sizes: Sizes, vb: &VarBuilder<'_>) -> Result<Encoder> {
        let width = sizes.width;
        let convolutions = (0..LAYERS)
            .map(|i| linear((2 * REACH + 1) * width, width, vb.pp(format!("convolution{i}"))))
            .collect::<Result<_>>()?;
        Ok(Encoder {
            convolutions,
            attention: linear_no_bias(width, POOLS, vb.pp("attention"))?,
            heads: Heads::new(POOLS * width, sizes, &vb.pp("heads"))?,
        })
    }

    /// `x` is [B, L, D]; `mask` is [B, L, 1], 1 for a token and 0 for padding.
    pub fn forward(&self, x: Tensor, mask: &Tensor, dropout: &mut Dropout<'_>) -> Result<Scores> {
        let (batch, length, width) = x.dims3()?;
        let mut x = drop_some(x, dropout)?.broadcast_mul(mask)?;
        for convolution in &self.convolutions {
            let padded = x.pad_with_zeros(1, REACH, REACH)?;
            let views = (0..=2 * REACH).map(|at| padded.narrow(1, at, length)).collect::<Result<Vec<_>>>()?;
            let around = Tensor::cat(&views, 2)?;
            let y = drop_some(convolution.forward(&around)?.relu()?, dropout)?;
            x = (x + y)?.broadcast_mul(mask)?;
        }
        // Padding gets a score of -10,000: nothing after the softmax. candle's fused softmax has no backward pass.
        let away = ((mask - 1.0)? * 1e4)?;
        let attention = self.attention.forward(&x)?.broadcast_add(&away)?;
        let attention = candle_nn::ops::softmax(&attention.transpose(1, 2)?.contiguous()?, D::Minus1)?;
        let pooled = attention.matmul(&x.contiguous()?)?.reshape((batch, POOLS * width))?;
        self.heads.forward(pooled, dropout)
    }
}
