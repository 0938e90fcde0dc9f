//! The state of training between epochs: everything needed to continue bit-identically.

use std::collections::HashMap;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};

use super::{EpochReport, Moments, TrainError};
use crate::base::{At, FileError, read_file, write_unsynced};
use crate::eval::{Measure, MeasureError, Measures, STANDARD};
use crate::model::{Network, NetworkConfig, Weights};

/// The header's key for [`TrainState::note`].
const NOTE: &str = "crossrank.state";
/// The header's key for the measures in an epoch's row, as in `map,ndcg@20`; [`STANDARD`] if absent.
const MEASURES: &str = "crossrank.measures";
/// Numbers of one epoch before its measures: its own, two losses, best epoch, time, flags. The measures of the
/// validation queries follow, then those of the test queries.
const COLUMNS: usize = 6;

/// The best epoch so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Best {
    /// Its number, from 1; 0 before the first.
    pub epoch: usize,
    /// Its validation measure.
    pub value: f64,
    /// Its weights.
    pub weights: Weights,
}

/// The state of training after an epoch, as shown to its observer.
#[derive(Clone, Copy)]
pub struct Standing<'a> {
    /// Every epoch so far.
    pub history: &'a [EpochReport],
    /// The network with the last epoch's weights.
    pub model: &'a Network,
    /// The best epoch so far.
    pub best: &'a Best,
    /// The optimiser's state.
    pub moments: &'a Moments,
    /// Computes the scores of every query, in the order of the inputs.
    pub scores: &'a dyn Fn() -> Result<Vec<Vec<f32>>, TrainError>,
}

impl Standing<'_> {
    /// An owned copy, to continue from.
    ///
    /// # Errors
    /// If a tensor operation fails.
    pub fn state(&self) -> Result<TrainState, TrainError> {
        let named = |moments: &[Vec<f64>]| {
            let names = self.model.vars().iter().map(|(name, _)| name.clone());
            names.zip(moments.iter().cloned()).collect()
        };
        Ok(TrainState {
            history: self.history.to_vec(),
            weights: self.model.weights()?,
            best: self.best.clone(),
            steps: self.moments.steps,
            first: named(&self.moments.first),
            second: named(&self.moments.second),
            note: String::new(),
        })
    }
}

/// The state of training after an epoch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainState {
    /// Every epoch so far.
    pub history: Vec<EpochReport>,
    /// The last epoch's weights.
    pub weights: Weights,
    /// The best epoch so far.
    pub best: Best,
    /// Number of steps the optimiser has taken.
    pub steps: usize,
    /// [`Moments::first`] by the weights' names.
    pub first: Weights,
    /// [`Moments::second`] by the weights' names.
    pub second: Weights,
    /// A note from whoever saved it.
    pub note: String,
}

