//! The runs to compare: those given, or those a filter selects.

use crate::cli::output::note;
use crate::cli::runs::{Found, labels};
use crate::study::runs::{Filter, RunFacts, groups};
use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// One configuration: its name and the paths of its runs.
pub(super) struct Side {
    pub name: String,
    /// Run folders, folders of run folders, or TREC runs.
    pub paths: Vec<PathBuf>,
}

impl Side {
    /// A path given, named by its last component.
    fn of(path: &Path) -> Self {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into());
        Self { name, paths: vec![path.to_owned()] }
    }
}

/// All sides and the index of the baseline: by default the first, which is the oldest if a filter selects them.
///
/// # Errors
/// If a folder does not exist, or the filter cannot be parsed or leaves nothing to compare.
pub(super) fn sides(runs: &[PathBuf], filter: Option<&str>, baseline: Option<&Path>) -> Result<(Vec<Side>, usize)> {
    let mut sides = match filter {
        Some(filter) => filtered(runs, filter)?,
        None => runs.iter().map(|path| Side::of(path)).collect(),
    };
    let baseline = match baseline {
        None => 0,
        Some(path) => {
            sides.iter().position(|side| side.paths.iter().any(|other| same(other, path))).unwrap_or_else(|| {
                sides.insert(0, Side::of(path));
                0
            })
        }
    };
    match filter {
        Some(filter) if sides.len() < 2 => {
            bail!("a comparison needs at least two configurations; the filter “{filter}” selects {}", sides.len())
        }
        _ => Ok((distinct(sides), baseline)),
    }
}

/// The rows of `crossrank runs --group --filter …`, oldest first.
fn filtered(folders: &[PathBuf], text: &str) -> Result<Vec<Side>> {
    let found = Found::new(folders, Some(text))?;
    let filter = Filter::parse(text);
    let has_measures = |run: &RunFacts| {
        let path = &run.saved.path;
        let is_measured = path.join("queries.json").is_file();
        if !is_measured {
            note(&format!("skipped: no per-query measures (queries.json): {}", path.display()));
        }
        is_measured
    };
    let oldest_first = (0..found.runs.len()).rev();
    let selected = oldest_first.filter(|&run| filter.matches(&found.runs[run]) && has_measures(&found.runs[run]));
    let entries = groups(&found.runs, selected);
    let paths = entries.iter().map(|entry| entry.facts(&found.runs).iter().map(|run| run.saved.path.clone()).collect());
    let sides = labels(&found.runs, &entries).into_iter().zip(paths);
    Ok(sides.map(|(name, paths)| Side { name, paths }).collect())
}

fn same(a: &Path, b: &Path) -> bool {
    a == b || fs::canonicalize(a).is_ok_and(|a| fs::canonicalize(b).is_ok_and(|b| a == b))
}

/// Makes names unique: sides that share one are named by path.
fn distinct(mut sides: Vec<Side>) -> Vec<Side> {
    let names: Vec<String> = sides.iter().map(|side| side.name.clone()).collect();
    for side in &mut sides {
        let is_shared = names.iter().filter(|name| **name == side.name).count() > 1;
        if let (true, Some(path)) = (is_shared, side.paths.first()) {
            side.name = path.display().to_string();
        }
    }
    sides
}
