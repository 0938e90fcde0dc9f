//! A loss with all its parameters, in plain numbers.

use super::{Loss, LossSettings, Targets, Weighting, value_and_gradient};

/// A loss with all its parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Objective {
    /// The loss.
    pub loss: Loss,
    /// Its parameters.
    pub settings: LossSettings,
    /// What the mean is over.
    pub weighting: Weighting,
}

impl From<Loss> for Objective {
    fn from(loss: Loss) -> Self {
        Self { loss, ..Self::default() }
    }
}

impl Objective {
    /// The weight of a query in the mean; 0 if nothing can be learned from it.
    pub fn weight(self, targets: &Targets) -> f64 {
        let units = self.loss.units(targets);
        match self.weighting {
            Weighting::PerPair => units,
            Weighting::PerQuery => units.min(1.0),
        }
    }

    /// [`Self::sum`] and its gradient as plain numbers. `scores` has one value per judgement.
    pub fn evaluate(self, scores: &[f64], targets: &Targets) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; scores.len()];
        let units = self.loss.units(targets);
        if units == 0.0 {
            return (0.0, gradient);
        }
        let judged: Vec<f64> = targets.positions.iter().map(|&at| scores[at]).collect();
        let (mut value, parts) = value_and_gradient(self.loss, &self.settings, &judged, targets);
        targets.positions.iter().zip(parts).for_each(|(&at, part)| gradient[at] = part);
        if self.weighting == Weighting::PerQuery {
            value /= units;
            gradient.iter_mut().for_each(|x| *x /= units);
        }
        (value, gradient)
    }
}

impl Loss {
    /// [`Objective::weight`] of this loss with default parameters.
    pub fn weight(self, targets: &Targets) -> f64 {
        Objective::from(self).weight(targets)
    }
}
