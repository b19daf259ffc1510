use candle_core::{Result, Tensor};

/// How the states of all tokens become one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pooling {
    /// The state of the first token.
    First,
    Mean,
}

impl Pooling {
    /// `states` is [1, T, width].
    pub(crate) fn pool(self, states: &Tensor) -> Result<Tensor> {
        let states = states.squeeze(0)?;
        match self {
            Pooling::First => states.get(0),
            Pooling::Mean => states.mean(0),
        }
    }
}
