//! A folder of runs, such as one per seed, as files for other programs.

use super::run::rankings_table;
use super::studies::mean;
use super::table::Table;
use super::{DataNow, ExportError, Exported, Part, export_run};
use crate::base::{At, FileError, Spread, folders_with, write_whole};
use crate::train::{Comparison, RunRecord, read_run_record};
use std::path::{Path, PathBuf};

/// The runs to export: the folder itself, or those in it, sorted by name.
///
/// # Errors
/// If the folder is neither a run nor has any.
pub fn runs_to_export(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let runs = folders_with("run.json", folder).at(folder)?;
    if runs.is_empty() {
        return Err(FileError::malformed("neither a run nor a folder of runs", folder));
    }
    Ok(runs)
}

/// Exports runs as [`export_run`] does, each to a folder of its own in `out`, with the means and deviations over all of
/// them as `table.md`, `table.tex` and `table.csv`. `now` is the data set of the first.
///
/// # Errors
/// If a run cannot be read or its data have changed since (nothing is written then), or a file cannot be written; with
/// its path.
pub fn export_seeds(runs: &[PathBuf], out: &Path, now: DataNow<'_>, part: Part) -> Result<Exported, ExportError> {
    let records = runs.iter().map(|run| read_run_record(run)).collect::<Result<Vec<_>, _>>()?;
    let now_of = |record: &RunRecord| {
        let is_same = records.first().is_some_and(|first| first.dataset_path == record.dataset_path);
        if is_same { now } else { DataNow { data: None, ..now } }
    };
    for (run, record) in runs.iter().zip(&records) {
        now_of(record).compare(run, record)?;
    }
    let mut all = Exported::default();
    for (run, record) in runs.iter().zip(&records) {
        let name = run.file_name().unwrap_or_default();
        let done = export_run(run, &out.join(name), now_of(record), part)?;
        all.files.extend(done.files);
        all.left_out.extend(done.left_out.into_iter().map(|reason| format!("{}/{reason}", name.to_string_lossy())));
    }
    let table = table(&records);
    for (name, text) in [("table.md", table.markdown()), ("table.tex", table.latex()), ("table.csv", table.csv())] {
        let path = out.join(name);
        write_whole(&path, &[text.as_bytes()]).at(&path)?;
        all.files.push(path);
    }
    Ok(all)
}

/// The three rankings on the test queries: means and deviations over the runs.
fn table(records: &[RunRecord]) -> Table {
    let Some(first) = records.first() else { return Table::default() };
    let title =
        format!("{}: means over the test queries, ± standard deviations over {} runs", first.dataset, records.len());
    let comparisons: Vec<&Comparison> = records.iter().map(|record| &record.test).collect();
    rankings_table(title, first, &comparisons, |of, measure| {
        mean(Spread::of(comparisons.iter().filter_map(|comparison| of(comparison).get(measure))), true)
    })
}
