//! Opening a command's data set.

use super::progress::Progress;
use super::vectors::WantedVectors;
use crate::dataset::{self, Dataset, Loaded, Reach, Warning};
use crate::train::{self, Opening, RunData};
use anyhow::{Result, anyhow};
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Opens a data set, following links out of its folder if asked to; showing its warnings is left to the caller.
///
/// # Errors
/// If it cannot be opened, with the path.
pub(super) fn open(path: &Path, follow: bool, progress: &mut Progress) -> Result<Loaded> {
    progress.stage("Reading files");
    Ok(dataset::open_within(path, Reach::following(follow))?)
}

/// How data is opened: whether links are followed, and the bound on memory.
///
/// # Errors
/// If the environment variable for the bound holds something else.
pub(super) fn opening(follow: bool, memory: Option<usize>) -> Result<Opening> {
    let memory = train::memory_bound(memory).map_err(|problem| anyhow!(problem))?;
    Ok(Opening { reach: Reach::following(follow), memory })
}

/// Opens a data set without visual vectors; showing its warnings is left to the caller.
///
/// # Errors
/// If it cannot be opened, with the path.
pub(super) fn open_for_export(path: &Path, opening: Opening, progress: &mut Progress) -> Result<RunData> {
    let stage = &mut |name: &str| {
        progress.stage(name);
        ControlFlow::Continue(())
    };
    Ok(train::open_with(path, opening, &[], &mut |_, _, _| Ok(None), stage)?.data)
}

/// Opens a data set with everything training needs, adding `files` of vectors to it.
///
/// # Errors
/// If it cannot be opened, a file cannot be added, or no suitable vectors are available, with the path.
pub(super) fn open_for_training(
    path: &Path,
    opening: Opening,
    files: &[PathBuf],
    wanted: &WantedVectors<'_>,
    progress: &mut Progress,
) -> Result<RunData> {
    // Both the stages and the choice of vectors write to the terminal.
    let progress = RefCell::new(progress);
    let choose = &mut |dataset: &Dataset, added: &[String], warnings: &mut Vec<Warning>| {
        let progress = &mut *progress.borrow_mut();
        // Warnings are worth reading before a long computation.
        progress.warn(&std::mem::take(warnings));
        Ok(Some(wanted.choose(dataset, added, progress)?))
    };
    let stage = &mut |name: &str| {
        progress.borrow_mut().stage(name);
        ControlFlow::Continue(())
    };
    let opened = train::open_with(path, opening, files, choose, stage)?;
    match opened.refused.into_iter().next() {
        Some((_, error)) => Err(error.into()),
        None => Ok(opened.data),
    }
}
