//! Everything that decides a training run.

use super::{RunData, TrainConfig, TrainError};
use crate::dataset::Split;
use crate::eval::{self, Measures, STANDARD};
use crate::graph::{GraphRequest, VisualSettings, Whitening};
use crate::model::{Activation, Degree, ModelKind, NetworkConfig};
use crate::signals::{Normalisation, Signals};
use serde::{Deserialize, Deserializer, Serialize, de};

/// What ranks and how large it is, before the data fix its input sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    /// What ranks.
    pub kind: ModelKind,
    /// The text score of [`ModelKind::Signal`] and [`ModelKind::Cm`], by name; `None` takes the one that
    /// [`crate::signals::text_signal`] finds.
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
    /// Whether DCMM-PRF takes up what looks like the images that the text ranks first.
    pub feedback: bool,
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
            feedback: true,
            heads: 4,
            members: 1,
            dropout: 0.2,
        }
    }
}

impl ModelSettings {
    /// The configuration of the network that is trained, for so many signals and principal components, and vectors of
    /// `visual_dim` numbers; `None` for what learns no network.
    pub fn config(
        &self,
        (feature_count, component_count): (usize, usize),
        visual_dim: usize,
        seed: u64,
    ) -> Option<NetworkConfig> {
        let kind = self.kind.network()?;
        // Without a hidden layer the head is all there is: a weighted sum.
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

/// Everything that decides a training run on a data set.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Experiment {
    /// Signals by name; `None` takes all.
    pub features: Option<Vec<String>>,
    /// How the signals of a query are brought to one scale.
    pub normalisation: Normalisation,
    /// What visual vectors go through before they become neighbours of a graph network.
    pub visual: VisualSettings,
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
    /// [`TrainError::UnknownSignal`] for a chosen signal that the data set does not have, [`TrainError::NoSignal`]
    /// where none is chosen.
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

    /// The configuration of the network that is trained on `signals` signals and vectors of `dim` numbers, if one is;
    /// `learned` tells what the vectors go through first.
    pub fn model_config(&self, signals: usize, dim: usize, learned: Option<&Whitening>) -> Option<NetworkConfig> {
        let components = learned.map_or(0, Whitening::components);
        let dim = learned.filter(|_| self.visual.whiten).map_or(dim, Whitening::dim);
        self.model.config((signals, components), dim, self.training.seed)
    }

    /// Whether something is learned of the visual vectors first: only graph networks have a use for it.
    pub fn whitens(&self) -> bool {
        self.visual.learns() && self.model.kind.uses_graph()
    }

    /// Everything that [`super::prepare`] looks at, as text: on the same data, experiments with the same key have the
    /// same inputs and may share them. A setting of the model or of the training that comes to change the inputs must
    /// be added here.
    pub fn input_key(&self, splits: &[Split]) -> String {
        let kind = self.model.kind;
        // What is learned of the vectors is learned on the training queries.
        let learned = self.whitens().then_some((&self.visual, splits));
        let parts =
            (&self.features, &self.normalisation, &self.graph, kind.uses_graph(), kind.reads_vectors(), learned);
        // Plain values can always be written.
        serde_json::to_string(&parts).unwrap_or_default()
    }
}

/// The means of [`STANDARD`] of the three rankings over one part of the queries; nothing before a run's end.
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
