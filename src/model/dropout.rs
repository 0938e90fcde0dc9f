//! Dropout with masks from our own seeded generator (candle's on the CPU cannot be seeded).

use candle_core::{Result, Tensor};

use crate::base::Rng;

/// Inverted dropout: in training each value is zero with probability p and otherwise divided by 1 − p; outside training
/// it is the identity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dropout {
    p: f32,
}

impl Dropout {
    pub(super) fn new(p: f32) -> Self {
        Self { p }
    }

    /// Drops values if `rng` is given, that is, in training.
    pub(super) fn forward(&self, x: &Tensor, rng: Option<&mut Rng>) -> Result<Tensor> {
        let Some(rng) = rng.filter(|_| self.p > 0.0) else {
            return Ok(x.clone());
        };
        let p = f64::from(self.p);
        let kept = 1.0 / (1.0 - p);
        let mask: Vec<f64> = (0..x.elem_count()).map(|_| if rng.uniform() < p { 0.0 } else { kept }).collect();
        x * Tensor::from_vec(mask, x.shape(), x.device())?
    }
}
