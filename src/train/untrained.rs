//! Rankings that need no judgement: the text's score with feedback from the pictures.

use std::borrow::Cow;

use rayon::prelude::*;

use super::inputs::input_over;
use super::{Experiment, Preset, RunData, TrainError};
use crate::base::named;
use crate::graph::{Csr, GraphRequest, Similarities, VisualSettings, cosines_with, unit_rows, visual_rows};
use crate::model::{Feedback, FeedbackScores, ModelKind, Network, RankingInput, Weights};
use crate::signals::{self, Normalisation};

/// Candidates whose vectors are read together.
const BLOCK: usize = 256;

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
struct PrfWeights {
    /// Of the text itself.
    text: f64,
    /// Of what the neighbours say.
    hop: f64,
    /// How sharply the feedback prefers the text's first images.
    beta: f64,
    /// Of the feedback.
    gamma: f64,
}

/// Default weights, chosen in the same way for this β; a sharper one gains .003 there, but listens to fewer images. Those
/// that training starts from are 0, which would rank by the text alone.
const PRF: PrfWeights = PrfWeights { text: 1.0, hop: 2.0, beta: 3.0, gamma: 0.5 };

impl Untrained {
    /// The graph of the candidates that it sums over, if it has one.
    pub fn graph(self) -> Option<GraphRequest> {
        (self == Self::Prf).then(|| experiment().graph)
    }

    /// Whether it compares pictures.
    pub fn needs_vectors(self) -> bool {
        self != Self::Text
    }
}

/// The scores of one query's candidates, by the signal at this index; greater is better, all finite.
///
/// The graph of [`Untrained::Prf`] is the exact one, which takes time in proportion to the square of the candidates.
///
/// # Errors
/// If visual vectors are needed and there are none, or the network cannot be computed.
///
/// # Panics
/// If there is no such query.
pub fn rank_untrained(data: &RunData, by: Untrained, signal: usize, query: usize) -> Result<Vec<f32>, TrainError> {
    let graph = exact_graph(data, by, query);
    rank_untrained_over(data, by, signal, query, graph)
}

/// The exact graph of a query's candidates, for rankings with one.
fn exact_graph(data: &RunData, by: Untrained, query: usize) -> Csr {
    let Some(request) = by.graph().filter(|_| data.has_vectors()) else { return Csr::default() };
    let rows = visual_rows(&data.dataset, &data.vectors, query);
    Csr::nearest(&Similarities::within(data.memory, &rows, data.vectors.dim), request)
}

/// The network of [`Untrained::Prf`] and a query as its input; `None` for a query without candidates.
///
/// # Errors
/// Those of [`rank_untrained`].
pub(super) fn prf_of(
    data: &RunData,
    signal: usize,
    query: usize,
) -> Result<Option<(Network, RankingInput)>, TrainError> {
    check_vectors(data, Untrained::Prf)?;
    prf_network(data, PRF, signal, (query, exact_graph(data, Untrained::Prf, query)))
}

/// Checks that there are visual vectors if a ranking needs some.
fn check_vectors(data: &RunData, by: Untrained) -> Result<(), TrainError> {
    if by.needs_vectors() && !data.has_vectors() {
        let reason = "it needs visual vectors, and there are none".to_owned();
        return Err(TrainError::Unfit { run: by.name().to_owned(), reason });
    }
    Ok(())
}

/// [`rank_untrained`] over a graph of the candidates made before, which only rankings with one look at
/// ([`Untrained::graph`]). Time and memory are then in proportion to the candidates.
///
/// # Errors
/// As [`rank_untrained`], and if the graph is not of the candidates.
///
/// # Panics
/// If there is no such query.
pub fn rank_untrained_over(
    data: &RunData,
    by: Untrained,
    signal: usize,
    query: usize,
    graph: Csr,
) -> Result<Vec<f32>, TrainError> {
    check_vectors(data, by)?;
    let text = || signals::table(&data.signals, query, &[signal], Normalisation::None);
    match by {
        Untrained::Text => Ok(text()),
        Untrained::Cm => Ok(cross_modal_feedback(data, query, &text(), CM)),
        Untrained::Prf => prf(data, PRF, signal, (query, graph)),
    }
}

