//! Named experiments.

use super::{Decay, Experiment, Keep, Loss, ModelSettings, Schedule, TrainConfig};
use crate::base::named;
use crate::graph::{GraphRequest, VisualSettings};
use crate::model::{Messages, ModelKind};
use crate::signals::Normalisation;

/// A ready-made experiment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Preset {
    /// The best on average, chosen by cross-validation as described in assets/manual/results.md.
    #[default]
    Best,
    /// DCMM-edge with the authors' recommended settings.
    Reference,
}

named!(Preset, "preset": Best = "best", Reference = "reference");

impl Preset {
    /// The experiment itself.
    pub fn experiment(self) -> Experiment {
        match self {
            Preset::Best => best(),
            Preset::Reference => reference(),
        }
    }
}

/// Found by cross-validation; assets/manual/results.md shows what each part contributes.
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
        visual: VisualSettings { whiten: true, power: 0.5, shrinkage: 10.0, components: 64, spectrum: 1.0 },
        graph: GraphRequest::default(),
        model: ModelSettings {
            kind: ModelKind::DcmmPrf,
            messages: Messages::Score,
            mlp_layers: 0,
            dropout: 0.5,
            ..ModelSettings::default()
        },
        training,
        choose: ["visual.components=64,0", "model.rounds=1,2"].map(str::to_owned).to_vec(),
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
