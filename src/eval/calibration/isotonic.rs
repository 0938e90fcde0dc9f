//! Isotonic regression.

/// A function that never falls, fitted to relevance by least squares (R. E. Barlow et al., *Statistical Inference under
/// Order Restrictions*, 1972; for probabilities: B. Zadrozny and C. Elkan, KDD 2002).
///
/// Between the scores that it was fitted to it is linear, beyond them constant, and the relevance of equal scores is
/// averaged, as in scikit-learn's `IsotonicRegression` with `out_of_bounds="clip"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Isotonic {
    /// Scores, ascending and different, with their probabilities, which never fall.
    knots: Vec<(f64, f64)>,
}

/// Neighbouring scores that share a mean.
struct Pool {
    /// Σ relevance.
    sum: f64,
    /// How many images.
    weight: f64,
    /// How many different scores.
    scores: usize,
}

impl Isotonic {
    /// Fits it to the scores of judged images by pooling adjacent violators; `None` without any finite score.
    ///
    /// # Shapes
    /// `scores` and `is_relevant`: one value an image. Images whose score is not finite are left out.
    pub fn fit(scores: &[f64], is_relevant: &[bool]) -> Option<Self> {
        let mut judged: Vec<(f64, bool)> = scores.iter().copied().zip(is_relevant.iter().copied()).collect();
        judged.retain(|(score, _)| score.is_finite());
        judged.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut different: Vec<f64> = Vec::new();
        let mut pools: Vec<Pool> = Vec::new();
        for equal in judged.chunk_by(|(a, _), (b, _)| a == b) {
            let relevant = equal.iter().filter(|(_, is_relevant)| *is_relevant).count();
            different.push(equal[0].0);
            pools.push(Pool { sum: relevant as f64, weight: equal.len() as f64, scores: 1 });
            while let [.., before, last] = pools.as_slice()
                && before.sum * last.weight >= last.sum * before.weight
            {
                let joined = Pool {
                    sum: before.sum + last.sum,
                    weight: before.weight + last.weight,
                    scores: before.scores + last.scores,
                };
                pools.truncate(pools.len() - 2);
                pools.push(joined);
            }
        }
        let means = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.sum / pool.weight, pool.scores));
        let knots: Vec<(f64, f64)> = different.into_iter().zip(means).collect();
        (!knots.is_empty()).then_some(Self { knots })
    }

    /// The probability of relevance at a score; NaN at NaN.
    pub fn probability(&self, score: f64) -> f64 {
        if score.is_nan() {
            return f64::NAN;
        }
        let after = self.knots.partition_point(|(knot, _)| *knot < score);
        match (after.checked_sub(1).map(|before| self.knots[before]), self.knots.get(after)) {
            (None, Some(&(_, first))) => first,
            (Some((_, last)), None) => last,
            (Some((left, low)), Some(&(right, high))) => low + (high - low) * (score - left) / (right - left),
            (None, None) => f64::NAN,
        }
    }
}
