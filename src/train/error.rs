//! What can go wrong in training.

use crate::model::ModelError;

/// Why a run ended without a result.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A configuration that cannot be run.
    #[error("cannot train: {0}")]
    Config(String),
    /// There is no training query with a relevant and a not relevant image.
    #[error("nothing to learn from: no training query has both relevant and not relevant images")]
    NothingToLearn,
    /// The loss or a score is no longer a finite number.
    #[error("training diverged in epoch {epoch}: {what} is not a finite number; try a smaller learning rate")]
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
        /// What was no longer finite.
        what: &'static str,
    },
    /// The network could not be made or run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A tensor operation failed.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
}
