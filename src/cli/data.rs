//! Opening what a command works on.

use super::output::{note, warning_lines};
use super::progress::Progress;
use super::vectors::WantedVectors;
use crate::dataset::{self, Dataset, Loaded, Warning};
use crate::train::{self, RunData};
use anyhow::{Result, anyhow};
use std::cell::RefCell;
use std::fmt::Display;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Opens a data set; its warnings are told unless the command shows them itself.
///
/// # Errors
/// Why it cannot be opened, with the path.
pub(super) fn open(path: &Path, progress: &mut Progress) -> Result<Loaded> {
    progress.stage("Reading files");
    Ok(dataset::open(path)?)
}

/// Opens a data set with all that a training needs, and with files that are added to it.
///
/// # Errors
/// Why it cannot be opened, a file cannot be added, or the visual vectors cannot be had, with the path.
pub(super) fn open_for_training(
    path: &Path,
    files: &[PathBuf],
    wanted: &WantedVectors<'_>,
    progress: &mut Progress,
) -> Result<RunData> {
    // Both the stages and the choice of vectors write to the terminal.
    let progress = RefCell::new(progress);
    let choose = &mut |dataset: &Dataset, added: &[String], warnings: &mut Vec<Warning>| {
        let progress = &mut *progress.borrow_mut();
        // What is wrong with the files is worth reading before a long computation.
        tell(&std::mem::take(warnings), progress);
        Ok(Some(wanted.choose(dataset, added, progress)?))
    };
    let stage = &mut |name: &str| {
        progress.borrow_mut().stage(name);
        ControlFlow::Continue(())
    };
    let opened = train::open_with(path, files, choose, stage)?;
    match opened.refused.into_iter().next() {
        Some((_, error)) => Err(error.into()),
        None => Ok(opened.data),
    }
}

/// Tells warnings on standard error, a few lines of each kind.
pub(super) fn tell(warnings: &[Warning], progress: &mut Progress) {
    if !warnings.is_empty() {
        progress.finish();
        warning_lines(warnings).iter().for_each(|line| note(line));
    }
}

/// An error that ends with the path it is about, whatever it said before.
pub(super) fn about<E: Display>(path: &Path) -> impl Fn(E) -> anyhow::Error {
    move |error| fault(error, path)
}

/// An error about a path.
pub(super) fn fault(message: impl Display, path: &Path) -> anyhow::Error {
    let (message, shown) = (message.to_string(), path.display().to_string());
    if message.contains(&shown) { anyhow!(message) } else { anyhow!("{message}: {shown}") }
}
