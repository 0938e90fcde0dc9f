//! Training that starts from the weights of an earlier run.

use std::path::Path;

use super::state::{Best, TrainState};
use super::{ParentRun, RunRecord, TrainError, read_run_record};
use crate::model::{Metadata, Network, NetworkConfig, Weights};

/// The weights of an earlier run, to start from instead of new ones.
pub struct WarmStart {
    parent: ParentRun,
    /// The parent's signals, in the order of its network's inputs.
    features: Vec<String>,
    network: Network,
}

impl WarmStart {
    /// The best weights of a saved run.
    ///
    /// # Errors
    /// If the folder has no run or no weights, with its path.
    pub fn read(folder: &Path) -> Result<Self, TrainError> {
        let record = read_run_record(folder)?;
        let network = Network::load(&folder.join("model.safetensors"))?.0;
        let path = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let RunRecord { name, best_epoch, features, .. } = record;
        Ok(Self { parent: ParentRun { run: name, path, epoch: best_epoch }, features, network })
    }

    /// What is recorded of it.
    pub fn parent(&self) -> &ParentRun {
        &self.parent
    }

    /// Saves the weights in the folder of the run that starts from them: the parent may be deleted.
    pub(super) fn save(&self, path: &Path) -> Result<(), TrainError> {
        Ok(self.network.save(path, &Metadata::new())?)
    }

    /// The weights for a network.
    ///
    /// # Errors
    /// [`TrainError::WarmStart`] if the network is of another kind or shape, or its inputs are other signals.
    pub(super) fn weights(&self, config: Option<&NetworkConfig>, features: &[String]) -> Result<Weights, TrainError> {
        let refused = |why: String| TrainError::WarmStart { why, path: self.parent.path.clone() };
        let Some(config) = config else { return Err(refused("what is trained has no weights".to_owned())) };
        let theirs = self.network.config();
        if theirs.kind != config.kind {
            return Err(refused(format!("its network is {}, not {}", theirs.kind, config.kind)));
        }
        if self.features != features {
            return Err(refused("its signals are others, or in another order".to_owned()));
        }
        let (old, new) = (theirs.shapes(), config.shapes());
        if let Some((name, shape)) = new.iter().find(|weight| !old.contains(weight)) {
            let found = old.iter().find(|(other, _)| other == name);
            let found = found.map_or_else(|| "is missing there".to_owned(), |(_, shape)| format!("is {shape:?} there"));
            return Err(refused(format!("{name} {found}, and {shape:?} in the network to train")));
        }
        if old.len() != new.len() {
            return Err(refused("its network has more weights".to_owned()));
        }
        Ok(self.network.weights()?)
    }
}

/// The state before the first epoch of a run, from what [`WarmStart::save`] wrote.
pub(super) fn read_start(path: &Path) -> Result<TrainState, TrainError> {
    Ok(before_training(&Network::load(path)?.0.weights()?))
}

/// The state of a training that has not begun, with these weights.
pub(super) fn before_training(weights: &Weights) -> TrainState {
    let zeros: Weights = weights.iter().map(|(name, values)| (name.clone(), vec![0.0; values.len()])).collect();
    TrainState {
        weights: weights.clone(),
        best: Best { epoch: 0, value: f64::NEG_INFINITY, weights: weights.clone() },
        first: zeros.clone(),
        second: zeros,
        ..TrainState::default()
    }
}
