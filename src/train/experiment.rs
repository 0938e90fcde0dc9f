//! All settings of a training run.

use super::{RunData, TrainConfig, TrainError};
use crate::dataset::Split;
use crate::eval::{self, Measures, STANDARD};
use crate::graph::{GraphRequest, VisualSettings, Whitening};
use crate::model::{ModelSettings, NetworkConfig};
use crate::signals::{Normalisation, Signals};
use serde::{Deserialize, Deserializer, Serialize, de};

/// All settings of a training run on a data set.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Experiment {
    /// Signals by name; `None` for all.
    pub features: Option<Vec<String>>,
    /// How the signals of a query are normalised.
    pub normalisation: Normalisation,
    /// How visual vectors are transformed before they are compared, and what a network reads of them.
    pub visual: VisualSettings,
    /// How neighbours are chosen.
    pub graph: GraphRequest,
    /// The network.
    pub model: ModelSettings,
    /// The optimisation.
    pub training: TrainConfig,
    /// Settings that each run chooses on its own train and validation queries, as `visual.components=64,0` with the
    /// usual value first; see [`super::choose()`].
    pub choose: Vec<String>,
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

    /// Whether principal components of the visual vectors are among the network's inputs.
    pub fn reads_components(&self) -> bool {
        self.visual.components > 0 && self.model.kind.network().is_some()
    }

    /// Whether the pictures' similarities, for the graph or for feedback, are those of whitened vectors.
    pub fn compares_whitened(&self) -> bool {
        self.visual.whiten && self.model.kind.needs_vectors()
    }

    /// Whether principal directions of the visual vectors are learned first.
    pub fn whitens(&self) -> bool {
        self.reads_components() || self.compares_whitened()
    }

    /// Whether it needs visual vectors.
    pub fn needs_vectors(&self) -> bool {
        self.model.kind.needs_vectors() || self.reads_components()
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
    /// The text signal alone; empty if the data set has none ([`crate::signals::text_signal`]).
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
