//! What a learned similarity has changed among the images of a query.

use crate::train::RunSimilarity;

/// How many of each are kept.
const MOST: usize = 8;

/// Two candidates whose similarity was changed most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// Both candidates.
    pub pair: (usize, usize),
    /// By the cosine, in standard deviations from the mean of all pairs.
    pub cosine: f32,
    /// By the learned similarity, in the same units.
    pub learned: f32,
}

/// What was learned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taught {
    /// Dimensions of the vectors by their learned weight as a multiple of the mean weight, heaviest first.
    pub dimensions: Vec<(usize, f64)>,
    /// For each of these dimensions the candidates with the largest values, largest first.
    pub examples: Vec<Vec<usize>>,
    /// Pairs that came nearer, most first.
    pub nearer: Vec<Moved>,
    /// Pairs that went farther apart, most first.
    pub farther: Vec<Moved>,
}

impl Taught {
    /// What a similarity has learned over one query; `None` if it learns nothing.
    pub(super) fn of(similarity: &RunSimilarity) -> Option<Self> {
        let weights = similarity.weights.as_ref()?;
        let mean = weights.iter().sum::<f64>() / weights.len().max(1) as f64;
        let scale = if mean.abs() > f64::EPSILON { mean } else { 1.0 };
        let mut dimensions: Vec<(usize, f64)> = weights.iter().map(|a| a / scale).enumerate().collect();
        dimensions.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        dimensions.truncate(MOST);
        let examples = dimensions.iter().map(|(at, _)| largest(similarity, *at)).collect();
        let mut pairs = pairs(similarity);
        pairs.sort_by(|a, b| (b.learned - b.cosine).total_cmp(&(a.learned - a.cosine)).then(a.pair.cmp(&b.pair)));
        let nearer = pairs.iter().take(MOST).copied().filter(|one| one.learned > one.cosine).collect();
        let farther = pairs.iter().rev().take(MOST).copied().filter(|one| one.learned < one.cosine).collect();
        Some(Self { dimensions, examples, nearer, farther })
    }
}

/// The candidates with the largest values in a dimension.
fn largest(similarity: &RunSimilarity, at: usize) -> Vec<usize> {
    let value = |i: usize| similarity.rows[i * similarity.dim + at];
    let mut all: Vec<usize> = (0..similarity.n()).collect();
    all.sort_by(|&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
    all.truncate(MOST);
    all
}

/// All pairs, both similarities in standard deviations from their means.
fn pairs(similarity: &RunSimilarity) -> Vec<Moved> {
    let n = similarity.n();
    let all: Vec<(usize, usize)> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
    let of = |measure: &dyn Fn(usize, usize) -> f32| {
        let values: Vec<f64> = all.iter().map(|&(i, j)| f64::from(measure(i, j))).collect();
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len().max(1) as f64;
        let deviation = variance.sqrt().max(f64::MIN_POSITIVE);
        values.into_iter().map(move |x| ((x - mean) / deviation) as f32).collect::<Vec<_>>()
    };
    let (cosines, learned) = (of(&|i, j| similarity.cosine(i, j)), of(&|i, j| similarity.learned(i, j)));
    let moved = all.iter().zip(cosines).zip(learned);
    moved.map(|((&pair, cosine), learned)| Moved { pair, cosine, learned }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heavy_dimension_brings_those_nearer_that_share_it() {
        // 0 and 1 share the first number, 2 and 3 the second; the first has learned to count more.
        let rows = crate::graph::unit_rows(&[1.0, 0.1, 0.9, 0.2, 0.1, 1.0, 0.2, 0.9], 2);
        let similarity = RunSimilarity { rows, dim: 2, weights: Some(vec![1.5, 0.5]) };
        let taught = Taught::of(&similarity).expect("it has learned");
        assert_eq!(taught.dimensions, [(0, 1.5), (1, 0.5)]);
        assert_eq!((taught.examples[0][0], taught.examples[1][0]), (0, 2));
        assert_eq!((taught.nearer[0].pair, taught.farther[0].pair), ((0, 1), (2, 3)));
        let plain = RunSimilarity { weights: None, ..similarity };
        assert_eq!(Taught::of(&plain), None);
        assert_eq!(plain.nearest_learned(1), plain.nearest(1, usize::MAX));
    }
}
