//! A run on disk: its settings, history, best weights and rankings.
//!
//! ```text
//! run.json              configuration, measures, state
//! history.jsonl         one line per epoch, written as the epoch finishes
//! model.safetensors     the weights of the best epoch so far
//! whitening.safetensors the whitening of the visual vectors, if one is learned
//! run.txt               every query's ranking, in TREC's format
//! queries.json          every query's measures
//! state.safetensors     the state of training after its last epoch: weights, best weights, optimiser, history
//! start.safetensors     the weights that it started from, if they are those of another run
//! retrain.safetensors   the same for the second training, on train and validation queries, if there is one
//! epochs.bin            weights and scores after each epoch, as far as they are kept
//! ```
//! Every file but the history and the epochs, which grow by one record an epoch, is replaced atomically, so a crash costs at most the current epoch.

use super::{
    ChosenSetting, Comparison, EpochReport, Experiment, Fingerprint, ParentRun, Resumption, RunSplit, TrainState,
};
use crate::base::{At, FileError, read_file, read_text_file, write_whole};
use crate::dataset::{DatasetError, LabelSource, RecallBase, Run, write_run};
use crate::graph::{VisualSettings, Whitening};
use crate::model::{Feedback, Metadata, ModelError, Network};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The whitening of a run's visual vectors.
const WHITENING: &str = "whitening.safetensors";
/// The state of a run's training.
pub(super) const FIRST_STATE: &str = "state.safetensors";
/// The state before its first epoch, if it started from the weights of another run.
pub(super) const START: &str = "start.safetensors";
/// The state of its second training.
pub(super) const SECOND_STATE: &str = "retrain.safetensors";

/// Weights and scores after each epoch.
pub(super) const KEPT_EPOCHS: &str = "epochs.bin";

/// The state of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Started and not finished; if no process is working on it, it was interrupted.
    #[default]
    Running,
    /// All epochs done.
    Finished,
    /// The validation measure stopped improving.
    EarlyStopped,
    /// The user stopped it.
    Interrupted,
}

/// The record of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunRecord {
    /// The folder's name.
    pub name: String,
    /// When it was started, in seconds since 1970-01-01 UTC.
    pub started: u64,
    /// The data set's name.
    pub dataset: String,
    /// Where the data set was.
    pub dataset_path: PathBuf,
    /// Which visual vectors were used.
    pub vectors: String,
    /// The names of their sources, as chosen in the window.
    pub vector_sources: Vec<String>,
    /// The paths of sources that are a single file of vectors, like files added to the data set.
    pub vector_files: Vec<PathBuf>,
    /// Names of the signals, in the order of the network's inputs.
    pub features: Vec<String>,
    /// The settings.
    pub experiment: Experiment,
    /// How those of [`Experiment::choose`] were chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<ChosenSetting>,
    /// Trainable parameters of the network.
    pub parameters: usize,
    /// The parameters of cross-modal feedback, chosen on the validation queries.
    pub feedback: Option<Feedback>,
    /// The highest grade of the train and validation queries, at least 1, if the measure that chose epochs or settings
    /// depends on it ([`crate::eval::Measure::needs_highest_grade`]). Test queries must not influence a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest_grade: Option<i32>,
    /// Its state.
    pub state: RunState,
    /// The epoch whose weights were saved, from 1.
    pub best_epoch: usize,
    /// Number of epochs of a second training, on train and validation queries together, whose weights were saved
    /// instead. [`RunRecord::validation`] is still that of the first training, which had not seen these queries.
    pub retrained: Option<usize>,
    /// Mean time of an epoch.
    pub seconds_per_epoch: f64,
    /// Which relevant images the measures count.
    #[serde(default = "earlier_recall_base")]
    pub recall_base: RecallBase,
    /// Relevant images of the data set that are not candidates; without any, the recall base makes no difference.
    #[serde(skip_serializing_if = "is_zero")]
    pub relevant_others: usize,
    /// Whose labels it was trained on and measured by; earlier versions did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelSource>,
    /// Measures on the validation queries.
    pub validation: Comparison,
    /// Measures on the test queries.
    pub test: Comparison,
    /// Version of the program.
    pub version: String,
    /// Its commit, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The host that trained last.
    pub host: String,
    /// The command line that started the run; empty if the window did.
    pub command: String,
    /// When it ended, in seconds since 1970-01-01 UTC; 0 before.
    pub ended: u64,
    /// The split of the queries; runs of version 0.1.0 lack it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<RunSplit>,
    /// The data that it was trained on; runs of version 0.1.0 lack it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// The run whose weights it started from, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<ParentRun>,
    /// When it was continued, and by what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resumptions: Vec<Resumption>,
}

impl RunRecord {
    /// The experiment as it was run: with the signals by name, even if all were used.
    pub(super) fn as_run(&self) -> Experiment {
        Experiment { features: Some(self.features.clone()), ..self.experiment.clone() }
    }

    /// The record with the settings that had an effect: in version 0.1.0, models without a graph ignored what is learned
    /// from visual vectors.
    pub(super) fn with_effective_settings(mut self) -> Self {
        if self.fingerprint.is_none() && !self.experiment.model.kind.uses_graph() {
            self.experiment.visual = VisualSettings::default();
        }
        self
    }
}

/// The recall base of versions that did not record it.
pub(super) fn earlier_recall_base() -> RecallBase {
    RecallBase::Candidates
}

