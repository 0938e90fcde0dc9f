//! Cross-modal feedback: the classical way to use the pictures.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::graph::Similarities;

/// The two hyperparameters of cross-modal feedback, chosen on validation rather than learned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feedback {
    /// K: the number of images top-ranked by text that are used.
    pub neighbours: usize,
    /// Weight of the feedback against the text score, from 0 to 1.
    pub mixture: f64,
}

impl Feedback {
    /// The values of K that are tried.
    pub const NEIGHBOURS: [usize; 7] = [3, 5, 10, 20, 30, 50, 100];
    /// The weights that are tried.
    pub const MIXTURES: [f64; 11] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

    /// Every pair of the two that is tried.
    pub fn grid() -> impl Iterator<Item = Feedback> {
        Self::NEIGHBOURS
            .into_iter()
            .flat_map(|neighbours| Self::MIXTURES.into_iter().map(move |mixture| Feedback { neighbours, mixture }))
    }
}

/// One query's feedback for every K of [`Feedback::NEIGHBOURS`], from which the scores of any [`Feedback`] of the grid
/// are a weighted sum.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedbackScores {
    /// The text score, from 0 to 1.
    text: Vec<f64>,
    /// Per K, the feedback from 0 to 1.
    by_neighbours: Vec<(usize, Vec<f64>)>,
}

impl FeedbackScores {
    /// `s_CM(q, d) = Σ_{d_i ∈ NN_K(q)} s_T(q, d_i) · s_V(d_i, d)` (Formal et al., ECIR 2020, eq. 1), NN_K the K best by
    /// text (equal ones in the order given) and s_V the cosine, cut off at 0. Text scores are scaled to 0…1 per query,
    /// so that none counts negatively.
    ///
    /// # Shapes
    /// `text`: n scores; `similarities` of the same n images.
    pub fn new(text: &[f32], similarities: &Similarities) -> Self {
        Self::up_to(usize::MAX, text, &mut |from| similarities.row(from))
    }

    /// The same for values of K up to `most`; `row` has the cosines of an image, one of the `most` best by text
    /// ([`FeedbackScores::best`]), and every image.
    pub fn up_to<'a>(most: usize, text: &[f32], row: &mut dyn FnMut(usize) -> Cow<'a, [f32]>) -> Self {
        let best = Self::best(most, text);
        let text = unit_range(text.iter().copied().map(f64::from).collect());
        let mut sum = vec![0.0; text.len()];
        let mut by_neighbours = Vec::new();
        let mut taken = 0;
        for neighbours in Feedback::NEIGHBOURS.into_iter().filter(|&neighbours| neighbours <= most) {
            for &from in best.iter().take(neighbours).skip(taken) {
                for (sum, cosine) in sum.iter_mut().zip(&*row(from)) {
                    *sum += text[from] * f64::from(cosine.max(0.0));
                }
            }
            taken = neighbours;
            by_neighbours.push((neighbours, unit_range(sum.clone())));
        }
        Self { text, by_neighbours }
    }

    /// The `most` best by text, best first; equal ones in the order given.
    pub fn best(most: usize, text: &[f32]) -> Vec<usize> {
        let share = unit_range(text.iter().copied().map(f64::from).collect());
        let mut best: Vec<usize> = (0..text.len()).collect();
        best.sort_by(|&i, &j| share[j].total_cmp(&share[i]).then(i.cmp(&j)));
        best.truncate(most);
        best
    }

    /// The mixture of text score and feedback; a K not in the grid is replaced by the nearest one.
    pub fn mix(&self, feedback: Feedback) -> Vec<f32> {
        let distance = |&&(neighbours, _): &&(usize, Vec<f64>)| neighbours.abs_diff(feedback.neighbours);
        let Some((_, scores)) = self.by_neighbours.iter().min_by_key(distance) else { return Vec::new() };
        let mix = |(text, score): (&f64, &f64)| (1.0 - feedback.mixture) * text + feedback.mixture * score;
        self.text.iter().zip(scores).map(|pair| mix(pair) as f32).collect()
    }
}

/// Values scaled to 0…1; all 0 if they are equal. NaN counts as the smallest.
fn unit_range(mut values: Vec<f64>) -> Vec<f64> {
    let finite = || values.iter().copied().filter(|x| x.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    let span = high - low;
    for value in &mut values {
        *value = if span > 0.0 && value.is_finite() { (*value - low) / span } else { 0.0 };
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::unit_rows;

    #[test]
    fn feedback_lifts_the_image_that_looks_like_the_first_of_the_text() {
        // Images 0 and 3 look alike, 1 and 2 do too; the text score ranks 0 first and is 0 for 3.
        let unit = unit_rows(&[1.0, 0.0, 0.0, 1.0, 0.1, 1.0, 1.0, 0.1], 2);
        let scores = FeedbackScores::new(&[9.0, 3.0, 3.0, 1.0], &Similarities::new(&unit, 2));
        let mixed = scores.mix(Feedback { neighbours: 3, mixture: 1.0 });
        assert!(mixed[3] > mixed[2] && mixed[2] > mixed[1], "{mixed:?}");
        let text = scores.mix(Feedback { neighbours: 3, mixture: 0.0 });
        assert_eq!(text, [1.0, 0.25, 0.25, 0.0]);
    }

    #[test]
    fn the_sum_is_the_formula_s() {
        let unit = unit_rows(&[1.0, 0.0, 0.6, 0.8, 0.0, 1.0, -1.0, 0.0], 2);
        let text = [4.0, 3.0, 1.0, 0.0];
        let scores = FeedbackScores::new(&text, &Similarities::new(&unit, 2));
        // s_T = (1, ¾, ¼, 0), K = 3; images 0, 1, 2 with cosines to each: the fourth looks away from 0 and 1.
        let raw = [1.0 + 0.75 * 0.6, 0.6 + 0.75 + 0.25 * 0.8, 0.75 * 0.8 + 0.25, 0.0];
        let most = raw.iter().copied().fold(0.0, f64::max);
        let mixed = scores.mix(Feedback { neighbours: 3, mixture: 1.0 });
        for (mixed, raw) in mixed.iter().zip(raw) {
            assert!((f64::from(*mixed) - raw / most).abs() < 1e-5, "{mixed} {}", raw / most);
        }
    }
}
