//! `crossrank studies`: saved studies as a table.

use super::output::{print, print_json};
use super::runs::check_folders;
use super::table::aligned;
use crate::eval::Measure;
use crate::workspace::{SavedStudy, Store};
use anyhow::Result;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct StudiesArgs {
    /// Studies, or folders of them [default: those that the window lists].
    #[arg(value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// If a folder does not exist.
pub(super) fn run(args: &StudiesArgs) -> Result<()> {
    check_folders(&args.folders)?;
    let studies = match &args.folders[..] {
        [] => {
            let store = Store::of_user();
            SavedStudy::of_user(&store.studies(), &store.listed_folders())
        }
        folders => SavedStudy::below(folders),
    };
    if args.json {
        print_json(&json!({ "studies": studies.iter().map(object).collect::<Vec<_>>() }))
    } else {
        print(&text(&studies))
    }
}

fn kind(study: &SavedStudy) -> String {
    match (&study.result, &study.request) {
        (Some(result), _) => result.kind.clone(),
        (None, Some(request)) => request.kind.name().to_lowercase(),
        (None, None) => String::new(),
    }
}

fn state(study: &SavedStudy) -> &'static str {
    if study.result.is_some() { "finished" } else { "unfinished" }
}

fn object(study: &SavedStudy) -> Value {
    let result = study.result.as_ref();
    let best = result.and_then(|result| result.rows.first());
    json!({
        "name": study.name(),
        "kind": kind(study),
        "state": state(study),
        "trials": study.trials,
        "data": result.map(|result| &result.dataset),
        "configurations": result.map(|result| result.rows.len()),
        "folds": result.and_then(|result| result.folds),
        "seeds": result.map(|result| result.seeds),
        "first": best.map(|row| &row.name),
        "test_map": best.and_then(|row| row.test.get(Measure::Map)).map(|spread| spread.mean),
        "path": study.path.display().to_string(),
    })
}

fn text(studies: &[SavedStudy]) -> String {
    let count = format!("{} stud{}\n", studies.len(), if studies.len() == 1 { "y" } else { "ies" });
    if studies.is_empty() {
        return count;
    }
    let row = |study: &SavedStudy| {
        let result = study.result.as_ref();
        let first = result.and_then(|result| result.rows.first());
        let number = |number: Option<usize>| number.map_or_else(String::new, |number| number.to_string());
        let map = first.and_then(|row| row.test.get(Measure::Map));
        vec![
            study.name(),
            kind(study),
            result.map_or_else(String::new, |result| result.dataset.clone()),
            state(study).to_owned(),
            study.trials.to_string(),
            number(result.map(|result| result.rows.len())),
            number(result.and_then(|result| result.folds)),
            number(result.map(|result| result.seeds)),
            map.map_or_else(String::new, |spread| format!("{:.4}", spread.mean)),
            first.map_or_else(String::new, |row| row.name.clone()),
            study.path.display().to_string(),
        ]
    };
    let heads =
        ["study", "kind", "data", "state", "trials", "rows", "folds", "seeds", "test MAP", "first row", "folder"];
    let rows: Vec<Vec<String>> =
        std::iter::once(heads.map(str::to_owned).to_vec()).chain(studies.iter().map(row)).collect();
    let is_left = [true, true, true, true, false, false, false, false, false, true, true];
    format!("{}\n{count}", aligned(&rows, &is_left))
}
