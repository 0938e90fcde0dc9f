//! Cross-modal feedback taken apart.

use super::parts::{Contribution, Explanation, Source};
use crate::graph::Similarities;
use crate::model::{Feedback, FeedbackScores};

/// One query's mixture of a text score and cross-modal feedback, whose scores can be taken apart.
///
/// With the K images best by text, NN, and the scaling of both to 0…1 as they are,
/// `s_i = (1 − m) (t_i − min t) / (max t − min t) + m Σ_{j ∈ NN} u_j (c⁺_ij − c⁺_lj) / span`, where u is the scaled text
/// score, c⁺ the cosine cut off at 0, l the image with the least feedback, and span what the most feedback exceeds it by.
#[derive(Clone, Debug)]
pub struct Mixture<'a> {
    text: &'a [f32],
    similarities: &'a Similarities,
    /// What a text score is multiplied by, and what is added.
    scale: f64,
    shift: f64,
    /// Each image of NN and what its cosines are multiplied by.
    heard: Vec<(usize, f64)>,
    /// l.
    least: usize,
}

impl<'a> Mixture<'a> {
    /// The mixture that [`FeedbackScores::mix`] scores by.
    ///
    /// # Shapes
    /// `text`: n scores; `similarities` of the same n images.
    pub fn new(text: &'a [f32], similarities: &'a Similarities, feedback: Feedback) -> Self {
        let finite = || text.iter().copied().filter(|x| x.is_finite()).map(f64::from);
        let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        let by_span = if high > low { 1.0 / (high - low) } else { 0.0 };
        let unit = |at: usize| if text[at].is_finite() { (f64::from(text[at]) - low) * by_span } else { 0.0 };
        let near = |&known: &usize| known.abs_diff(feedback.neighbours);
        let neighbours = Feedback::NEIGHBOURS.into_iter().min_by_key(near).unwrap_or(feedback.neighbours);
        let best = FeedbackScores::best(neighbours, text);
        let mut sums = vec![0.0; text.len()];
        for &from in &best {
            for (sum, cosine) in sums.iter_mut().zip(&*similarities.row(from)) {
                *sum += unit(from) * f64::from(cosine.max(0.0));
            }
        }
        let by_sum = |&a: &usize, &b: &usize| sums[a].total_cmp(&sums[b]);
        let least = (0..sums.len()).min_by(by_sum).unwrap_or(0);
        let span = (0..sums.len()).max_by(by_sum).map_or(0.0, |most| sums[most] - sums[least]);
        let weight = if span > 0.0 { feedback.mixture / span } else { 0.0 };
        let scale = (1.0 - feedback.mixture) * by_span;
        let shift = if by_span > 0.0 { -low * scale } else { 0.0 };
        let heard = best.into_iter().map(|from| (from, unit(from) * weight)).collect();
        Self { text, similarities, scale, shift, heard, least }
    }

    /// An image's score where its text score is a signal, by its index among the inputs.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn of_signal(&self, signal: usize, image: usize) -> Explanation {
        let text = f64::from(self.text[image]);
        let value = if text.is_finite() { self.scale * text + self.shift } else { 0.0 };
        self.with(image, value, vec![Contribution { source: Source::Feature(signal), value }])
    }

    /// An image's score where its text score is a network's, taken apart before.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn of_network(&self, text: &Explanation, image: usize) -> Explanation {
        let scaled = |part: &Contribution| {
            let shift = if part.source == Source::Bias { self.shift } else { 0.0 };
            Contribution { value: part.value * self.scale + shift, ..*part }
        };
        let value = text.score * self.scale + self.shift;
        self.with(image, value, text.parts.iter().map(scaled).collect())
    }

    fn with(&self, image: usize, text: f64, mut parts: Vec<Contribution>) -> Explanation {
        let bias = parts.pop_if(|part| part.source == Source::Bias);
        let like = |from: usize, to: usize| f64::from(self.similarities.get(from, to).max(0.0));
        let feedback = self.heard.iter().map(|&(from, weight)| Contribution {
            source: Source::Feedback(from),
            value: weight * (like(from, image) - like(from, self.least)),
        });
        let mut feedback: Vec<Contribution> = feedback.filter(|part| part.value != 0.0).collect();
        feedback.sort_by_key(|part| part.source);
        let score = text + feedback.iter().map(|part| part.value).sum::<f64>();
        parts.extend(feedback.into_iter().chain(bias));
        Explanation::new(score, text, true, parts)
    }
}
