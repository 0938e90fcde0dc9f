//! `crossrank export`: a run as files for other programs.

use super::data::{open_for_export, opening};
use super::labels::with_labels;
use super::names::one_of;
use super::output::{note, print, print_json};
use super::progress::Progress;
use crate::export::{DataNow, ExportError, Part, export_run, export_seeds, runs_to_export};
use crate::judge::LabelChoice;
use crate::train::{RunData, data_of_run, read_run_record};
use anyhow::{Result, anyhow};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// A run's folder, or a folder of runs such as one per seed: each is then written to a folder of its own.
    pub run: PathBuf,
    /// The folder to write to; created if missing.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The data set [default: where it was when the run was trained].
    #[arg(long, value_name = "PATH")]
    pub dataset: Option<PathBuf>,
    /// The queries of run.txt and qrels.txt.
    #[arg(long, default_value = "test", value_parser = one_of(Part::ALL, Part::name))]
    pub part: Part,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
    /// Export a run although its data have changed since; the manifest then names what.
    #[arg(long)]
    pub adopt: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// If RUN is neither a run nor a folder of runs, the requested data set cannot be opened, the data have changed since, or
/// a file cannot be written.
pub(super) fn run(args: &ExportArgs) -> Result<()> {
    let mut progress = Progress::new(args.json);
    let runs = runs_to_export(&args.run)?;
    let data = data(args, &runs[0], &mut progress)?;
    let now = DataNow { data: data.as_ref(), adopt: args.adopt };
    progress.stage("Writing files");
    let done = match &runs[..] {
        [run] if *run == args.run => export_run(run, &args.out, now, args.part),
        runs => export_seeds(runs, &args.out, now, args.part),
    };
    progress.finish();
    let done = done.map_err(|error| match error {
        ExportError::Changed { .. } => anyhow!("{error} (--adopt exports all the same, and records it)"),
        other => other.into(),
    })?;
    done.left_out.iter().for_each(|line| note(&format!("left out: {line}")));
    if args.json {
        let files: Vec<String> = done.files.iter().map(|file| file.display().to_string()).collect();
        return print_json(&json!({
            "out": args.out.display().to_string(), "part": args.part.name(), "files": files,
            "left_out": done.left_out,
        }));
    }
    print(&done.files.iter().map(|file| format!("{}\n", file.display())).collect::<String>())
}

/// The data set given, or the run's own, with the run's visual vectors if they can be read; if the run's own is gone or
/// broken, `None`.
fn data(args: &ExportArgs, run: &Path, progress: &mut Progress) -> Result<Option<RunData>> {
    let record = read_run_record(run)?;
    let (path, is_asked_for) = match &args.dataset {
        Some(path) => (path, true),
        None => (&record.dataset_path, false),
    };
    if !is_asked_for && !path.exists() {
        return Ok(None);
    }
    let opened = open_for_export(path, opening(args.follow, None)?, progress)
        .and_then(|data| with_labels(data, record.labels.as_ref().map(LabelChoice::behind), progress));
    match opened {
        // Read once for all runs of a folder.
        Ok(data) => Ok(Some(data_of_run(&data, &record).unwrap_or(data))),
        Err(error) if is_asked_for => Err(error),
        Err(error) => {
            note(&format!("the run's data set cannot be opened: {error}"));
            Ok(None)
        }
    }
}