/// Why a file is not a saved state.
#[derive(Debug, thiserror::Error)]
enum StateFault {
    #[error(transparent)]
    Tensors(#[from] SafeTensorError),
    #[error("it is a different kind of file")]
    OtherFile,
    #[error("the {0} from another version")]
    Version(&'static str),
    #[error("invalid history: {0}")]
    Measures(#[from] MeasureError),
    #[error("{0} is {1:?}, not F64")]
    Numbers(String, Dtype),
}

impl TrainState {
    /// Writes it to a file atomically, but without syncing: a power failure within the next seconds may damage the
    /// file, which reading it then detects.
    ///
    /// # Errors
    /// If the file cannot be written, with the path.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        let malformed = |error: SafeTensorError| FileError::malformed(error, path);
        let numbers = [self.steps as f64, self.best.epoch as f64, self.best.value];
        let measures: Vec<Measure> =
            self.history.first().map_or_else(Vec::new, |first| first.validation.measures().collect());
        let history: Vec<f64> = self.history.iter().flat_map(|report| row(report, &measures)).collect();
        let mut tensors = vec![("numbers".to_owned(), bytes(&numbers)), ("history".to_owned(), bytes(&history))];
        for (part, weights) in self.parts() {
            tensors.extend(weights.iter().map(|(name, values)| (format!("{part}.{name}"), bytes(values))));
        }
        let mut views = Vec::with_capacity(tensors.len());
        for (name, data) in &tensors {
            let view = TensorView::new(Dtype::F64, vec![data.len() / 8], data).map_err(malformed)?;
            views.push((name.as_str(), view));
        }
        let names = measures.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let header = HashMap::from([(NOTE.to_owned(), self.note.clone()), (MEASURES.to_owned(), names)]);
        let file = safetensors::serialize(views, Some(header)).map_err(malformed)?;
        write_unsynced(path, &file).at(path)
    }

    /// Reads what [`TrainState::write`] wrote.
    ///
    /// # Errors
    /// If the file cannot be read or is malformed, with the path.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let file = read_file(path)?;
        Self::parse(&file).map_err(|fault| FileError::malformed(format!("not a saved state: {fault}"), path))
    }

    fn parse(file: &[u8]) -> Result<Self, StateFault> {
        let (_, header) = SafeTensors::read_metadata(file)?;
        let entry = |key: &str| header.metadata().as_ref().and_then(|entries| entries.get(key));
        let note = entry(NOTE).ok_or(StateFault::OtherFile)?;
        let measures = entry(MEASURES).map_or(Ok(STANDARD.to_vec()), |names| Measure::parse_list(names))?;
        let tensors = SafeTensors::deserialize(file)?;
        let &[steps, best_epoch, value] = values(&tensors, "numbers")?.as_slice() else {
            return Err(StateFault::Version("numbers are"));
        };
        let history = values(&tensors, "history")?;
        let columns = COLUMNS + 2 * measures.len();
        if history.is_empty() || history.len() % columns != 0 {
            return Err(StateFault::Version("history is"));
        }
        let reports = history.chunks_exact(columns).map(|row| report(row, &measures));
        let part = |part: &str| -> Result<Weights, StateFault> {
            let own = tensors.names().into_iter().filter_map(|name| Some((name, name.strip_prefix(part)?)));
            own.map(|(whole, name)| Ok((name.to_owned(), values(&tensors, whole)?))).collect()
        };
        Ok(Self {
            history: reports.collect::<Result<_, _>>()?,
            weights: part("weights.")?,
            best: Best { epoch: best_epoch as usize, value, weights: part("best.")? },
            steps: steps as usize,
            first: part("first.")?,
            second: part("second.")?,
            note: note.clone(),
        })
    }

    fn parts(&self) -> [(&'static str, &Weights); 4] {
        [("weights", &self.weights), ("best", &self.best.weights), ("first", &self.first), ("second", &self.second)]
    }

    /// The network and its optimiser's state.
    ///
    /// # Errors
    /// If the state belongs to another network.
    pub(super) fn restore(&self, config: &NetworkConfig) -> Result<(Network, Moments), TrainError> {
        let other = || TrainError::Config("the saved state belongs to another network".into());
        let model = Network::from_weights(config, &self.weights).map_err(|_| other())?;
        Network::from_weights(config, &self.best.weights).map_err(|_| other())?;
        if self.parts().iter().any(|(_, weights)| weights.len() != model.vars().len()) {
            return Err(other());
        }
        let ordered = |named: &Weights| -> Option<Vec<Vec<f64>>> {
            model.vars().iter().map(|(name, _)| named.get(name).cloned()).collect()
        };
        let first = ordered(&self.first).ok_or_else(other)?;
        let second = ordered(&self.second).ok_or_else(other)?;
        Ok((model, Moments { steps: self.steps, first, second }))
    }
}

fn bytes(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn values(tensors: &SafeTensors, name: &str) -> Result<Vec<f64>, StateFault> {
    let view = tensors.tensor(name)?;
    match view.dtype() {
        Dtype::F64 => Ok(view.data().as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect()),
        other => Err(StateFault::Numbers(name.to_owned(), other)),
    }
}

/// An epoch as numbers, which text would not restore bit-identically.
fn row(report: &EpochReport, measures: &[Measure]) -> Vec<f64> {
    let flags = f64::from(u8::from(report.test.is_some())) + 2.0 * f64::from(u8::from(report.retraining));
    let (epoch, best) = (report.epoch as f64, report.best_epoch as f64);
    let mut row = vec![epoch, report.train_loss, report.validation_loss, best, report.seconds, flags];
    let values =
        |of: &Measures| measures.iter().map(|&measure| of.get(measure).unwrap_or(f64::NAN)).collect::<Vec<_>>();
    row.extend(values(&report.validation));
    row.extend(report.test.as_ref().map_or_else(|| vec![0.0; measures.len()], values));
    row
}

fn report(row: &[f64], measures: &[Measure]) -> Result<EpochReport, StateFault> {
    let Some((&[epoch, train_loss, validation_loss, best, seconds, flags], values)) =
        row.split_first_chunk::<COLUMNS>()
    else {
        return Err(StateFault::Version("history is"));
    };
    let (validation, test) = values.split_at(measures.len());
    let standard = |values: &[f64]| Measures::new(measures, values.iter().copied()).with_standard();
    let flags = flags as u8;
    Ok(EpochReport {
        epoch: epoch as usize,
        train_loss,
        validation_loss,
        validation: standard(validation)?,
        test: (flags & 1 == 1).then(|| standard(test)).transpose()?,
        seconds,
        best_epoch: best as usize,
        retraining: flags & 2 == 2,
    })
}
