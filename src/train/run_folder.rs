//! A run on disk: what was asked for, how it went, the best weights and the rankings.
//!
//! ```text
//! run.json            configuration, figures, state
//! history.jsonl       one line per epoch, written as the epoch ends
//! model.safetensors   the weights of the best epoch so far
//! whitening.safetensors what the visual vectors go through, where that is learned
//! run.txt             every query's ranking, in TREC's format
//! queries.json        every query's measures
//! state.safetensors   where the training stood after its last epoch: weights, best weights, optimiser, history
//! retrain.safetensors the same of the second training, on train and validation queries, where there is one
//! ```
//! Every file but the history is written beside and renamed, so a crash costs the current epoch at most.

use super::{Comparison, EpochReport, Experiment, TrainState};
use crate::base::{At, FileError, write_whole};
use crate::dataset::{DatasetError, Run, write_run};
use crate::graph::Whitening;
use crate::model::{Feedback, Metadata, ModelError, Network};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What a run's visual vectors go through.
const WHITENING: &str = "whitening.safetensors";
/// The state of a run's training.
pub(super) const FIRST_STATE: &str = "state.safetensors";
/// The state of its second training.
pub(super) const SECOND_STATE: &str = "retrain.safetensors";

/// How a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Begun and not ended; where no process works on it any more, it was cut off.
    #[default]
    Running,
    /// All epochs done.
    Finished,
    /// The validation measure rose no more.
    EarlyStopped,
    /// A person stopped it.
    Interrupted,
}

/// What is known of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunRecord {
    /// The folder's name.
    pub name: String,
    /// When it was started, in seconds since 1970-01-01 UTC.
    pub started: u64,
    /// The data set's name.
    pub dataset: String,
    /// Where the data set lay.
    pub dataset_path: PathBuf,
    /// Which visual vectors were used.
    pub vectors: String,
    /// The names of their sources, as they are chosen in the window.
    pub vector_sources: Vec<String>,
    /// Where those lie that are one file of vectors each, as files that were added to the data set are.
    pub vector_files: Vec<PathBuf>,
    /// Names of the signals, in the order of the network's inputs.
    pub features: Vec<String>,
    /// What was asked for.
    pub experiment: Experiment,
    /// Trainable numbers of the network.
    pub parameters: usize,
    /// What cross-modal feedback chose on the validation queries.
    pub feedback: Option<Feedback>,
    /// The highest grade of the train and validation queries, at least 1, where the measure that chose epochs or
    /// settings depends on it ([`crate::eval::Measure::needs_highest_grade`]). Test queries have no say in a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest_grade: Option<i32>,
    /// How it stands.
    pub state: RunState,
    /// The epoch whose weights are kept, from 1.
    pub best_epoch: usize,
    /// How many epochs of a second training, on train and validation queries together, made the weights that are kept
    /// in their place. [`RunRecord::validation`] is then still that of the first training, which had not seen them.
    pub retrained: Option<usize>,
    /// Mean time of an epoch.
    pub seconds_per_epoch: f64,
    /// Figures on the validation queries.
    pub validation: Comparison,
    /// Figures on the test queries.
    pub test: Comparison,
    /// Version of the program.
    pub version: String,
}

