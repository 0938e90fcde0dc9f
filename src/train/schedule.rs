//! How the step size changes over a run.

use serde::{Deserialize, Serialize};

use crate::base::named;

/// The shape of the step size after warming up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decay {
    /// No change.
    #[default]
    Constant,
    /// Half a cosine from the full step size to [`Schedule::floor`] at the last epoch (SGDR without restarts, ICLR
    /// 2017).
    Cosine,
    /// Multiplied by [`Schedule::factor`] every [`Schedule::every`] epochs.
    Step,
}

named!(Decay, "schedule": Constant = "constant", Cosine = "cosine", Step = "step");

/// How the step size changes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedule {
    /// Its shape.
    pub decay: Decay,
    /// Epochs over which it first rises linearly from 0; 0 for none.
    pub warm_up: usize,
    /// The share of the learning rate at which the cosine ends.
    pub floor: f64,
    /// Epochs between drops of the step decay.
    pub every: usize,
    /// What each drop multiplies the step size by.
    pub factor: f64,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { decay: Decay::Constant, warm_up: 0, floor: 0.01, every: 30, factor: 0.1 }
    }
}

impl Schedule {
    /// The share of the learning rate for one step: batch `batch` (from 0) of `batches` in epoch `epoch` (from 1) of
    /// `epochs`.
    pub fn share(&self, epoch: usize, batch: usize, batches: usize, epochs: usize) -> f64 {
        let step = 1.0 / batches.max(1) as f64;
        let done = (epoch.max(1) - 1) as f64 + batch as f64 * step;
        let warm_up = self.warm_up as f64;
        if done < warm_up {
            return ((done + step) / warm_up).min(1.0);
        }
        match self.decay {
            Decay::Constant => 1.0,
            Decay::Cosine => {
                let whole = (epochs as f64 - warm_up).max(1.0);
                let progress = ((done - warm_up) / whole).min(1.0);
                self.floor + (1.0 - self.floor) * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
            }
            Decay::Step => {
                // Whole epochs, so that rounding of fractions cannot shift a drop.
                let passed = (epoch.max(1) - 1).saturating_sub(self.warm_up) / self.every.max(1);
                self.factor.powi(i32::try_from(passed).unwrap_or(i32::MAX))
            }
        }
    }
}
