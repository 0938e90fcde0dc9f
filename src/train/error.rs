//! Errors of a run: its data, its training, its folder.

use std::error::Error;
use std::path::PathBuf;

use super::{Loss, MEMORY_VARIABLE};
use crate::base::{FileError, LockError, size_text};
use crate::dataset::DatasetError;
use crate::model::ModelError;
use crate::signals::Signals;

/// Why a run failed, or there is no data for one.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// An invalid configuration.
    #[error("cannot train: {0}")]
    Config(String),
    /// No training query has both a relevant and a non-relevant image.
    #[error("nothing to learn from: no training query has both relevant and non-relevant images")]
    NothingToLearn,
    /// The loss or a score is no longer finite.
    #[error("training diverged in epoch {epoch}: {what} is not a finite number; try a smaller learning rate")]
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
        /// What is not finite.
        what: &'static str,
    },
    /// A signal that the data set does not have.
    #[error("the data set has no signal “{name}”; it has {known}")]
    UnknownSignal {
        /// The requested name.
        name: String,
        /// The known names.
        known: String,
    },
    /// A query with too many judged images for the loss.
    #[error(
        "{loss} needs {} for the {judged} judged images of query “{query}”, more than the {} allowed (--memory or \
         {MEMORY_VARIABLE} raises that; other losses need no such matrix)",
        size_text(*needed as u64),
        size_text(*bound as u64)
    )]
    Memory {
        /// The loss.
        loss: Loss,
        /// Number of judged images.
        judged: usize,
        /// The query.
        query: String,
        /// Bytes needed.
        needed: usize,
        /// Bytes allowed.
        bound: usize,
    },
    /// A saved run that cannot rank these data.
    #[error("the run “{run}” does not fit: {reason}")]
    Unfit {
        /// The run's name.
        run: String,
        /// What does not fit, in plain words.
        reason: String,
    },
    /// Something that a saved run cannot explain.
    #[error("cannot explain this: {0}")]
    Unexplained(String),
    /// No signal is selected.
    #[error("no signal is selected: select at least one")]
    NoSignal,
    /// The requested visual vectors are unavailable, for the reason given by whoever chose them.
    #[error(transparent)]
    Vectors(Box<dyn Error + Send + Sync>),
    /// The visual vectors of a run are neither in use nor in a file.
    #[error("it was trained on “{0}”, which is not in use")]
    OtherVectors(String),
    /// The data set has nothing to rank.
    #[error("the data set has no queries: {path}")]
    NoQuery {
        /// The data set.
        path: PathBuf,
    },
    /// A run without a saved state.
    #[error("nothing to continue from: no {file} in {path}")]
    NoState {
        /// The state's file name.
        file: &'static str,
        /// The run's folder.
        path: PathBuf,
    },
    /// A run with more epochs than requested.
    #[error("already trained for {epochs} epochs: {path}")]
    EpochsDone {
        /// The epochs done.
        epochs: usize,
        /// The run's folder.
        path: PathBuf,
    },
    /// A finished run.
    #[error("this run has finished; it can continue only {how}: {path}")]
    Ended {
        /// What would let it continue.
        how: &'static str,
        /// The run's folder.
        path: PathBuf,
    },
    /// A run on data other than what is open.
    #[error("the run's {what} “{then}”, not “{now}”: {path}")]
    OtherData {
        /// What differs, with its verb.
        what: &'static str,
        /// The run's.
        then: String,
        /// What is open.
        now: String,
        /// The run's folder.
        path: PathBuf,
    },
    /// A run on data that have changed since.
    #[error("the {what} of the data set are not those that the run began with: {path}")]
    Changed {
        /// What changed: `judgements and features`.
        what: String,
        /// The run's folder.
        path: PathBuf,
    },
    /// An earlier run whose weights do not fit.
    #[error("cannot start from this run: {why}: {}", path.display())]
    WarmStart {
        /// What does not fit.
        why: String,
        /// The earlier run's folder.
        path: PathBuf,
    },
    /// A file that could not be read or written, or is malformed.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another process is working in the run's folder.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The data set, or vectors for it, could not be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The network could not be built or run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A tensor operation failed.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
    /// The observer asked to stop before there was anything to save.
    #[error("cancelled")]
    Cancelled,
}

impl TrainError {
    /// No signal of a data set is called `name`.
    pub(super) fn unknown_signal(name: &str, signals: &Signals) -> Self {
        let known: Vec<&str> = signals.infos.iter().map(|info| info.name.as_str()).collect();
        Self::UnknownSignal { name: name.to_owned(), known: known.join(", ") }
    }

    /// Whether the observer asked to stop, rather than anything failing.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled | Self::Model(ModelError::Cancelled))
    }
}