/// A run's folder, open for writing.
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Makes the folder and writes the record.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub fn create(path: &Path, record: &RunRecord) -> Result<Self, FileError> {
        fs::create_dir_all(path).at(path)?;
        let folder = Self { path: path.to_owned() };
        folder.forget(FIRST_STATE);
        folder.forget(SECOND_STATE);
        folder.reopen(record, &[])?;
        Ok(folder)
    }

    /// A folder that is there, to go on with: its history becomes these epochs.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub(super) fn resume(path: &Path, record: &RunRecord, history: &[EpochReport]) -> Result<Self, FileError> {
        let folder = Self { path: path.to_owned() };
        folder.reopen(record, history)?;
        Ok(folder)
    }

    fn reopen(&self, record: &RunRecord, history: &[EpochReport]) -> Result<(), FileError> {
        let path = self.path.join("history.jsonl");
        let lines: Result<Vec<String>, _> = history.iter().map(serde_json::to_string).collect();
        let lines = lines.at(&path)?;
        let text: String = lines.into_iter().map(|line| line + "\n").collect();
        write_whole(&path, &[text.as_bytes()]).at(&path)?;
        self.write(record)
    }

    /// Keeps where a training stands.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub(super) fn keep_state(&self, name: &str, state: &TrainState) -> Result<(), FileError> {
        state.write(&self.path.join(name))
    }

    /// Takes a state away.
    pub(super) fn forget(&self, name: &str) {
        // What is not there need not go; what stays is recognised by its note.
        let _ = fs::remove_file(self.path.join(name));
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes away what [`RunFolder::create`] made, and the folder if nothing else is in it.
    pub fn discard(&self) {
        for file in ["run.json", "history.jsonl", "model.safetensors", WHITENING, FIRST_STATE, SECOND_STATE] {
            // What can't be removed shows up as a run that was cut off; there is nothing better to do about it here.
            let _ = fs::remove_file(self.path.join(file));
        }
        let _ = fs::remove_dir(&self.path);
    }

    /// Adds an epoch to the history.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub fn append(&self, report: &EpochReport) -> Result<(), FileError> {
        let path = self.path.join("history.jsonl");
        let line = serde_json::to_string(report).at(&path)? + "\n";
        let mut file = fs::OpenOptions::new().append(true).open(&path).at(&path)?;
        file.write_all(line.as_bytes()).at(&path)
    }

    /// Keeps these weights as the best so far.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub fn checkpoint(&self, model: &Network) -> Result<(), ModelError> {
        model.save(&self.path.join("model.safetensors"), &Metadata::new())
    }

    /// Keeps what the visual vectors go through.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub(super) fn whitening(&self, whitening: &Whitening) -> Result<(), FileError> {
        let path = self.path.join(WHITENING);
        let bytes = whitening.to_bytes().map_err(|error| FileError::malformed(error, &path))?;
        write_whole(&path, &[&bytes]).at(&path)
    }

    /// Writes the record anew.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub fn write(&self, record: &RunRecord) -> Result<(), FileError> {
        let path = self.path.join("run.json");
        let text = serde_json::to_string_pretty(record).at(&path)?;
        write_whole(&path, &[text.as_bytes()]).at(&path)
    }

    /// Writes the rankings.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub fn rankings(&self, run: &Run, tag: &str) -> Result<(), DatasetError> {
        write_run(&self.path.join("run.txt"), run, tag)
    }
}

/// Reads what a run's visual vectors went through.
///
/// # Errors
/// What is wrong with the file, with the path.
pub(super) fn read_whitening(folder: &Path) -> Result<Whitening, FileError> {
    let path = folder.join(WHITENING);
    let bytes = fs::read(&path).at(&path)?;
    Whitening::from_bytes(&bytes).map_err(|error| FileError::malformed(error, &path))
}

/// Reads what is known of a run.
///
/// # Errors
/// What is wrong with `run.json`, with the path.
pub fn read_run_record(path: &Path) -> Result<RunRecord, FileError> {
    let file = path.join("run.json");
    let text = fs::read_to_string(&file).at(&file)?;
    serde_json::from_str(&text).map_err(|error| FileError::malformed(format!("not a run: {error}"), &file))
}

/// Whether a run can go on from where it stood: it did not come to its end, and its state was kept.
pub fn can_resume(path: &Path, record: &RunRecord) -> bool {
    matches!(record.state, RunState::Running | RunState::Interrupted) && path.join(FIRST_STATE).is_file()
}

/// Reads a run: its record and its epochs. A last line cut off by a crash is passed over.
///
/// # Errors
/// What is wrong with `run.json` or `history.jsonl`, with the path.
pub fn read_run_folder(path: &Path) -> Result<(RunRecord, Vec<EpochReport>), FileError> {
    let mut record = read_run_record(path)?;
    let history = read_history(path)?;
    // A run that was cut off could not say which epoch was best; its last line does.
    if let (0, Some(last)) = (record.best_epoch, history.last()) {
        record.best_epoch = last.best_epoch;
    }
    Ok((record, history))
}

fn read_history(folder: &Path) -> Result<Vec<EpochReport>, FileError> {
    let path = folder.join("history.jsonl");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let mut history = Vec::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        match serde_json::from_str(line) {
            Ok(report) => history.push(report),
            Err(_) if !line.ends_with('\n') => break,
            Err(error) => return Err(FileError::malformed(format!("epoch {}: {error}", index + 1), &path)),
        }
    }
    Ok(history)
}
