//! Opening a data set with its judges.

use crate::cli::data::open;
use crate::cli::labels;
use crate::cli::output::note;
use crate::cli::progress::Progress;
use crate::dataset::Loaded;
use crate::judge::Judges;
use anyhow::Result;
use std::path::Path;

/// Opens a data set with its judges; faults in journals are reported.
///
/// # Errors
/// If the data set or a folder of journals cannot be read.
pub(super) fn open_judges(path: &Path, follow: bool, json: bool) -> Result<(Loaded, Judges)> {
    let mut progress = Progress::new(json);
    let loaded = open(path, follow, &mut progress)?;
    let judges = labels::judges(&loaded.dataset, &loaded.judgements, &mut progress)?;
    progress.finish();
    if let Some(notice) = judges.strays(&loaded.dataset).notice() {
        note(&notice);
    }
    Ok((loaded, judges))
}
