//! Opening what a command works on.

use super::output::{note, warning_lines};
use super::progress::Progress;
use crate::dataset::{self, Dataset, Loaded, Warning};
use anyhow::{Result, anyhow};
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Opens a data set; its warnings are told unless the command shows them itself.
///
/// # Errors
/// Why it cannot be opened, with the path.
pub(super) fn open(path: &Path, progress: &mut Progress) -> Result<Loaded> {
    progress.stage("Reading files");
    Ok(dataset::open(path)?)
}

/// Adds files of vectors to a data set; their names.
///
/// # Errors
/// Why one cannot be used, with its path.
pub(super) fn attach(dataset: &mut Dataset, files: &[PathBuf], progress: &mut Progress) -> Result<Vec<String>> {
    if !files.is_empty() {
        progress.stage("Reading files of vectors");
    }
    files.iter().map(|file| Ok(dataset::attach_vectors(dataset, file)?)).collect()
}

/// Tells warnings on standard error, a few lines of each kind.
pub(super) fn tell(warnings: &[Warning], progress: &mut Progress) {
    if !warnings.is_empty() {
        progress.finish();
        warning_lines(warnings).iter().for_each(|line| note(line));
    }
}

/// An error that ends with the path it is about, whatever it said before.
pub(super) fn about(path: &Path) -> impl Fn(String) -> anyhow::Error + '_ {
    move |message| fault(message, path)
}

/// An error about a path.
pub(super) fn fault(message: impl Display, path: &Path) -> anyhow::Error {
    let (message, shown) = (message.to_string(), path.display().to_string());
    if message.contains(&shown) { anyhow!(message) } else { anyhow!("{message}: {shown}") }
}
