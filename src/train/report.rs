//! What a run tells of itself.

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::eval::Measures;
use crate::model::Network;

/// One epoch in numbers. Epochs count from 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// Which one.
    pub epoch: usize,
    /// The loss while training (with dropout), one mean over all pairs or queries of the epoch.
    pub train_loss: f64,
    /// The loss on the validation queries after the epoch; the training loss where none of them has both relevant and
    /// not relevant images.
    pub validation_loss: f64,
    /// [`crate::eval::STANDARD`] on the validation queries.
    #[serde(deserialize_with = "standard")]
    pub validation: Measures,
    /// [`crate::eval::STANDARD`] on the test queries, where there are any. Nothing is chosen by them.
    #[serde(default, deserialize_with = "standard_if_any")]
    pub test: Option<Measures>,
    /// Wall time of the epoch with its evaluation.
    pub seconds: f64,
    /// The best epoch so far by the measure the run stops on; the first one where several are equal.
    pub best_epoch: usize,
    /// Whether this epoch was of the second training of a run, on train and validation queries together: its figures on
    /// the validation queries then say only how well these were learned. Such epochs are numbered on from the first
    /// training's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retraining: bool,
}

fn standard<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Measures, D::Error> {
    Measures::deserialize(deserializer)?.with_standard().map_err(de::Error::custom)
}

fn standard_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Measures>, D::Error> {
    let measures = Option::<Measures>::deserialize(deserializer)?;
    measures.map(Measures::with_standard).transpose().map_err(de::Error::custom)
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// All epochs were run.
    Finished,
    /// No better epoch within the patience.
    EarlyStopped,
    /// The observer said so.
    Interrupted,
}

/// What a run leaves.
#[derive(Debug)]
pub struct Outcome {
    /// The network with the best epoch's weights (the initial ones where no epoch was completed).
    pub model: Network,
    /// The best epoch, from 1; 0 where none was completed.
    pub best_epoch: usize,
    /// Every completed epoch.
    pub history: Vec<EpochReport>,
    /// Why it ended.
    pub stopped: Stop,
}
