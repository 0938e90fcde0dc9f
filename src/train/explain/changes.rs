//! What would be if something were otherwise.

use std::collections::BTreeSet;

use super::candidates::Candidates;
use super::scored::Scored;
use crate::graph::Csr;
use crate::model::{RankingInput, Source};
use crate::train::{SavedRun, TrainError};

/// Changes to one query, seen from one of its images; all of them together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Images that are not candidates: the list is made again without them, and signals are normalised anew.
    pub images: BTreeSet<usize>,
    /// Images that no edge joins to the one looked at.
    pub edges: BTreeSet<usize>,
    /// Signals ([`Source::Feature`]) and components ([`Source::Component`]) of the image looked at that are as the query's
    /// mean.
    pub inputs: BTreeSet<Source>,
    /// Another number of neighbours.
    pub neighbours: Option<usize>,
}

impl Changes {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The candidates and their scores after changes, and where `image` then is among them. `before` has the cosines.
pub(super) fn changed(
    run: &SavedRun,
    (candidates, before): (&Candidates, &Scored),
    image: usize,
    changes: &Changes,
    memory: usize,
) -> Result<(Scored, usize), TrainError> {
    check(run, candidates, image, changes)?;
    let mut scored = match changes.images.is_empty() {
        true => Scored::new(run, candidates, before.similarities.clone(), changes.neighbours, memory)?,
        false => Scored::new(run, &candidates.without(&changes.images), None, changes.neighbours, memory)?,
    };
    let now = |image: usize| image - changes.images.range(..image).count();
    let at = now(image);
    if changes.edges.is_empty() && changes.inputs.is_empty() {
        return Ok((scored, at));
    }
    let cut: BTreeSet<usize> = changes.edges.difference(&changes.images).map(|&other| now(other)).collect();
    scored.input.graph = without_edges(&scored.input.graph, at, &cut);
    for &source in &changes.inputs {
        match (&run.network, column(run, source)) {
            (Some(_), Some(column)) => level(&mut scored.input, column, at),
            _ => scored.level_given(at),
        }
    }
    scored.score(run)?;
    Ok((scored, at))
}

/// Checks that changes can be made.
fn check(run: &SavedRun, candidates: &Candidates, image: usize, changes: &Changes) -> Result<(), TrainError> {
    let fail = |reason: &str| Err(TrainError::Unexplained(reason.to_owned()));
    let n = candidates.n();
    if image >= n || changes.images.iter().chain(&changes.edges).any(|&other| other >= n) {
        return fail("there is no such candidate");
    }
    if changes.images.contains(&image) || changes.edges.contains(&image) {
        return fail("an image cannot be without itself");
    }
    let uses_graph = run.experiment.model.kind.uses_graph();
    if !uses_graph && (!changes.edges.is_empty() || changes.neighbours.is_some()) {
        return fail("the model has no edges");
    }
    let is_input = |&source: &Source| match &run.network {
        Some(network) => column(run, source).is_some_and(|column| column < network.config().feature_count),
        None => source == Source::Feature(0),
    };
    match changes.inputs.iter().all(is_input) {
        true => Ok(()),
        false => fail("the model has no such signal"),
    }
}

/// Where a signal or a component is among the network's inputs.
fn column(run: &SavedRun, source: Source) -> Option<usize> {
    let config = run.network.as_ref()?.config();
    let signals = config.feature_count - config.component_count;
    match source {
        Source::Feature(at) => Some(at).filter(|&at| at < signals),
        Source::Component(at) => Some(signals + at),
        Source::Neighbour(_) | Source::Feedback(_) | Source::Bias => None,
    }
}

/// Sets one input of an image to the mean of all images.
fn level(input: &mut RankingInput, column: usize, image: usize) {
    let width = input.feature_count;
    let sum: f64 = input.features.iter().skip(column).step_by(width).map(|&x| f64::from(x)).sum();
    input.features[image * width + column] = (sum / input.n.max(1) as f64) as f32;
}

/// A graph without the edges between an image and some others, in either direction.
fn without_edges(graph: &Csr, image: usize, others: &BTreeSet<usize>) -> Csr {
    let mut out = Csr { offsets: vec![0], ..Csr::default() };
    for i in 0..graph.n() {
        for edge in graph.row(i) {
            let j = graph.targets[edge] as usize;
            let is_cut = (i == image && others.contains(&j)) || (j == image && others.contains(&i));
            if !is_cut {
                out.targets.push(graph.targets[edge]);
                out.weights.push(graph.weights[edge]);
            }
        }
        out.offsets.push(out.targets.len() as u32);
    }
    out
}
