//! Where the journals of a data set lie.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::journal::Journal;
use super::name::{check_name, file_stem, hash};
use super::{JudgeError, name};
use crate::base::FileError;
use crate::dataset::{MOVED, Moves, OVERLAY, QueryEdit, Reach, demo_sample};

/// The folder of journals in a data set's folder.
pub const FOLDER: &str = "judgements";

/// The protocol's file beside the journals.
const PROTOCOL: &str = "protocol.json";

/// The ending of a journal.
const ENDING: &str = "jsonl";

/// The folders of a data set's journals: its own, and one for data sets whose folder cannot be written. Both are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    root: PathBuf,
    reach: Reach,
    own: PathBuf,
    elsewhere: PathBuf,
}

impl Places {
    /// The folders for the data set in `root`; `app` is the program's own folder for judgements. Journals that links lead
    /// to are neither read nor written further than `reach`: a data set from a stranger must not name other files.
    pub fn new(root: &Path, reach: Reach, app: &Path) -> Self {
        let path = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let name = path.file_name().map(|name| file_stem(&name.to_string_lossy())).unwrap_or_default();
        let elsewhere = app.join(format!("{name}-{}", hash(&path.to_string_lossy())));
        // The built-in sample is a part of the program, which stays as it is.
        let own = if is_sample(&path) { elsewhere.clone() } else { root.join(FOLDER) };
        Self { root: root.to_owned(), reach, own, elsewhere }
    }

    /// The folder in the data set's own.
    pub fn folder(&self) -> &Path {
        &self.own
    }

    /// All journals, sorted by folder and name.
    ///
    /// # Errors
    /// If a folder exists and cannot be read.
    pub fn journals(&self) -> Result<Vec<PathBuf>, JudgeError> {
        let mut all = if self.reach.admits(&self.own, &self.root) { listed(&self.own)? } else { Vec::new() };
        all.retain(|path| self.reach.admits(path, &self.root));
        all.extend(listed(&self.elsewhere)?);
        Ok(all)
    }

    /// Where pictures went since they were judged, and the size of the file that says so.
    ///
    /// # Errors
    /// If there is such a file and it cannot be read.
    pub(super) fn moves(&self) -> Result<(Moves, u64), JudgeError> {
        let size = self.size_of_moves();
        let moves = if size > 0 { Moves::read(&self.root)? } else { Moves::default() };
        Ok((moves, size))
    }

    /// The size of the file that says where pictures went; 0 without one.
    pub fn size_of_moves(&self) -> u64 {
        let path = self.root.join(MOVED);
        let size = fs::metadata(&path).map_or(0, |file| if file.is_file() { file.len() } else { 0 });
        if size > 0 && self.reach.admits(&path, &self.root) { size } else { 0 }
    }

    /// Where the protocol may lie, the preferred place first.
    pub fn protocols(&self) -> Vec<PathBuf> {
        let own = self.own.join(PROTOCOL);
        let is_within = |path: &Path| self.reach.admits(path, &self.root);
        let elsewhere = self.elsewhere.join(PROTOCOL);
        let own = (is_within(&self.own) && is_within(&own) && own != elsewhere).then_some(own);
        own.into_iter().chain([elsewhere]).collect()
    }

    /// The journal of a judge, to write to; it is created on the first write.
    ///
    /// On file systems that ignore case, "Ann" and "ann" would share a file: whoever comes second gets one whose name
    /// ends with a hash.
    ///
    /// # Errors
    /// If no judge can have this name.
    pub fn journal(&self, judge: &str) -> Result<Journal, JudgeError> {
        check_name(judge)?;
        let [own, elsewhere] = [&self.own, &self.elsewhere].map(|folder| file_in(folder, judge));
        let is_usable = |path: &Path| self.reach.admits(path, &self.root) && (path.is_file() || !path.exists());
        if !self.reach.admits(&self.own, &self.root) || !is_usable(&own) {
            return Ok(Journal::elsewhere(elsewhere));
        }
        Ok(Journal::new(own, Some(elsewhere)))
    }
}

/// Saves edits of queries in a data set's folder, to be applied when it is opened next. They are appended, so that two
/// windows never spoil each other's.
///
/// # Errors
/// [`JudgeError::NotSaved`] if they cannot be written, or if the file is a link that leads further than `reach`.
pub fn edit_queries(root: &Path, reach: Reach, edits: &[QueryEdit]) -> Result<(), JudgeError> {
    let path = root.join(OVERLAY);
    if path.exists() && !(path.is_file() && reach.admits(&path, root)) {
        return Err(JudgeError::not_saved(edits.len(), io::ErrorKind::PermissionDenied.into(), &path));
    }
    Journal::new(path, None).append_json(edits.iter().map(QueryEdit::json))
}

/// Whether a folder is that of the built-in sample.
pub fn is_sample(root: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(root) == real(&demo_sample())
}

fn file_in(folder: &Path, judge: &str) -> PathBuf {
    let stem = file_stem(judge);
    let plain = format!("{stem}.{ENDING}");
    let apart = format!("{stem}~{}.{ENDING}", name::hash(judge));
    let names: Vec<String> =
        listed(folder).unwrap_or_default().iter().filter_map(|path| Some(path.file_name()?.to_str()?.into())).collect();
    let is_taken = names.iter().any(|name| *name != plain && name.eq_ignore_ascii_case(&plain));
    let is_apart = names.contains(&apart) || (is_taken && !names.contains(&plain));
    folder.join(if is_apart { apart } else { plain })
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, JudgeError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(FileError::io(error, folder).into()),
    };
    let is_journal = |path: &PathBuf| {
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        !is_hidden && path.extension().is_some_and(|ending| ending == ENDING) && path.is_file()
    };
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_journal).collect();
    found.sort();
    Ok(found)
}