/// Cross-modal feedback over the scores of a query's candidates ([`FeedbackScores`]): one pass over their vectors.
///
/// # Panics
/// If there is no such query.
pub fn cross_modal_feedback(data: &RunData, query: usize, text: &[f32], feedback: Feedback) -> Vec<f32> {
    let candidates = &data.dataset.queries[query].candidates;
    let (vectors, dim) = (&data.vectors, data.vectors.dim);
    let best = FeedbackScores::best(feedback.neighbours, text);
    let vector = |at: usize| vectors.get(candidates[at].image).unwrap_or_else(|| vec![0.0; dim].into());
    let queries: Vec<Vec<f32>> = best.iter().map(|&at| unit_rows(&vector(at), dim)).collect();
    let cosines = |block: &[crate::dataset::Candidate]| {
        let mut rows = vec![0.0; block.len() * dim];
        for (row, candidate) in rows.chunks_exact_mut(dim.max(1)).zip(block) {
            if let Some(vector) = vectors.get(candidate.image) {
                row.copy_from_slice(&vector);
            }
        }
        cosines_with(&rows, dim, &queries)
    };
    let cosines: Vec<f32> = candidates.par_chunks(BLOCK).flat_map_iter(cosines).collect();
    let row = &mut |from: usize| {
        let column = best.iter().position(|&known| known == from).unwrap_or_default();
        // A candidate without a vector has no cosine and gets nothing.
        Cow::from(cosines.chunks_exact(best.len().max(1)).map(|row| row[column]).collect::<Vec<f32>>())
    };
    FeedbackScores::up_to(feedback.neighbours, text, row).mix(feedback)
}

/// The preset's network over one signal and raw vectors.
fn experiment() -> Experiment {
    let mut experiment =
        Experiment { visual: VisualSettings::default(), choose: Vec::new(), ..Preset::Best.experiment() };
    experiment.model.kind = ModelKind::DcmmPrf;
    experiment.model.dropout = 0.0;
    experiment
}

/// The scores of DCMM-PRF with these weights.
fn prf(
    data: &RunData,
    weights: PrfWeights,
    signal: usize,
    (query, graph): (usize, Csr),
) -> Result<Vec<f32>, TrainError> {
    match prf_network(data, weights, signal, (query, graph))? {
        Some((network, input)) => Ok(network.score(&input)?.total),
        None => Ok(Vec::new()),
    }
}

/// DCMM-PRF with these weights, and a query as its input; `None` for a query without candidates.
fn prf_network(
    data: &RunData,
    weights: PrfWeights,
    signal: usize,
    (query, graph): (usize, Csr),
) -> Result<Option<(Network, RankingInput)>, TrainError> {
    let experiment = experiment();
    let input = input_over(data, &[signal], &experiment, query, graph);
    let Some(config) = experiment.model_config(1, data.vectors.dim, None).filter(|_| input.n > 0) else {
        return Ok(None);
    };
    let named = [
        ("head_text.weight", weights.text),
        ("head_text.bias", 0.0),
        ("hop.0.weight", weights.hop),
        ("feedback.beta", weights.beta),
        ("feedback.gamma", weights.gamma),
    ];
    let weights: Weights = named.into_iter().map(|(name, value)| (name.to_owned(), vec![value])).collect();
    Ok(Some((Network::from_weights(&config, &weights)?, input)))
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
        let text_of = |query| signals::table(&data.signals, query, &[signal], Normalisation::None);
        let of_cm = |feedback| map(&data, |query| cross_modal_feedback(&data, query, &text_of(query), feedback));
        let graph = |query| {
            let rows = visual_rows(&data.dataset, &data.vectors, query);
            Csr::nearest(&Similarities::new(&rows, data.vectors.dim), experiment().graph)
        };
        let of_prf =
            |weights| map(&data, |query| prf(&data, weights, signal, (query, graph(query))).expect("it has vectors"));
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
        for query in data.queries_of(Split::Train) {
            let rows = visual_rows(&data.dataset, &data.vectors, query);
            let all = FeedbackScores::new(&text_of(query), &Similarities::new(&rows, data.vectors.dim)).mix(CM);
            let one_pass = cross_modal_feedback(&data, query, &text_of(query), CM);
            assert!(all.iter().zip(&one_pass).all(|(a, b)| (a - b).abs() < 1e-4), "query {query}");
        }
        let zero = PrfWeights { hop: 0.0, gamma: 0.0, ..PRF };
        assert!((of_prf(zero) - text).abs() < 1e-9, "weights as training starts from them rank by the text");
    }
}
