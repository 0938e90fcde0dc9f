//! A trial's folder: an ordinary run folder with one additional file.
//!
//! `trial.json` is written last and atomically: a folder without it was interrupted and is rerun; one with it is reused
//! if its inputs were exactly the same.

use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{Change, StudyError, Trial, TrialMeasures};
use crate::base::{At, FileError, read_text_file, write_whole};

/// The file's name in a trial's folder.
const FILE: &str = "trial.json";

/// `trial.json`: which trial of a study a run is, and whether it failed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct TrialFile {
    /// Everything the result depends on; see [`super::fingerprint`].
    pub identity: String,
    /// The experiment's changes to the study's base.
    pub changes: Vec<Change>,
    /// From 1.
    pub fold: usize,
    /// Seed of the weights, dropout and query order.
    pub seed: u64,
    /// Why there is no result, if it failed.
    pub failed: Option<String>,
}

/// Why the trial of a folder failed, if it did.
pub(super) fn failure(folder: &Path) -> Option<String> {
    read_file(folder).and_then(|file| file.failed)
}

/// The fold of the trial in a folder, from 1.
pub(super) fn fold(folder: &Path) -> Option<usize> {
    read_file(folder).map(|file| file.fold).filter(|fold| *fold > 0)
}

fn read_file(folder: &Path) -> Option<TrialFile> {
    serde_json::from_str(&read_text_file(&folder.join(FILE)).ok()?).ok()
}

/// What a folder holds, from the perspective of a trial that might use it.
pub(super) enum Found {
    /// Nothing, or an interrupted attempt: the trial may use it.
    Free,
    /// This very trial, finished.
    Done,
    /// Another trial or run.
    Other,
}

/// What a folder holds, from the perspective of the trial with this identity.
pub(super) fn look(folder: &Path, identity: &str) -> Found {
    match read_file(folder) {
        Some(file) if file.identity != identity => Found::Other,
        // A failure may have been the disk's, so retry.
        Some(file) if file.failed.is_some() => Found::Free,
        Some(_) if TrialMeasures::read(folder).is_ok() => Found::Done,
        _ => Found::Free,
    }
}

/// Where a trial is, or will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its folder.
    pub folder: PathBuf,
    /// Whether it is already finished there.
    pub done: bool,
}

/// The folders of a study's trials.
pub(super) struct Places {
    trials: PathBuf,
    /// What earlier versions may have named differently.
    by_identity: HashMap<String, PathBuf>,
    taken: HashSet<PathBuf>,
}

impl Places {
    /// Those below this folder.
    pub(super) fn below(trials: PathBuf) -> Self {
        let entries = fs::read_dir(&trials).map(|entries| entries.flatten().map(|entry| entry.path()).collect());
        let mut folders: Vec<PathBuf> = entries.unwrap_or_default();
        folders.sort();
        let known = folders.into_iter().rev().filter_map(|folder| Some((read_file(&folder)?.identity, folder)));
        Self { by_identity: known.collect(), taken: HashSet::new(), trials }
    }

    /// The place of a trial: its own name; else wherever it is finished; else that name with a number, if the folder
    /// holds something else. Each folder is given to one trial only. `check` is asked about a folder with another trial of
    /// the same name.
    ///
    /// # Errors
    /// Those of `check`.
    pub(super) fn find(
        &mut self,
        trial: &Trial,
        identity: &str,
        check: impl FnOnce(&Path) -> Result<(), StudyError>,
    ) -> Result<Place, StudyError> {
        let mut folder = self.trials.join(&trial.name);
        let mut found = look(&folder, identity);
        if let Some(other) = self.by_identity.get(identity).filter(|other| **other != folder).cloned()
            && !matches!(found, Found::Done)
            && !self.taken.contains(&other)
            && matches!(look(&other, identity), Found::Done)
        {
            return Ok(self.take(other, true));
        }
        if trial.is_named_in_full && matches!(found, Found::Other) {
            check(&folder)?;
        }
        let mut number = 1;
        while self.taken.contains(&folder) || matches!(found, Found::Other) {
            number += 1;
            folder = self.trials.join(format!("{},{number}", trial.name));
            found = look(&folder, identity);
        }
        Ok(self.take(folder, matches!(found, Found::Done)))
    }

    fn take(&mut self, folder: PathBuf, done: bool) -> Place {
        self.taken.insert(folder.clone());
        Place { folder, done }
    }
}

/// Removes what an interrupted attempt left, but no files that are not a trial's.
pub(super) fn clear(folder: &Path) -> Result<(), FileError> {
    let files = [FILE, "run.json", "history.jsonl", "model.safetensors", "run.txt", "queries.json"];
    for path in files.map(|file| folder.join(file)) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(FileError::io(error, &path)),
            _ => {}
        }
    }
    Ok(())
}

/// Marks a trial as finished.
pub(super) fn finish(folder: &Path, file: &TrialFile) -> Result<(), FileError> {
    let path = folder.join(FILE);
    let text = serde_json::to_string_pretty(file).at(&path)?;
    fs::create_dir_all(folder).and_then(|()| write_whole(&path, &[text.as_bytes()])).at(&path)
}
