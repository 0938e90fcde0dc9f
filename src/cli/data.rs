//! Opening what a command works on.

use super::output::{note, warning_lines};
use super::progress::Progress;
use crate::dataset::{self, Loaded, Warning};
use anyhow::{Result, anyhow};
use std::fmt::Display;
use std::path::Path;

/// Opens a data set; its warnings are told unless the command shows them itself.
///
/// # Errors
/// Why it cannot be opened, with the path.
pub(super) fn open(path: &Path, progress: &mut Progress) -> Result<Loaded> {
    progress.stage("Reading files");
    Ok(dataset::open(path)?)
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
