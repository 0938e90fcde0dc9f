//! Reports of a run.

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::eval::Measures;
use crate::model::Network;

/// One epoch in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// Its number, from 1.
    pub epoch: usize,
    /// The loss during training (with dropout), averaged over all pairs or queries of the epoch.
    pub train_loss: f64,
    /// The loss on the validation queries after the epoch; the training loss if none of them has both relevant and
    /// non-relevant images.
    pub validation_loss: f64,
    /// [`crate::eval::STANDARD`] on the validation queries.
    #[serde(deserialize_with = "standard")]
    pub validation: Measures,
    /// [`crate::eval::STANDARD`] on the test queries, if there are any. They are not used to choose anything.
    #[serde(default, deserialize_with = "standard_if_any")]
    pub test: Option<Measures>,
    /// Wall time of the epoch including evaluation.
    pub seconds: f64,
    /// The best epoch so far by the early-stopping measure; the first if several are equal.
    pub best_epoch: usize,
    /// Whether this epoch belongs to a run's second training, on train and validation queries together: its measures
    /// on the validation queries then only show how well these were learned. Such epochs continue the numbering of the
    /// first training.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retraining: bool,
}

impl EpochReport {
    /// Which of a run's trainings it belongs to, as files name it.
    pub fn phase(&self) -> &'static str {
        if self.retraining { "retraining" } else { "training" }
    }
}

/// The epochs of a run's first and of its second training. Curves jump between them: the second starts from new weights
/// and learns from the validation queries, too.
pub fn phases(history: &[EpochReport]) -> [&[EpochReport]; 2] {
    let (first, second) = history.split_at(history.partition_point(|report| !report.retraining));
    [first, second]
}

fn standard<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Measures, D::Error> {
    Measures::deserialize(deserializer)?.with_standard().map_err(de::Error::custom)
}

fn standard_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Measures>, D::Error> {
    let measures = Option::<Measures>::deserialize(deserializer)?;
    measures.map(Measures::with_standard).transpose().map_err(de::Error::custom)
}

/// Why a run stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// All epochs were run.
    Finished,
    /// There was no improvement within the patience.
    EarlyStopped,
    /// The observer asked to stop.
    Interrupted,
}

/// The result of training.
#[derive(Debug)]
pub struct Outcome {
    /// The network with the best epoch's weights (the initial ones if no epoch was completed).
    pub model: Network,
    /// The best epoch, from 1; 0 if none was completed.
    pub best_epoch: usize,
    /// Every completed epoch.
    pub history: Vec<EpochReport>,
    /// Why it stopped.
    pub stopped: Stop,
}
