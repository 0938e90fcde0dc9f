//! Ranking losses with analytic gradients; one file per family.

mod approx;
mod kind;
mod lists;
mod neural;
mod objective;
mod op;
mod pairs;
mod pointwise;
mod settings;
mod targets;

pub use kind::Loss;
pub use objective::Objective;
pub use settings::{LossSettings, Weighting};
pub use targets::Targets;

/// A query's loss, summed over its terms, and its gradient, from the scores of its judged images.
fn value_and_gradient(loss: Loss, settings: &LossSettings, scores: &[f64], targets: &Targets) -> (f64, Vec<f64>) {
    let &LossSettings { truncation, exponential_gain: exponential, sinkhorn, .. } = settings;
    let temperature = settings.temperature.or(loss.temperature()).unwrap_or(1.0);
    match loss {
        Loss::Bpr => pairs::bpr(targets, scores),
        Loss::BinaryCrossEntropy => pointwise::binary_cross_entropy(targets, scores),
        Loss::SoftmaxCrossEntropy => lists::softmax_cross_entropy(targets, scores),
        Loss::ListMle => lists::list_mle(targets, scores),
        Loss::LambdaNdcg => pairs::lambda_ndcg(targets, scores, exponential, truncation),
        Loss::LambdaMap => pairs::lambda_map(targets, scores),
        Loss::ApproxNdcg => approx::approx_ndcg(targets, scores, temperature, exponential),
        Loss::NeuralNdcg => {
            neural::neural_ndcg(targets, scores, neural::Sorting { temperature, exponential, truncation, sinkhorn })
        }
    }
}
