//! What can go wrong with a run: its data, its training, its folder.

use std::error::Error;
use std::path::PathBuf;

use crate::base::FileError;
use crate::dataset::DatasetError;
use crate::model::ModelError;
use crate::signals::Signals;

/// Why there is no run, or no data for one.
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
    /// A signal that the data set does not have.
    #[error("the data set has no signal “{name}”; it has {known}")]
    UnknownSignal {
        /// What was asked for.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// Every signal is left out.
    #[error("no signal is chosen: choose at least one")]
    NoSignal,
    /// The visual vectors that were asked for can't be had; whoever chose them says why.
    #[error(transparent)]
    Vectors(Box<dyn Error + Send + Sync>),
    /// The visual vectors of a run are neither in use nor in a file.
    #[error("it was trained on “{0}”, which is not in use now")]
    OtherVectors(String),
    /// The data set has nothing to rank.
    #[error("there is no query in it: {path}")]
    NoQuery {
        /// The data set.
        path: PathBuf,
    },
    /// A run without a saved state.
    #[error("nothing to go on from: no {file} in {path}")]
    NoState {
        /// The state's name.
        file: &'static str,
        /// The run's folder.
        path: PathBuf,
    },
    /// A run that has more epochs than were asked for.
    #[error("{epochs} epochs are done already: {path}")]
    EpochsDone {
        /// Those done.
        epochs: usize,
        /// The run's folder.
        path: PathBuf,
    },
    /// A run that came to its end.
    #[error("this run has finished; it can continue only {how}: {path}")]
    Ended {
        /// What would let it go on.
        how: &'static str,
        /// The run's folder.
        path: PathBuf,
    },
    /// A run of other data than those that are open.
    #[error("the run's {what} “{then}”, not “{now}”: {path}")]
    OtherData {
        /// What differs, with its verb.
        what: &'static str,
        /// The run's.
        then: String,
        /// The open one's.
        now: String,
        /// The run's folder.
        path: PathBuf,
    },
    /// A file that could not be read or written, or does not hold what it should.
    #[error(transparent)]
    File(#[from] FileError),
    /// The data set, or vectors for it, could not be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The network could not be made or run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A tensor operation failed.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
    /// The observer asked to stop before there was anything to keep.
    #[error("cancelled")]
    Cancelled,
}

impl TrainError {
    /// No signal of a data set is called `name`.
    pub(super) fn unknown_signal(name: &str, signals: &Signals) -> Self {
        let known: Vec<&str> = signals.infos.iter().map(|info| info.name.as_str()).collect();
        Self::UnknownSignal { name: name.to_owned(), known: known.join(", ") }
    }

    /// Whether the observer asked to stop, so that nothing went wrong.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }
}
