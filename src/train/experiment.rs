//! Everything that decides a training run, and the data made ready for it.

use super::{TrainConfig, TrainData};
use crate::dataset::{Dataset, Split, VectorTable};
use crate::eval::{self, Measure, STANDARD};
use crate::graph::{Csr, GraphRequest, Similarities, SimilarityGraph, unit_rows};
use crate::model::{Activation, DcmmConfig, Degree, ModelKind, RankingInput, Visual};
use crate::signals::{self, Normalisation, Signals};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// What ranks and how large it is, before the data fix its input sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    /// What ranks.
    pub kind: ModelKind,
    /// The text score of [`ModelKind::Signal`] and [`ModelKind::Cm`], by name; `None` takes the one that
    /// [`signals::text_signal`] finds.
    pub signal: Option<String>,
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
    /// Whether each convolution adds what came in to what goes out.
    pub residual: bool,
    /// How DCMM's sums over neighbours are scaled.
    pub degree: Degree,
    /// Attention heads of GAT.
    pub heads: usize,
    /// Networks whose scores are averaged, each with initial weights and dropout of its own.
    pub members: usize,
    /// Share of units dropped while training, 0 to below 1.
    pub dropout: f32,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            kind: ModelKind::DcmmCos,
            signal: None,
            hidden: 32,
            mlp_layers: 2,
            conv_size: 32,
            conv_layers: 1,
            activation: Activation::None,
            residual: false,
            degree: Degree::None,
            heads: 4,
            members: 1,
            dropout: 0.2,
        }
    }
}

impl ModelSettings {
    /// The configuration of the network that is trained, for `feature_count` signals and vectors of `visual_dim`
    /// numbers; `None` for what learns no network.
    pub fn config(&self, feature_count: usize, visual_dim: usize, seed: u64) -> Option<DcmmConfig> {
        let kind = self.kind.network()?;
        // Without a hidden layer the head is all there is: a weighted sum.
        let layers = if kind == ModelKind::Linear { 0 } else { self.mlp_layers.max(1) };
        Some(DcmmConfig {
            kind,
            feature_count,
            visual_dim,
            mlp: vec![self.hidden; layers],
            conv: if kind.convolves() { vec![self.conv_size; self.conv_layers] } else { Vec::new() },
            activation: self.activation,
            residual: self.residual,
            degree: self.degree,
            heads: self.heads,
            members: self.members,
            dropout: self.dropout,
            seed,
        })
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

    /// The configuration of the network that is trained on this data, if one is.
    pub fn model_config(&self, feature_count: usize, visual_dim: usize) -> Option<DcmmConfig> {
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
            row.copy_from_slice(&vector);
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
    let candidates = &dataset.queries[query].candidates;
    let graph = match experiment.model.kind.convolves() {
        true => SimilarityGraph::build(&Similarities::new(&visual, vectors.dim), experiment.graph).csr(),
        false => Csr { offsets: vec![0; candidates.len() + 1], ..Csr::default() },
    };
    RankingInput {
        query,
        n: candidates.len(),
        features: signals::table(signals, query, use_signals, experiment.normalisation),
        feature_count: use_signals.len(),
        visual: kept(dataset, vectors, experiment, query, visual),
        dim: vectors.dim,
        graph,
        relevance: candidates.iter().map(|candidate| candidate.relevance).collect(),
        ids: candidates.iter().map(|candidate| dataset.images[candidate.image].id.clone()).collect(),
    }
}

/// The vectors that stay with a query: those that the network looks at, and only if they fit into memory.
fn kept(dataset: &Dataset, vectors: &VectorTable, experiment: &Experiment, query: usize, rows: Vec<f32>) -> Visual {
    if experiment.model.kind != ModelKind::DcmmEdge {
        return Visual::none();
    }
    let images = dataset.queries[query].candidates.iter().map(|candidate| candidate.image);
    vectors.stored(images).map_or_else(|| rows.into(), Visual::Stored)
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
