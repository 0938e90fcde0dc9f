//! Experiments that have a name.

use super::{Experiment, ModelSettings, TrainConfig};
use crate::graph::GraphRequest;
use crate::model::{ModelKind, UnknownName};
use std::fmt;
use std::str::FromStr;

/// A ready-made experiment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Preset {
    /// What ranks best on average, chosen by cross-validation; README tells how.
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

fn best() -> Experiment {
    Experiment::default()
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
