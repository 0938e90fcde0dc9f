//! Finding runs on disk.

use super::label::RunLabel;
use crate::base::{At, FileError};
use crate::train::{RunRecord, RunState, TrainError, can_resume, read_run_folder, read_run_record};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that makes a folder a run.
pub(super) const RECORD: &str = "run.json";
/// Larger records were not written by this program, whose longest lists have a few hundred names.
const LARGEST_RECORD: u64 = 1 << 24;
/// Levels below a folder to search for runs: a user's data folder holds `studies/STUDY/trials/TRIAL`.
const DEEPEST: usize = 4;

/// A run on disk.
#[derive(Clone, Debug, Default)]
pub struct SavedRun {
    /// Whether training can be resumed from its last epoch.
    pub resumable: bool,
    /// Its folder.
    pub path: PathBuf,
    /// Its configuration, state and measures; for one that did not finish, those of its best epoch so far.
    pub record: RunRecord,
    /// A person's own words on it.
    pub label: RunLabel,
}

impl SavedRun {
    /// Reads a run's record and label, and, unless it finished, its epochs.
    ///
    /// # Errors
    /// If `run.json` cannot be read, with its path.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let file = path.join(RECORD);
        let length = fs::metadata(&file).at(&file)?.len();
        if length > LARGEST_RECORD {
            return Err(FileError::malformed(format!("not a run: {length} bytes are too many"), &file).into());
        }
        let mut record = read_run_record(path)?;
        if record.state == RunState::Running {
            add_best_epoch(path, &mut record);
        }
        // A damaged label must not hide the run.
        let label = RunLabel::read(path).unwrap_or_default();
        Ok(Self { resumable: can_resume(path, &record), path: path.to_owned(), record, label })
    }

    /// Newest first; among runs started in the same second, `-10` is newer than `-9`.
    pub(super) fn age(&self) -> impl Ord + use<> {
        Reverse((self.record.started, self.record.name.len(), self.record.name.clone()))
    }
}

/// The best epoch so far of a run that is in training or was killed, whose record lacks it.
fn add_best_epoch(path: &Path, record: &mut RunRecord) {
    let Ok((_, history)) = read_run_folder(path) else { return };
    let Some(last) = history.iter().rfind(|report| !report.retraining) else { return };
    record.best_epoch = last.best_epoch;
    record.seconds_per_epoch = history.iter().map(|report| report.seconds).sum::<f64>() / history.len() as f64;
    let Some(best) = history.iter().find(|report| report.epoch == last.best_epoch) else { return };
    record.validation.model = best.validation.clone();
    record.test.model = best.test.clone().unwrap_or_default();
}

/// The runs found in folders.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Newest first.
    pub runs: Vec<SavedRun>,
    /// Why unreadable runs were skipped; each message ends with a path.
    pub skipped: Vec<String>,
}

impl Listing {
    /// A user's runs: those in the folder `runs`, the trials of every study in the folder `studies`, and whatever is
    /// below `others`. Missing folders count as empty.
    pub fn of_user(runs: &Path, studies: &Path, others: &[PathBuf]) -> Self {
        Self::read(found_of_user(runs, studies, others))
    }

    /// The runs among and below these folders, each of which may be a run, a study, or hold runs or studies.
    pub fn below(folders: &[PathBuf]) -> Self {
        // A trial is recognised by its parent folders, which `.` does not name.
        let folders: Vec<PathBuf> =
            folders.iter().map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.clone())).collect();
        Self::read(search(folders.iter().map(|folder| (folder.as_path(), DEEPEST))))
    }

    fn read(found: Vec<PathBuf>) -> Self {
        let mut listing = Self::default();
        for path in found {
            match SavedRun::read(&path) {
                Ok(run) => listing.runs.push(run),
                Err(error) => listing.skipped.push(error.to_string()),
            }
        }
        listing.runs.sort_by_cached_key(SavedRun::age);
        listing
    }
}

/// The folders of a user's runs, for [`Listing::of_user`].
pub(super) fn found_of_user(runs: &Path, studies: &Path, others: &[PathBuf]) -> Vec<PathBuf> {
    let others = others.iter().map(|folder| (folder.as_path(), DEEPEST));
    search([(runs, 1), (studies, 3)].into_iter().chain(others))
}

fn search<'a>(roots: impl IntoIterator<Item = (&'a Path, usize)>) -> Vec<PathBuf> {
    let (mut found, mut entered) = (Vec::new(), HashSet::new());
    for (root, depth) in roots {
        descend(root, depth, &mut entered, &mut found);
    }
    found
}

/// Collects the run folders at most `depth` levels below `folder`. As links may form cycles or duplicates, each folder
/// is entered once, by its canonical path.
fn descend(folder: &Path, depth: usize, entered: &mut HashSet<PathBuf>, found: &mut Vec<PathBuf>) {
    if !entered.insert(folder.canonicalize().unwrap_or_else(|_| folder.to_owned())) {
        return;
    }
    if folder.join(RECORD).is_file() {
        found.push(folder.to_owned());
    } else if depth > 0 {
        let entries = fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect());
        let mut inside: Vec<PathBuf> = entries.unwrap_or_default();
        inside.retain(|path| path.is_dir());
        inside.sort();
        inside.iter().for_each(|path| descend(path, depth - 1, entered, found));
    }
}
