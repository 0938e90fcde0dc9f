//! Rankings that need no judgement: the text's score with feedback from the pictures.

use super::inputs::{compared_rows, ranking_input};
use super::{Experiment, Preset, RunData, TrainError};
use crate::base::named;
use crate::graph::{Similarities, VisualSettings};
use crate::model::{Feedback, FeedbackScores, ModelKind, Network, Weights};
use crate::signals::{self, Normalisation};

/// A ranking without training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Untrained {
    /// The text's score itself.
    #[default]
    Text,
    /// Cross-modal feedback ([`ModelKind::Cm`]).
    Cm,
    /// DCMM-PRF with default weights in place of learned ones.
    Prf,
}

named!(Untrained, "ranking": Text = "text", Cm = "cm", Prf = "prf");

/// Default parameters of cross-modal feedback: the best mean MAP over the training queries of the built-in sample.
const CM: Feedback = Feedback { neighbours: 10, mixture: 0.7 };

/// Weights of DCMM-PRF with the text as its only signal, normalised as by the preset.
#[derive(Clone, Copy, Debug)]
pub(super) struct PrfWeights {
    /// Of the text itself.
    pub text: f64,
    /// Of what the neighbours say.
    pub hop: f64,
    /// How sharply the feedback prefers the text's first images.
    pub beta: f64,
    /// Of the feedback.
    pub gamma: f64,
}

/// Default weights, chosen in the same way for this β; a sharper one gains .003 there, but listens to fewer images. Those
/// that training starts from are 0, which would rank by the text alone.
const PRF: PrfWeights = PrfWeights { text: 1.0, hop: 2.0, beta: 3.0, gamma: 0.5 };

/// The scores of one query's candidates, by the signal at this index; greater is better, all finite.
///
/// # Errors
/// If visual vectors are needed and there are none, or the network cannot be computed.
///
/// # Panics
/// If there is no such query.
pub fn rank_untrained(data: &RunData, by: Untrained, signal: usize, query: usize) -> Result<Vec<f32>, TrainError> {
    match by {
        Untrained::Text => Ok(signals::table(&data.signals, query, &[signal], Normalisation::None)),
        Untrained::Cm | Untrained::Prf if !data.has_vectors() => {
            let reason = "it needs visual vectors, and there are none".to_owned();
            Err(TrainError::Unfit { run: by.name().to_owned(), reason })
        }
        Untrained::Cm => Ok(feedback(data, CM, signal, query)),
        Untrained::Prf => prf(data, PRF, signal, query),
    }
}

/// Cross-modal feedback.
pub(super) fn feedback(data: &RunData, feedback: Feedback, signal: usize, query: usize) -> Vec<f32> {
    let text = signals::table(&data.signals, query, &[signal], Normalisation::None);
    let (rows, dim) = compared_rows(data, None, query);
    FeedbackScores::new(&text, &Similarities::within(0, &rows, dim)).mix(feedback)
}

/// The preset's network over one signal and raw vectors.
fn experiment() -> Experiment {
    let mut experiment =
        Experiment { visual: VisualSettings::default(), choose: Vec::new(), ..Preset::Best.experiment() };
    experiment.model.kind = ModelKind::DcmmPrf;
    experiment.model.dropout = 0.0;
    experiment
}

/// DCMM-PRF with these weights.
pub(super) fn prf(data: &RunData, weights: PrfWeights, signal: usize, query: usize) -> Result<Vec<f32>, TrainError> {
    let experiment = experiment();
    let input = ranking_input(data, &[signal], &experiment, None, query);
    if input.n == 0 {
        return Ok(Vec::new());
    }
    let Some(config) = experiment.model_config(1, data.vectors.dim, None) else { return Ok(Vec::new()) };
    let named = [
        ("head_text.weight", weights.text),
        ("head_text.bias", 0.0),
        ("hop.0.weight", weights.hop),
        ("feedback.beta", weights.beta),
        ("feedback.gamma", weights.gamma),
    ];
    let weights: Weights = named.into_iter().map(|(name, value)| (name.to_owned(), vec![value])).collect();
    Ok(Network::from_weights(&config, &weights)?.score(&input)?.total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Split, demo_sample};
    use crate::eval::Measure;
    use crate::train::open;

    /// Mean average precision over the training queries.
    fn map(data: &RunData, scores: impl Fn(usize) -> Vec<f32> + Sync) -> f64 {
        let queries = data.queries_of(Split::Train);
        crate::eval::evaluate_scores(&data.dataset, &data.judgements, &queries, scores, &[Measure::Map])
            .all
            .get(Measure::Map)
            .expect("it was asked for")
    }

    #[test]
    fn the_defaults_are_the_best_of_a_grid_on_the_sample_s_training_queries() {
        let data = open(&demo_sample(), &[]).expect("the sample").data;
        let signal = signals::text_signal(&data.signals).expect("it has words");
        let text =
            map(&data, |query| rank_untrained(&data, Untrained::Text, signal, query).expect("no vectors needed"));
        let of_cm = |feedback_by| map(&data, |query| feedback(&data, feedback_by, signal, query));
        let of_prf = |weights| map(&data, |query| prf(&data, weights, signal, query).expect("it has vectors"));
        let (cm, default) = (of_cm(CM), of_prf(PRF));
        for (neighbours, mixture) in
            [5, 10, 20].into_iter().flat_map(|k| [0.5, 0.6, 0.7, 0.8, 0.9].map(|mixture| (k, mixture)))
        {
            let other = of_cm(Feedback { neighbours, mixture });
            assert!(cm >= other, "{neighbours}, {mixture}: {other} over {cm}");
        }
        for (hop, gamma) in [1.0, 2.0, 3.0].into_iter().flat_map(|hop| [0.25, 0.5, 1.0].map(|gamma| (hop, gamma))) {
            let other = of_prf(PrfWeights { hop, gamma, ..PRF });
            assert!(default >= other, "{hop}, {gamma}: {other} over {default}");
        }
        assert!(cm > text && default > text, "{text} {cm} {default}");
        let zero = PrfWeights { hop: 0.0, gamma: 0.0, ..PRF };
        assert!((of_prf(zero) - text).abs() < 1e-9, "weights as training starts from them rank by the text");
    }
}
