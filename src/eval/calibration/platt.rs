//! Platt's sigmoid.

/// Steps of Newton's method; a few suffice.
const STEPS: usize = 100;

/// 1 / (1 + exp(slope · score + offset)), fitted by maximum likelihood (J. Platt, 1999) with the numerically sound method of
/// H.-T. Lin, C.-J. Lin and R. C. Weng (Machine Learning 68, 2007).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Platt {
    slope: f64,
    offset: f64,
}

impl Platt {
    /// Fits it to the scores of judged images; `None` without a finite score. One imagined image of each kind keeps the
    /// probabilities from 0 and 1.
    ///
    /// # Shapes
    /// `scores` and `is_relevant`: one value an image. Images whose score is not finite are left out.
    pub fn fit(scores: &[f64], is_relevant: &[bool]) -> Option<Self> {
        let judged: Vec<(f64, bool)> =
            scores.iter().copied().zip(is_relevant.iter().copied()).filter(|(score, _)| score.is_finite()).collect();
        if judged.is_empty() {
            return None;
        }
        let relevant = judged.iter().filter(|(_, is_relevant)| *is_relevant).count() as f64;
        let others = judged.len() as f64 - relevant;
        let (high, low) = ((relevant + 1.0) / (relevant + 2.0), 1.0 / (others + 2.0));
        let targets: Vec<(f64, f64)> =
            judged.into_iter().map(|(score, is_relevant)| (score, if is_relevant { high } else { low })).collect();
        let mut at = Self { slope: 0.0, offset: ((others + 1.0) / (relevant + 1.0)).ln() };
        let mut loss = at.loss(&targets);
        for _ in 0..STEPS {
            let Some((slope, offset, descent)) = at.step(&targets) else { break };
            let Some((next, lower)) = at.search(&targets, (slope, offset, descent), loss) else { break };
            (at, loss) = (next, lower);
        }
        Some(at)
    }

    /// The probability of relevance at a score.
    pub fn probability(&self, score: f64) -> f64 {
        1.0 / (1.0 + (self.slope * score + self.offset).exp())
    }

    /// The negative log-likelihood.
    fn loss(&self, targets: &[(f64, f64)]) -> f64 {
        let one = |&(score, target): &(f64, f64)| {
            let z = self.slope * score + self.offset;
            match z >= 0.0 {
                true => target * z + (-z).exp().ln_1p(),
                false => (target - 1.0) * z + z.exp().ln_1p(),
            }
        };
        targets.iter().map(one).sum()
    }

    /// Newton's direction and the slope of the loss along it; `None` at the minimum.
    fn step(&self, targets: &[(f64, f64)]) -> Option<(f64, f64, f64)> {
        // A small ridge, so that the matrix can be inverted where all scores are equal.
        let (mut h11, mut h22, mut h21) = (1e-12, 1e-12, 0.0);
        let (mut g1, mut g2) = (0.0, 0.0);
        for &(score, target) in targets {
            let p = self.probability(score);
            let weight = p * (1.0 - p);
            h11 += score * score * weight;
            h22 += weight;
            h21 += score * weight;
            g1 += score * (target - p);
            g2 += target - p;
        }
        if g1.abs() < 1e-5 && g2.abs() < 1e-5 {
            return None;
        }
        let determinant = h11 * h22 - h21 * h21;
        let slope = -(h22 * g1 - h21 * g2) / determinant;
        let offset = -(h11 * g2 - h21 * g1) / determinant;
        let step = (slope, offset, g1 * slope + g2 * offset);
        (step.0.is_finite() && step.1.is_finite()).then_some(step)
    }

    /// Halves the step until the loss falls as it should.
    fn search(&self, targets: &[(f64, f64)], step: (f64, f64, f64), loss: f64) -> Option<(Self, f64)> {
        let (slope, offset, descent) = step;
        let mut length = 1.0;
        while length >= 1e-10 {
            let next = Self { slope: self.slope + length * slope, offset: self.offset + length * offset };
            let lower = next.loss(targets);
            if lower < loss + 1e-4 * length * descent {
                return Some((next, lower));
            }
            length /= 2.0;
        }
        None
    }
}
