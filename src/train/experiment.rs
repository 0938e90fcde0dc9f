//! All settings of a training run.

use super::{RunData, TrainConfig, TrainError};
use crate::dataset::Split;
use crate::eval::{self, Measures, STANDARD};
use crate::graph::{GraphRequest, VisualSettings, Whitening};
use crate::model::{Activation, Degree, ModelKind, NetworkConfig};
use crate::signals::{Normalisation, Signals};
use serde::{Deserialize, Deserializer, Serialize, de};

/// The model and its size, before the data determine its input sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    /// The model that ranks.
    pub kind: ModelKind,
    /// The text score that [`ModelKind::Signal`] and [`ModelKind::Cm`] use, by name; `None` for
    /// [`crate::signals::text_signal`].
    pub signal: Option<String>,
    /// Width of every layer of the MLP over the signals.
    pub hidden: usize,
    /// Layers of that MLP.
    pub mlp_layers: usize,
    /// Width of every graph convolution.
    pub conv_size: usize,
    /// Number of graph convolutions.
    pub conv_layers: usize,
    /// Activation after each convolution.
    pub activation: Activation,
    /// Whether each convolution adds its input to its output.
    pub residual: bool,
    /// How DCMM's sums over neighbours are scaled.
    pub degree: Degree,
    /// Whether DCMM-PRF uses images similar to those the text ranks first.
    pub feedback: bool,
    /// Attention heads of GAT.
    pub heads: usize,
    /// Networks whose scores are averaged, each with its own initial weights and dropout.
    pub members: usize,
    /// Share of units dropped while training, in [0, 1).
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
            feedback: true,
            heads: 4,
            members: 1,
            dropout: 0.2,
        }
    }
}

impl ModelSettings {
    /// The configuration of the network to train, for the given numbers of signals and principal components, and
    /// vectors of `visual_dim` numbers; `None` for kinds without a network.
    pub fn config(
        &self,
        (feature_count, component_count): (usize, usize),
        visual_dim: usize,
        seed: u64,
    ) -> Option<NetworkConfig> {
        let kind = self.kind.network()?;
        // Without hidden layers only the head remains: a weighted sum.
        let layers = match kind {
            ModelKind::Linear => 0,
            ModelKind::DcmmPrf => self.mlp_layers,
            _ => self.mlp_layers.max(1),
        };
        Some(NetworkConfig {
            kind,
            feature_count: feature_count + component_count,
            component_count,
            visual_dim,
            mlp: vec![self.hidden; layers],
            conv: if kind.uses_graph() { vec![self.conv_size; self.conv_layers] } else { Vec::new() },
            activation: self.activation,
            residual: self.residual,
            degree: self.degree,
            feedback: self.feedback,
            heads: self.heads,
            members: self.members,
            dropout: self.dropout,
            seed,
        })
    }
}

/// All settings of a training run on a data set.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Experiment {
    /// Signals by name; `None` for all.
    pub features: Option<Vec<String>>,
    /// How the signals of a query are normalised.
    pub normalisation: Normalisation,
    /// How visual vectors are transformed before a graph network uses them.
    pub visual: VisualSettings,
    /// How neighbours are chosen.
    pub graph: GraphRequest,
    /// The network.
    pub model: ModelSettings,
    /// The optimisation.
    pub training: TrainConfig,
}

impl Experiment {
    /// Indices of the selected signals in `signals.infos`.
    ///
    /// # Errors
    /// [`TrainError::UnknownSignal`] for a selected signal that the data set lacks, [`TrainError::NoSignal`] if none
    /// is selected.
    pub fn signal_indices(&self, signals: &Signals) -> Result<Vec<usize>, TrainError> {
        let position = |name: &String| {
            let found = signals.infos.iter().position(|info| info.name == *name);
            found.ok_or_else(|| TrainError::unknown_signal(name, signals))
        };
        let chosen: Vec<usize> = match &self.features {
            None => (0..signals.infos.len()).collect(),
            Some(names) => names.iter().map(position).collect::<Result<_, _>>()?,
        };
        if chosen.is_empty() { Err(TrainError::NoSignal) } else { Ok(chosen) }
    }

    /// The configuration of the network to train on `signals` signals and vectors of `dim` numbers, if there is one;
    /// `learned` is the whitening applied to the vectors first.
    pub fn model_config(&self, signals: usize, dim: usize, learned: Option<&Whitening>) -> Option<NetworkConfig> {
        let components = learned.map_or(0, Whitening::components);
        let dim = learned.filter(|_| self.visual.whiten).map_or(dim, Whitening::dim);
        self.model.config((signals, components), dim, self.training.seed)
    }

    /// Whether a whitening is learned from the visual vectors first; only graph networks use one.
    pub fn whitens(&self) -> bool {
        self.visual.learns() && self.model.kind.uses_graph()
    }

    /// Everything that [`super::prepare`] depends on, as text: on the same data, experiments with the same key have
    /// the same inputs and may share them. Any setting of the model or of training that affects the inputs must be
    /// included here.
    pub fn input_key(&self, splits: &[Split]) -> String {
        let kind = self.model.kind;
        // The whitening is learned on the training queries.
        let learned = self.whitens().then_some((&self.visual, splits));
        let parts =
            (&self.features, &self.normalisation, &self.graph, kind.uses_graph(), kind.reads_vectors(), learned);
        // Serialising plain values cannot fail.
        serde_json::to_string(&parts).unwrap_or_default()
    }
}

/// The means of [`STANDARD`] for the three rankings over one split; empty before the run finishes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The search engine's order.
    #[serde(deserialize_with = "standard_or_nothing")]
    pub initial: Measures,
    /// The text signal alone.
    #[serde(deserialize_with = "standard_or_nothing")]
    pub text: Measures,
    /// The trained network.
    #[serde(deserialize_with = "standard_or_nothing")]
    pub model: Measures,
}

fn standard_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Measures, D::Error> {
    let measures = Measures::deserialize(deserializer)?;
    if measures.is_empty() { Ok(measures) } else { measures.with_standard().map_err(de::Error::custom) }
}

/// Means of [`STANDARD`] over `queries` for any scores.
pub fn mean_measures(data: &RunData, queries: &[usize], scores: impl Fn(usize) -> Vec<f32>) -> Measures {
    eval::evaluate_scores(&data.dataset, &data.judgements, queries, scores, &STANDARD).all
}