pub(super) fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A run's folder, open for writing.
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Creates the folder and writes the record.
    ///
    /// # Errors
    /// If it cannot be written, with the path.
    pub fn create(path: &Path, record: &RunRecord) -> Result<Self, FileError> {
        fs::create_dir_all(path).at(path)?;
        let folder = Self { path: path.to_owned() };
        folder.remove(FIRST_STATE);
        folder.remove(SECOND_STATE);
        folder.remove(START);
        folder.remove(KEPT_EPOCHS);
        folder.reopen(record, &[])?;
        Ok(folder)
    }

    /// Reopens an existing folder; its history is replaced by these epochs.
    ///
    /// # Errors
    /// If it cannot be written, with the path.
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

    /// Saves the state of a training.
    ///
    /// # Errors
    /// If it cannot be written, with the path.
    pub(super) fn save_state(&self, name: &str, state: &TrainState) -> Result<(), FileError> {
        state.write(&self.path.join(name))
    }

    /// Removes a state.
    pub(super) fn remove(&self, name: &str) {
        // It may not exist; if it cannot be removed, its note reveals that it is stale.
        let _ = fs::remove_file(self.path.join(name));
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what [`RunFolder::create`] wrote, and the folder if it is then empty.
    pub fn discard(&self) {
        let states = [START, FIRST_STATE, SECOND_STATE, KEPT_EPOCHS];
        for file in ["run.json", "history.jsonl", "model.safetensors", WHITENING].into_iter().chain(states) {
            // What cannot be removed shows up as an interrupted run; there is nothing better to do here.
            let _ = fs::remove_file(self.path.join(file));
        }
        let _ = fs::remove_dir(&self.path);
    }

    /// Appends an epoch to the history.
    ///
    /// # Errors
    /// If it cannot be written, with the path.
    pub fn append(&self, report: &EpochReport) -> Result<(), FileError> {
        let path = self.path.join("history.jsonl");
        let line = serde_json::to_string(report).at(&path)? + "\n";
        let mut file = fs::OpenOptions::new().append(true).open(&path).at(&path)?;
        file.write_all(line.as_bytes()).at(&path)
    }

    /// Saves these weights as the best so far.
    ///
    /// # Errors
    /// If it cannot be written, with the path.
    pub fn checkpoint(&self, model: &Network) -> Result<(), ModelError> {
        model.save(&self.path.join("model.safetensors"), &Metadata::new())
    }

    /// Saves the whitening of the visual vectors.
    ///
    /// # Errors
    /// If it cannot be written, with the path.
    pub(super) fn whitening(&self, whitening: &Whitening) -> Result<(), FileError> {
        let path = self.path.join(WHITENING);
        let bytes = whitening.to_bytes().map_err(|error| FileError::malformed(error, &path))?;
        write_whole(&path, &[&bytes]).at(&path)
    }

    /// Rewrites the record.
    ///
    /// # Errors
    /// If it cannot be written, with the path.
    pub fn write(&self, record: &RunRecord) -> Result<(), FileError> {
        let path = self.path.join("run.json");
        let text = serde_json::to_string_pretty(record).at(&path)?;
        write_whole(&path, &[text.as_bytes()]).at(&path)
    }

    /// Writes the rankings.
    ///
    /// # Errors
    /// If it cannot be written, with the path.
    pub fn rankings(&self, run: &Run, tag: &str) -> Result<(), DatasetError> {
        write_run(&self.path.join("run.txt"), run, tag)
    }
}

/// Reads the whitening of a run's visual vectors.
///
/// # Errors
/// If the file cannot be read or is malformed, with the path.
pub(super) fn read_whitening(folder: &Path) -> Result<Whitening, FileError> {
    let path = folder.join(WHITENING);
    let bytes = read_file(&path)?;
    Whitening::from_bytes(&bytes).map_err(|error| FileError::malformed(error, &path))
}

/// Reads the record of a run.
///
/// # Errors
/// If `run.json` cannot be read or is malformed, with the path.
pub fn read_run_record(path: &Path) -> Result<RunRecord, FileError> {
    let file = path.join("run.json");
    let text = read_text_file(&file)?;
    let record: Result<RunRecord, _> = serde_json::from_str(&text);
    Ok(record.map_err(|error| FileError::malformed(format!("not a run: {error}"), &file))?.with_effective_settings())
}

/// Whether a run can be continued: it did not finish, and its state was saved.
pub fn can_resume(path: &Path, record: &RunRecord) -> bool {
    matches!(record.state, RunState::Running | RunState::Interrupted) && path.join(FIRST_STATE).is_file()
}

/// Reads a run: its record and its epochs. A last line truncated by a crash is ignored.
///
/// # Errors
/// If `run.json` or `history.jsonl` is malformed, with the path.
pub fn read_run_folder(path: &Path) -> Result<(RunRecord, Vec<EpochReport>), FileError> {
    let mut record = read_run_record(path)?;
    let history = read_history(path)?;
    // The record of an interrupted run lacks the best epoch; its last line has it.
    if let (0, Some(last)) = (record.best_epoch, history.last()) {
        record.best_epoch = last.best_epoch;
    }
    Ok((record, history))
}

fn read_history(folder: &Path) -> Result<Vec<EpochReport>, FileError> {
    let path = folder.join("history.jsonl");
    let text = read_text_file(&path).unwrap_or_default();
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
