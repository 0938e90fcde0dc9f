//! Initial weights as PyTorch draws them, from our own seeded generator.

use crate::dataset::Rng;

/// Draws weights in the order it is asked for them.
pub(super) struct Initialiser {
    rng: Rng,
    /// Bound of the linear layer whose bias comes next.
    bound: f64,
}

impl Initialiser {
    pub(super) fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), bound: 0.0 }
    }

    /// The weights called `name`: a layer's weight is Kaiming uniform with slope √5, which is U(±1/√fan_in), its bias
    /// (asked for next) has the same bound, and a learned similarity `a` is U(0, 1).
    pub(super) fn weights(&mut self, name: &str, shape: &[usize]) -> Vec<f64> {
        let count = shape.iter().product();
        if name.ends_with(".a") {
            return (0..count).map(|_| self.rng.uniform()).collect();
        }
        if let [_, fan_in] = shape {
            self.bound = 1.0 / (*fan_in as f64).sqrt();
        }
        (0..count).map(|_| (2.0 * self.rng.uniform() - 1.0) * self.bound).collect()
    }
}
