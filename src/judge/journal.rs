//! Writing a journal: append only, one write of whole lines at a time, on disk before it returns.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{JudgeError, Line, SaveFault};

/// The journal of one judge, to write to.
///
/// Lines are appended and never rewritten, so several processes can write to one journal: each append is one write in
/// append mode. A line that a killed process left unfinished is ended before the next, and skipped on reading.
///
/// Every call waits for the disk; a window calls it from a thread of its own.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Where to write instead if the first write shows that `path` cannot be written.
    elsewhere: Option<PathBuf>,
    is_elsewhere: bool,
    unsaved: VecDeque<String>,
}

impl Journal {
    /// A journal at a path, or at `elsewhere` if the first write shows that the path cannot be written. Nothing is created
    /// before.
    pub fn new(path: PathBuf, elsewhere: Option<PathBuf>) -> Self {
        Self { path, elsewhere, is_elsewhere: false, unsaved: VecDeque::new() }
    }

    /// A journal outside the data set's folder from the start.
    pub(super) fn elsewhere(path: PathBuf) -> Self {
        Self { is_elsewhere: true, ..Self::new(path, None) }
    }

    /// The file that is written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether that is not in the data set's folder, because it could not be written there.
    pub fn is_elsewhere(&self) -> bool {
        self.is_elsewhere
    }

    /// Lines that are not saved yet, oldest first, as JSON.
    pub fn unsaved(&self) -> impl ExactSizeIterator<Item = &str> {
        self.unsaved.iter().map(String::as_str)
    }

    /// Saves lines after those that are not saved yet. On success, all are on disk.
    ///
    /// # Errors
    /// [`JudgeError::NotSaved`]; the lines that are not on disk stay in memory.
    pub fn append(&mut self, lines: &[Line]) -> Result<(), JudgeError> {
        self.append_json(lines.iter().map(Line::json))
    }

    /// As [`Journal::append`], for lines that are JSON objects already. Line ends within are refused by becoming spaces, as
    /// JSON has them between its parts only.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn append_json(&mut self, lines: impl IntoIterator<Item = String>) -> Result<(), JudgeError> {
        self.unsaved.extend(lines.into_iter().map(|line| line.replace(['\n', '\r'], " ")));
        self.retry()
    }

    /// Saves what is not saved yet.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn retry(&mut self) -> Result<(), JudgeError> {
        while !self.unsaved.is_empty() {
            match self.write() {
                Ok(saved) => {
                    self.unsaved.drain(..saved);
                    self.elsewhere = None;
                }
                Err(error) if SaveFault::of(&error) != SaveFault::Full && self.elsewhere.is_some() => {
                    self.path = self.elsewhere.take().unwrap_or_default();
                    self.is_elsewhere = true;
                }
                Err(error) => return Err(JudgeError::not_saved(self.unsaved.len(), error, &self.path)),
            }
        }
        Ok(())
    }

    /// Writes as many of the lines as fit and returns how many are now on disk: at least one.
    fn write(&self) -> io::Result<usize> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let is_new = !self.path.exists();
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&self.path)?;
        let mut bytes = if is_torn(&mut file)? { vec![b'\n'] } else { Vec::new() };
        let mut ends = Vec::with_capacity(self.unsaved.len());
        for line in &self.unsaved {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
            ends.push(bytes.len());
        }
        let written = write_once(&mut file, &bytes)?;
        file.sync_data()?;
        if is_new {
            sync_folder(folder);
        }
        match ends.partition_point(|&end| end <= written) {
            // A disk that is full takes part of a line at most once; the next attempt says so.
            0 if written == 0 => Err(io::ErrorKind::StorageFull.into()),
            saved => Ok(saved),
        }
    }
}

/// One write, so that lines of several processes never mix; how many bytes were taken.
fn write_once(file: &mut File, bytes: &[u8]) -> io::Result<usize> {
    loop {
        match file.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Whether the last line has no end.
fn is_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != [b'\n'])
}

/// Makes a new file's name survive a power failure, on systems where that takes a sync of its folder.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        // Some file systems cannot do it, and need not.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}
