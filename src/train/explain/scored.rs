//! One query's candidates with their scores under a run.

use std::ops::ControlFlow;

use super::candidates::Candidates;
use super::place::Place;
use crate::eval::{self, Measure};
use crate::graph::{Csr, GraphRequest, Similarities};
use crate::model::{Explanation, Feedback, FeedbackScores, Mixture, ModelKind, Prepared, RankingInput};
use crate::train::epoch::measured;
use crate::train::{SavedRun, TrainError};

/// Candidates, what a run sees of them, and the scores it gives them.
pub(super) struct Scored {
    pub(super) input: RankingInput,
    /// The cosines, if the run compares pictures.
    pub(super) similarities: Option<Similarities>,
    /// The text score: that of the network if there is one.
    text: Vec<f32>,
    pub(super) scores: Vec<f32>,
}

impl Scored {
    /// Candidates with `k` neighbours, or as many as in the run. Cosines are computed in at most `memory` bytes.
    pub(super) fn new(
        run: &SavedRun,
        candidates: &Candidates,
        similarities: Option<Similarities>,
        k: Option<usize>,
        memory: usize,
    ) -> Result<Self, TrainError> {
        let kind = run.experiment.model.kind;
        let compare = || Similarities::within(memory, &candidates.rows, candidates.dim);
        let similarities = similarities.or_else(|| kind.needs_vectors().then(compare));
        let request = GraphRequest { k: k.unwrap_or(run.experiment.graph.k), ..run.experiment.graph };
        let graph = match &similarities {
            Some(similarities) if kind.uses_graph() => Csr::nearest(similarities, request),
            _ => Csr::without_edges(candidates.n()),
        };
        let input = candidates.input(&run.experiment, run.whitening.as_deref(), graph);
        let mut scored = Self { input, similarities, text: candidates.given_scores(), scores: Vec::new() };
        scored.score(run)?;
        Ok(scored)
    }

    /// Scores them again after their input, or their given scores, have changed.
    pub(super) fn score(&mut self, run: &SavedRun) -> Result<(), TrainError> {
        if let Some(network) = &run.network {
            self.text = network.score(&self.input)?.total;
        }
        self.scores = match (feedback(run), &self.similarities) {
            (Some(feedback), Some(similarities)) => {
                let row = &mut |from| similarities.row(from);
                FeedbackScores::up_to(feedback.neighbours, &self.text, row).mix(feedback)
            }
            _ => self.text.clone(),
        };
        Ok(())
    }

    /// Replaces the given score of one of them by the mean.
    pub(super) fn level_given(&mut self, image: usize) {
        let mean = self.text.iter().map(|&x| f64::from(x)).sum::<f64>() / self.text.len().max(1) as f64;
        self.text[image] = mean as f32;
    }

    /// Why some of them have their scores.
    pub(super) fn explain(
        &self,
        run: &SavedRun,
        images: &[usize],
        proceed: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Vec<Explanation>, TrainError> {
        let of_network = match &run.network {
            Some(network) => network.explain(&Prepared::new(&self.input, network.config())?, images, proceed)?,
            None => Vec::new(),
        };
        let given = |&image: &usize| Explanation::of_signal(0, f64::from(self.text[image]));
        Ok(match (feedback(run), &self.similarities) {
            (Some(feedback), Some(similarities)) => {
                let mixture = Mixture::new(&self.text, similarities, feedback);
                let one = |(at, &image): (usize, &usize)| match of_network.get(at) {
                    Some(text) => mixture.of_network(text, image),
                    None => mixture.of_signal(0, image),
                };
                images.iter().enumerate().map(one).collect()
            }
            _ if run.network.is_some() => of_network,
            _ => images.iter().map(given).collect(),
        })
    }

    /// Where one of them stands.
    pub(super) fn place(&self, image: usize) -> Place {
        let ids: Vec<&str> = self.input.ids.iter().map(|id| id.as_str()).collect();
        let order = eval::order(&self.scores, &ids);
        let is_judged = !self.input.others.is_empty() || self.input.relevance.iter().any(Option::is_some);
        let precision = || measured(&self.input, &self.scores, &[Measure::Map], 0)[0];
        Place {
            rank: order.iter().position(|&at| at == image).map_or(0, |at| at + 1),
            of: order.len(),
            score: self.scores[image],
            average_precision: is_judged.then(precision),
        }
    }
}

/// The feedback that a run mixes in, if it does.
fn feedback(run: &SavedRun) -> Option<Feedback> {
    let kind: ModelKind = run.experiment.model.kind;
    run.record.feedback.filter(|_| kind.uses_feedback())
}
