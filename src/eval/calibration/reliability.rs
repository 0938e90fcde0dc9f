//! What calibrated probabilities promise against what judges say, and where a list may end.

/// Images of about the same probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Their mean probability.
    pub promised: f64,
    /// The share that is relevant.
    pub relevant: f64,
    /// How many images.
    pub images: usize,
}

/// Divides judged images into at most `bins` groups of about equal size by their probability, lowest first. Equal
/// probabilities stay together.
///
/// # Shapes
/// `probabilities` and `is_relevant`: one value an image; NaN is left out.
pub fn reliability(probabilities: &[f64], is_relevant: &[bool], bins: usize) -> Vec<Bin> {
    let mut judged: Vec<(f64, bool)> = probabilities.iter().copied().zip(is_relevant.iter().copied()).collect();
    judged.retain(|(probability, _)| !probability.is_nan());
    judged.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let size = judged.len().div_ceil(bins.max(1)).max(1);
    let mut found = Vec::new();
    let mut rest = judged.as_slice();
    while !rest.is_empty() {
        let mut end = size.min(rest.len());
        while end < rest.len() && rest[end].0 == rest[end - 1].0 {
            end += 1;
        }
        let (bin, after) = rest.split_at(end);
        let count = bin.len() as f64;
        found.push(Bin {
            promised: bin.iter().map(|(probability, _)| probability).sum::<f64>() / count,
            relevant: bin.iter().filter(|(_, is_relevant)| *is_relevant).count() as f64 / count,
            images: bin.len(),
        });
        rest = after;
    }
    found
}

/// The expected calibration error: the mean distance between promise and share, over images (M. P. Naeini et al., AAAI
/// 2015); 0 without any.
pub fn expected_error(bins: &[Bin]) -> f64 {
    let images: usize = bins.iter().map(|bin| bin.images).sum();
    let sum: f64 = bins.iter().map(|bin| (bin.promised - bin.relevant).abs() * bin.images as f64).sum();
    if images == 0 { 0.0 } else { sum / images as f64 }
}

/// How many images of a list can be kept so that the expected precision, the mean of their probabilities, is at least
/// this; 0 if not even the first reaches it.
///
/// # Shapes
/// `probabilities`: one value an image, best rank first.
pub fn cut_off(probabilities: &[f64], precision: f64) -> usize {
    let mut sum = 0.0;
    let mut kept = 0;
    for (at, probability) in probabilities.iter().enumerate() {
        sum += probability;
        if sum / (at + 1) as f64 >= precision {
            kept = at + 1;
        }
    }
    kept
}
