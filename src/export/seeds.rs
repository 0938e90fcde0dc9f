//! A folder of runs, such as one per seed, as files for other programs.

use super::studies::mean;
use super::table::{Row, Table};
use super::{ExportError, Exported, Part, export_run};
use crate::base::{At, FileError, Spread, write_whole};
use crate::dataset::Loaded;
use crate::eval::{Averaging, Measures, STANDARD, TIE_RULE};
use crate::train::{Comparison, RunRecord, read_run_record};
use std::fs;
use std::path::{Path, PathBuf};

/// The runs to export: the folder itself, or those in it, sorted by name.
///
/// # Errors
/// If the folder is neither a run nor has any.
pub fn runs_to_export(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    if folder.join("run.json").is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let entries = fs::read_dir(folder).at(folder)?;
    let mut runs: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    runs.retain(|run| run.join("run.json").is_file());
    runs.sort();
    if runs.is_empty() {
        return Err(FileError::malformed("neither a run nor a folder of runs", folder));
    }
    Ok(runs)
}

/// Exports runs as [`export_run`] does, each to a folder of its own in `out`, with the means and deviations over all of
/// them as `table.md`, `table.tex` and `table.csv`. `dataset` is that of the first.
///
/// # Errors
/// If a run cannot be read, or a file cannot be written; with its path.
pub fn export_seeds(
    runs: &[PathBuf],
    out: &Path,
    dataset: Option<&Loaded>,
    part: Part,
) -> Result<Exported, ExportError> {
    let records = runs.iter().map(|run| read_run_record(run)).collect::<Result<Vec<_>, _>>()?;
    let mut all = Exported::default();
    for (run, record) in runs.iter().zip(&records) {
        let is_same = records.first().is_some_and(|first| first.dataset_path == record.dataset_path);
        let name = run.file_name().unwrap_or_default();
        let done = export_run(run, &out.join(name), dataset.filter(|_| is_same), part)?;
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
    let row = |name: &str, of: fn(&Comparison) -> &Measures| {
        let spread = |measure| Spread::of(records.iter().filter_map(|record| of(&record.test).get(measure)));
        Row { name: name.to_owned(), cells: STANDARD.iter().map(|&measure| mean(spread(measure), true)).collect() }
    };
    let first = records.first();
    let kind = first.map_or("", |record| record.experiment.model.kind.name());
    let mut table = Table {
        title: format!(
            "{}: means over the test queries, ± standard deviations over {} runs",
            first.map_or("", |record| record.dataset.as_str()),
            records.len()
        ),
        corner: "ranking".to_owned(),
        columns: STANDARD.map(|measure| measure.label()).to_vec(),
        rows: vec![
            row("Initial order", |comparison| &comparison.initial),
            row("Text only", |comparison| &comparison.text),
            row(kind, |comparison| &comparison.model),
        ],
        notes: vec![format!("Means {}. Ties: {TIE_RULE}.", Averaging::Both.label())],
        decimals: 4,
    };
    table.mark_best();
    table
}
