//! Initial weights as PyTorch draws them, from our own seeded generator.

use super::{ModelError, ModelKind, Network, NetworkConfig};
use crate::base::Rng;

/// Initial sharpness β of the feedback.
const FIRST_SHARPNESS: f64 = 1.5;

impl NetworkConfig {
    /// A network with initial weights, determined by [`Self::seed`] alone.
    ///
    /// # Errors
    /// If the configuration is invalid.
    pub fn init(&self) -> Result<Network, ModelError> {
        let mut draw = Initialiser::new(self.seed, self.kind == ModelKind::DcmmPrf);
        Network::assemble(self, |name, shape| Ok(draw.weights(name, shape)))
    }
}

/// Draws weights in the order they are requested.
struct Initialiser {
    rng: Rng,
    /// Bound of the linear layer whose bias comes next.
    bound: f64,
    /// Whether heads start at 0: a sum of terms then starts from zero, independent of the seed.
    zero_heads: bool,
}

impl Initialiser {
    fn new(seed: u64, zero_heads: bool) -> Self {
        Self { rng: Rng::new(seed), bound: 0.0, zero_heads }
    }

    /// The weights called `name`: a layer's weight is Kaiming uniform with slope √5, which is U(±1/√fan_in), its bias
    /// (asked for next) has the same bound, and a learned similarity `a` is U(0, 1). If heads start at 0, so does
    /// everything but the MLP and the sharpness of the feedback.
    fn weights(&mut self, name: &str, shape: &[usize]) -> Vec<f64> {
        let count = shape.iter().product();
        if name.ends_with(".a") {
            return (0..count).map(|_| self.rng.uniform()).collect();
        }
        if name.ends_with(".beta") {
            return vec![FIRST_SHARPNESS; count];
        }
        if self.zero_heads && !name.contains("mlp.") {
            return vec![0.0; count];
        }
        if let [_, fan_in] = shape {
            self.bound = 1.0 / (*fan_in as f64).sqrt();
        }
        (0..count).map(|_| (2.0 * self.rng.uniform() - 1.0) * self.bound).collect()
    }
}
