//! Finding studies on disk.

use super::{StudyRequest, StudyResult};
use crate::base::read_text_file;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The file with the request.
pub(super) const REQUEST: &str = "request.json";
/// Levels below a folder to search for studies.
const DEEPEST: usize = 3;

/// A study on disk.
#[derive(Clone, Debug)]
pub struct SavedStudy {
    /// Its folder.
    pub path: PathBuf,
    /// The request, if it was started in the window.
    pub request: Option<StudyRequest>,
    /// Its result, once it has finished.
    pub result: Option<StudyResult>,
    /// Finished trials.
    pub trials: usize,
    /// Whether it is in the user's own folder; others are only listed.
    pub is_own: bool,
}

impl SavedStudy {
    /// Its folder's name.
    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The studies in a user's own folder, and those below others; newest first. Missing folders count as empty.
    pub fn of_user(own: &Path, others: &[PathBuf]) -> Vec<Self> {
        let mut entered = HashSet::new();
        let mut found: Vec<Self> = folders_in(own).into_iter().filter_map(|path| Self::read(path, true)).collect();
        entered.extend(found.iter().map(|study| canonical(&study.path)));
        others.iter().for_each(|folder| descend(folder, DEEPEST, &mut entered, &mut found));
        newest_first(found)
    }

    /// The studies among and below these folders, newest first.
    pub fn below(folders: &[PathBuf]) -> Vec<Self> {
        let (mut entered, mut found) = (HashSet::new(), Vec::new());
        folders.iter().for_each(|folder| descend(folder, DEEPEST, &mut entered, &mut found));
        newest_first(found)
    }

    fn read(path: PathBuf, is_own: bool) -> Option<Self> {
        let request = read_text_file(&path.join(REQUEST)).ok();
        let request = request.and_then(|text| serde_json::from_str(&text).ok());
        let result = StudyResult::read(&path).ok();
        let trials = folders_in(&path.join("trials")).iter().filter(|trial| trial.join("trial.json").is_file()).count();
        (request.is_some() || result.is_some() || trials > 0).then_some(Self { path, request, result, trials, is_own })
    }

    /// When it was begun, for their order.
    fn begun(&self) -> SystemTime {
        let known = [REQUEST, "study.json", "trials"].iter().find_map(|name| self.path.join(name).metadata().ok());
        known.and_then(|known| known.modified().ok()).unwrap_or(UNIX_EPOCH)
    }
}

fn newest_first(mut found: Vec<SavedStudy>) -> Vec<SavedStudy> {
    found.sort_by_cached_key(|study| std::cmp::Reverse((study.begun(), study.path.clone())));
    found
}

/// Collects the studies at most `depth` levels below a folder. As links may form cycles, each is entered once.
fn descend(folder: &Path, depth: usize, entered: &mut HashSet<PathBuf>, found: &mut Vec<SavedStudy>) {
    if !entered.insert(canonical(folder)) || folder.join("run.json").is_file() {
        return;
    }
    match SavedStudy::read(folder.to_owned(), false) {
        Some(study) => found.push(study),
        None if depth > 0 => {
            folders_in(folder).iter().for_each(|inside| descend(inside, depth - 1, entered, found));
        }
        None => {}
    }
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The folders in a folder, sorted.
fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect());
    let mut inside: Vec<PathBuf> = entries.unwrap_or_default();
    inside.retain(|path| path.is_dir());
    inside.sort();
    inside
}
