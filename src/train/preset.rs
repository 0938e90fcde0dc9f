//! Experiments that have a name.

use super::{Decay, Experiment, Keep, Loss, ModelSettings, Schedule, TrainConfig};
use crate::graph::{GraphRequest, VisualSettings};
use crate::model::{ModelKind, UnknownName};
use crate::signals::Normalisation;
use std::fmt;
use std::str::FromStr;

/// A ready-made experiment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Preset {
    /// What ranks best on average, chosen by cross-validation; assets/manual/results.md tells how.
    #[default]
    Best,
    /// DCMM-edge with the settings that the authors recommend.
    Reference,
}

impl Preset {
    /// Both, the default first.
    pub const ALL: [Preset; 2] = [Preset::Best, Preset::Reference];

    /// `best` or `reference`.
    pub fn name(self) -> &'static str {
        match self {
            Preset::Best => "best",
            Preset::Reference => "reference",
        }
    }

    /// The experiment itself.
    pub fn experiment(self) -> Experiment {
        match self {
            Preset::Best => best(),
            Preset::Reference => reference(),
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Preset {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|preset| preset.name() == text.trim());
        found.ok_or_else(|| UnknownName::new(text, "best, reference"))
    }
}

/// Found by cross-validation; assets/manual/results.md tells what each part is worth.
fn best() -> Experiment {
    let training = TrainConfig {
        loss: Loss::BinaryCrossEntropy,
        text_loss: 0.5,
        learning_rate: 0.02,
        schedule: Schedule { decay: Decay::Cosine, floor: 0.02, ..Schedule::default() },
        batch: 8,
        epochs: 40,
        patience: None,
        keep: Keep::Last,
        retrain: true,
        ..TrainConfig::default()
    };
    Experiment {
        normalisation: Normalisation::Gaussian,
        visual: VisualSettings { whiten: true, power: 0.5, shrinkage: 10.0, components: 64 },
        graph: GraphRequest::default(),
        model: ModelSettings { kind: ModelKind::DcmmPrf, mlp_layers: 0, dropout: 0.5, ..ModelSettings::default() },
        training,
        ..Experiment::default()
    }
}

/// The authors' `top_k` of 10 counts the image itself; ours does not.
fn reference() -> Experiment {
    Experiment {
        graph: GraphRequest { k: 9, ..GraphRequest::default() },
        model: ModelSettings { kind: ModelKind::DcmmEdge, ..ModelSettings::default() },
        training: TrainConfig { epochs: 40, patience: None, ..TrainConfig::default() },
        ..Experiment::default()
    }
}
