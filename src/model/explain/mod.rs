//! Why an image has its score: the score as a sum of parts.
//!
//! With its activations as they are, every network here but [`super::ModelKind::Gat`] is linear in its inputs and its
//! biases together (rectifiers and maxima only choose which of them count), so that Euler's theorem takes a score apart
//! exactly:
//!
//! ```text
//! s_i = Σ_jf x_jf ∂s_i/∂x_jf + Σ_b b ∂s_i/∂b
//! ```
//! The parts of image i itself are those of its own signals; those of another image j, over all paths of edges from j to
//! i, are added up to one. The bias is a sum of its own rather than what is left over, so that the sum of all parts is a
//! check of each.
//!
//! Feedback is a sum over the images that it hears, given how much it hears of each: `γ p_j / deviation` in
//! [`super::ModelKind::DcmmPrf`], the K best by text and the scaling in cross-modal feedback. Image j adds that much for
//! how much more it looks like image i than like the average image (or the one with the least feedback).
//!
//! Attention is not linear. There the parts are integrated gradients (Sundararajan, Taly and Yan, ICML 2017), and what
//! their sum misses of the score is told.

mod mixture;
mod parts;
mod pass;
mod path;

use std::ops::ControlFlow;

use super::{ModelError, Network, Prepared};
use pass::Pass;

pub use mixture::Mixture;
pub use parts::{Contribution, Explanation, Source};

impl Network {
    /// The scores of some of a prepared query's images, by their indices, taken apart. `proceed` may stop the work.
    ///
    /// One pass over the query serves all of the images, and each needs one pass back; attention needs many.
    ///
    /// # Errors
    /// If there is no such image, the query was prepared for a network of another shape, or
    /// [`ModelError::Cancelled`].
    pub fn explain(
        &self,
        query: &Prepared,
        images: &[usize],
        proceed: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Vec<Explanation>, ModelError> {
        if let Some(image) = images.iter().find(|&&image| image >= query.n()) {
            let message = format!("no image {image} among {}", query.n());
            return Err(ModelError::Config(message));
        }
        if images.is_empty() {
            return Ok(Vec::new());
        }
        if !self.is_piecewise_linear() {
            return images.iter().map(|&image| path::integrated(self, query, image, proceed)).collect();
        }
        let pass = Pass::new(self, query, 1.0)?;
        let scores = pass.scores(query)?;
        let mut explanations = Vec::with_capacity(images.len());
        for &image in images {
            if proceed().is_break() {
                return Err(ModelError::Cancelled);
            }
            let (_, gradient) = pass.gradient(image)?;
            let mut parts = pass.parts(image, &pass.attributed(&gradient.features)?);
            parts.extend(pass.feedback(image)?);
            parts.push(Contribution { source: Source::Bias, value: gradient.bias });
            explanations.push(Explanation::new(scores[image], pass.text(image)?, true, parts));
        }
        Ok(explanations)
    }
}
