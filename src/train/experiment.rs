//! Everything that decides a training run, and the data made ready for it.

use super::{TrainConfig, TrainData};
use crate::dataset::{Dataset, Split, VectorTable};
use crate::eval::{self, Measure, STANDARD};
use crate::graph::{GraphRequest, Similarities, SimilarityGraph, unit_rows};
use crate::model::{Activation, DcmmConfig, ModelKind, RankingInput};
use crate::signals::{self, Normalisation, Signals};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Sizes and kind of the network, before the data fix its input sizes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    /// Which network.
    pub kind: ModelKind,
    /// Width of every layer of the MLP over the signals.
    pub hidden: usize,
    /// Layers of that MLP.
    pub mlp_layers: usize,
    /// Width of every graph convolution.
    pub conv_size: usize,
    /// Graph convolutions, one after the other.
    pub conv_layers: usize,
    /// What follows each convolution.
    pub activation: Activation,
    /// Share of units dropped while training, 0 to below 1.
    pub dropout: f32,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            kind: ModelKind::DcmmCos,
            hidden: 32,
            mlp_layers: 2,
            conv_size: 32,
            conv_layers: 1,
            activation: Activation::None,
            dropout: 0.2,
        }
    }
}

impl ModelSettings {
    /// The network's configuration for `feature_count` signals and vectors of `visual_dim` numbers.
    pub fn config(&self, feature_count: usize, visual_dim: usize, seed: u64) -> DcmmConfig {
        DcmmConfig {
            kind: self.kind,
            feature_count,
            visual_dim,
            mlp: vec![self.hidden; self.mlp_layers.max(1)],
            conv: vec![self.conv_size; self.conv_layers],
            activation: self.activation,
            dropout: self.dropout,
            seed,
        }
    }
}

/// Everything that decides a training run on a data set.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Experiment {
    /// Signals by name; `None` takes all.
    pub features: Option<Vec<String>>,
    /// How the signals of a query are brought to one scale.
    pub normalisation: Normalisation,
    /// How images become neighbours.
    pub graph: GraphRequest,
    /// The network.
    pub model: ModelSettings,
    /// The optimisation.
    pub training: TrainConfig,
}

impl Experiment {
    /// Positions of the chosen signals in `signals.infos`.
    ///
    /// # Errors
    /// The name of a chosen signal that the data set does not have.
    pub fn signal_indices(&self, signals: &Signals) -> Result<Vec<usize>, String> {
        let Some(names) = &self.features else { return Ok((0..signals.infos.len()).collect()) };
        names
            .iter()
            .map(|name| signals.infos.iter().position(|info| info.name == *name).ok_or_else(|| name.clone()))
            .collect()
    }

    /// The network's configuration on this data.
    pub fn model_config(&self, feature_count: usize, visual_dim: usize) -> DcmmConfig {
        self.model.config(feature_count, visual_dim, self.training.seed)
    }

    /// Everything of the experiment that [`prepare`] looks at, as text: on the same data, experiments with the same key
    /// have the same inputs and may share them. A setting of the model or of the training that comes to change the
    /// inputs must be added here.
    pub fn input_key(&self) -> String {
        // Plain values can always be written.
        let parts = (&self.features, &self.normalisation, &self.graph);
        serde_json::to_string(&parts).unwrap_or_default()
    }
}

/// The vectors of a query's candidates, L2-normalised; a row of zeros where an image has none.
///
/// # Shapes
/// Row-major, `candidates × dim`.
pub fn visual_rows(dataset: &Dataset, vectors: &VectorTable, query: usize) -> Vec<f32> {
    let candidates = &dataset.queries[query].candidates;
    let mut rows = vec![0.0; candidates.len() * vectors.dim];
    for (row, candidate) in rows.chunks_exact_mut(vectors.dim.max(1)).zip(candidates) {
        if let Some(vector) = vectors.get(candidate.image) {
            row.copy_from_slice(vector);
        }
    }
    unit_rows(&rows, vectors.dim)
}

/// One query as the network wants it.
pub fn ranking_input(
    dataset: &Dataset,
    signals: &Signals,
    vectors: &VectorTable,
    use_signals: &[usize],
    experiment: &Experiment,
    query: usize,
) -> RankingInput {
    let visual = visual_rows(dataset, vectors, query);
    let graph = SimilarityGraph::build(&Similarities::new(&visual, vectors.dim), experiment.graph).csr();
    let candidates = &dataset.queries[query].candidates;
    RankingInput {
        query,
        n: candidates.len(),
        features: signals::table(signals, query, use_signals, experiment.normalisation),
        feature_count: use_signals.len(),
        visual: Arc::new(visual),
        dim: vectors.dim,
        graph,
        relevance: candidates.iter().map(|candidate| candidate.relevance).collect(),
        ids: candidates.iter().map(|candidate| dataset.images[candidate.image].id.clone()).collect(),
    }
}

/// All queries as the network wants them; queries without candidates are left out.
///
/// `observe` is told how many queries are done, of how many, and may end the work: the result is then `None`.
pub fn prepare(
    dataset: &Dataset,
    signals: &Signals,
    vectors: &VectorTable,
    use_signals: &[usize],
    experiment: &Experiment,
    splits: &[Split],
    observe: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Option<TrainData> {
    use rayon::prelude::*;
    let queries: Vec<usize> =
        (0..dataset.queries.len()).filter(|&q| !dataset.queries[q].candidates.is_empty()).collect();
    let mut inputs = Vec::with_capacity(queries.len());
    for chunk in queries.chunks(8) {
        let ready: Vec<RankingInput> = chunk
            .par_iter()
            .map(|&query| ranking_input(dataset, signals, vectors, use_signals, experiment, query))
            .collect();
        inputs.extend(ready);
        if observe(inputs.len(), queries.len()).is_break() {
            return None;
        }
    }
    let split = queries.iter().map(|&query| splits[query]).collect();
    Some(TrainData { inputs, split })
}

/// The figures of the three rankings over one part of the queries, each in the order of [`STANDARD`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The search engine's order.
    pub initial: Vec<f64>,
    /// The text signal alone.
    pub text: Vec<f64>,
    /// The trained network.
    pub model: Vec<f64>,
}

/// Means of [`STANDARD`] over `queries` for any scores.
pub fn mean_measures(dataset: &Dataset, queries: &[usize], scores: impl Fn(usize) -> Vec<f32>) -> Vec<f64> {
    eval::evaluate_scores(dataset, queries, scores, &STANDARD).all
}

/// [`STANDARD`] as one JSON object, by each measure's name.
pub fn measures_json(figures: &[f64]) -> serde_json::Value {
    STANDARD
        .iter()
        .zip(figures)
        .map(|(measure, &figure): (&Measure, _)| (measure.to_string(), figure.into()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
