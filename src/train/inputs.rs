//! Prepares a data set for a network.

use super::{Experiment, RunData, TrainData, TrainError};
use crate::base::FileError;
use crate::dataset::Split;
use crate::graph::{Csr, GraphError, Similarities, Whitening, raw_rows, unit_rows, visual_rows};
use crate::model::{RankingInput, Visual};
use crate::signals;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// Learns the whitening of the visual vectors from the images of the training queries, if the experiment uses one.
pub(super) fn learn_whitening(
    data: &RunData,
    experiment: &Experiment,
    proceed: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Option<Whitening>, TrainError> {
    if !experiment.whitens() {
        return Ok(None);
    }
    let of_training = |query: &usize| data.splits[*query] == Split::Train;
    let queries = (0..data.dataset.queries.len()).filter(of_training).map(|query| &data.dataset.queries[query]);
    let images: BTreeSet<usize> = queries.flat_map(|q| q.candidates.iter().map(|c| c.image)).collect();
    let with_vectors: Vec<usize> =
        images.into_iter().filter(|&image| data.vectors.row_of_image.get(image).is_some_and(Option::is_some)).collect();
    let row = |image: usize| data.vectors.get(image);
    let learned = Whitening::learn(&with_vectors, row, data.vectors.dim, experiment.visual, proceed);
    learned.map(Some).map_err(|error| match error {
        GraphError::Cancelled => TrainError::Cancelled,
        fault => FileError::malformed(fault, vector_file(data)).into(),
    })
}

/// The file that the visual vectors come from; the data set's folder if they were computed.
fn vector_file(data: &RunData) -> &Path {
    let of_name = |name: &String| data.dataset.vectors.iter().find(|source| source.name == *name);
    let file = data.vector_names.iter().filter_map(of_name).find_map(|source| source.files.first());
    file.map_or(&data.dataset.root, |file| file)
}

/// One query as the network's input.
pub fn ranking_input(
    data: &RunData,
    use_signals: &[usize],
    experiment: &Experiment,
    whitening: Option<&Arc<Whitening>>,
    query: usize,
) -> RankingInput {
    let mut input = without_visual(data, use_signals, experiment, query);
    if experiment.model.kind.uses_graph() || whitening.is_some() {
        add_visual(data, experiment, whitening, &mut input);
    }
    input
}

/// One query as the input of a graph network over a graph made before, and raw vectors.
pub(super) fn input_over(
    data: &RunData,
    use_signals: &[usize],
    experiment: &Experiment,
    query: usize,
    graph: Csr,
) -> RankingInput {
    let mut input = without_visual(data, use_signals, experiment, query);
    input.graph = graph;
    add_rows(data, None, &mut input, || visual_rows(&data.dataset, &data.vectors, query));
    input
}

/// One query's signals.
fn without_visual(data: &RunData, use_signals: &[usize], experiment: &Experiment, query: usize) -> RankingInput {
    let candidates = &data.dataset.queries[query].candidates;
    let features = signals::table(&data.signals, query, use_signals, experiment.normalisation);
    RankingInput {
        query,
        n: candidates.len(),
        features,
        feature_count: use_signals.len(),
        visual: Visual::none(),
        dim: data.vectors.dim,
        graph: Csr::without_edges(candidates.len()),
        relevance: data.judgements.of(query).to_vec(),
        others: data.judgements.counted_others(query),
        ids: candidates.iter().map(|candidate| data.dataset.images[candidate.image].id.clone()).collect(),
    }
}

/// Adds what a network sees of the pictures: components among the signals, and for a graph network the graph and the
/// vectors.
fn add_visual(data: &RunData, experiment: &Experiment, whitening: Option<&Arc<Whitening>>, input: &mut RankingInput) {
    let raw = raw_rows(&data.dataset, &data.vectors, input.query);
    let projected = whitening.map(|whitening| (whitening, whitening.project(&raw)));
    if let Some((whitening, projected)) = &projected {
        let extra = whitening.inputs(projected);
        input.features = concatenate(&input.features, input.feature_count, &extra, whitening.components());
        input.feature_count += whitening.components();
    }
    if !experiment.model.kind.uses_graph() {
        return;
    }
    let whitened = projected.as_ref().filter(|_| experiment.visual.whiten);
    let (rows, dim) = compared(data, &raw, whitened.map(|(whitening, projected)| (whitening.as_ref(), &projected[..])));
    input.dim = dim;
    input.graph = Csr::nearest(&Similarities::within(data.memory, &rows, dim), experiment.graph);
    if experiment.model.kind.reads_vectors() {
        add_rows(data, whitening.filter(|_| experiment.visual.whiten), input, || rows);
    }
}

/// Adds unit rows. Those that do not fit into memory are read whenever the network uses them.
fn add_rows(
    data: &RunData,
    whitening: Option<&Arc<Whitening>>,
    input: &mut RankingInput,
    rows: impl FnOnce() -> Vec<f32>,
) {
    let images = data.dataset.queries[input.query].candidates.iter().map(|candidate| candidate.image);
    input.visual = match data.vectors.stored(images) {
        None => rows().into(),
        Some(rows) => Visual::Stored { rows, whitening: whitening.cloned() },
    };
}

/// A query's vectors as unit rows, whitened if `whitening` is given, and their dimension.
///
/// # Shapes
/// n × d.
pub(super) fn compared_rows(data: &RunData, whitening: Option<&Whitening>, query: usize) -> (Vec<f32>, usize) {
    let raw = raw_rows(&data.dataset, &data.vectors, query);
    let projected = whitening.map(|whitening| (whitening, whitening.project(&raw)));
    compared(data, &raw, projected.as_ref().map(|(whitening, projected)| (*whitening, &projected[..])))
}

/// Raw vectors, or their projections, as the unit rows that are compared, and their dimension.
pub(super) fn compared(data: &RunData, raw: &[f32], projected: Option<(&Whitening, &[f32])>) -> (Vec<f32>, usize) {
    match projected {
        Some((whitening, projected)) => (whitening.whitened(projected), whitening.dim()),
        None => (unit_rows(raw, data.vectors.dim), data.vectors.dim),
    }
}

/// Concatenates rows of `a` numbers and rows of `b` numbers.
pub(super) fn concatenate(left: &[f32], a: usize, right: &[f32], b: usize) -> Vec<f32> {
    if b == 0 {
        return left.to_vec();
    }
    let rows = left.chunks(a.max(1)).zip(right.chunks(b));
    rows.flat_map(|(left, right)| left.iter().chain(right).copied()).collect()
}

/// All queries as the network's inputs, except those without candidates. The whitening is learned on the training
/// queries.
///
/// `observe` gets the number of queries done and in all, and may stop the work.
///
/// # Errors
/// If the whitening cannot be learned, with the vectors' file, and [`TrainError::Cancelled`].
pub fn prepare(
    data: &RunData,
    use_signals: &[usize],
    experiment: &Experiment,
    observe: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<TrainData, TrainError> {
    let queries = data.dataset.queries.len();
    let whitening = learn_whitening(data, experiment, &mut || observe(0, queries))?.map(Arc::new);
    prepare_with(data, use_signals, experiment, whitening, &with_candidates(data), observe)
}

/// The queries that have candidates.
pub(super) fn with_candidates(data: &RunData) -> Vec<usize> {
    let queries = &data.dataset.queries;
    (0..queries.len()).filter(|&query| !queries[query].candidates.is_empty()).collect()
}

/// The ids of the queries that are ranked, and their numbers of candidates.
pub(super) fn ranked_queries(data: &RunData) -> Vec<(String, usize)> {
    let query = |query: usize| {
        let query = &data.dataset.queries[query];
        (query.id.to_string(), query.candidates.len())
    };
    with_candidates(data).into_iter().map(query).collect()
}

/// [`prepare`] for these queries, with a whitening learned before.
pub(super) fn prepare_with(
    data: &RunData,
    use_signals: &[usize],
    experiment: &Experiment,
    whitening: Option<Arc<Whitening>>,
    queries: &[usize],
    observe: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<TrainData, TrainError> {
    use rayon::prelude::*;
    let mut inputs = Vec::with_capacity(queries.len());
    for chunk in queries.chunks(8) {
        let one = |&query: &usize| ranking_input(data, use_signals, experiment, whitening.as_ref(), query);
        let bytes = |&query: &usize| Similarities::bytes(data.dataset.queries[query].candidates.len());
        let together = chunk.iter().map(bytes).fold(0, usize::saturating_add);
        match together <= data.memory {
            true => inputs.extend(chunk.par_iter().map(one).collect::<Vec<_>>()),
            // One large query after the other, each on all cores.
            false => inputs.extend(chunk.iter().map(one)),
        }
        if observe(inputs.len(), queries.len()).is_break() {
            return Err(TrainError::Cancelled);
        }
    }
    let split = queries.iter().map(|&query| data.splits[query]).collect();
    Ok(TrainData { inputs, split, whitening })
}
