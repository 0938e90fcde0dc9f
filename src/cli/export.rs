//! `crossrank export`: a run as files for other programs.

use super::data::open;
use super::names::one_of;
use super::output::{note, print, print_json};
use super::progress::Progress;
use crate::dataset::Loaded;
use crate::export::{Part, export_run, export_seeds, runs_to_export};
use crate::train::read_run_record;
use anyhow::Result;
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
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// If RUN is neither a run nor a folder of runs, the requested data set cannot be opened, or a file cannot be written.
pub(super) fn run(args: &ExportArgs) -> Result<()> {
    let mut progress = Progress::new(args.json);
    let runs = runs_to_export(&args.run)?;
    let dataset = dataset(args, &runs[0], &mut progress)?;
    progress.stage("Writing files");
    let done = match &runs[..] {
        [run] if *run == args.run => export_run(run, &args.out, dataset.as_ref(), args.part)?,
        runs => export_seeds(runs, &args.out, dataset.as_ref(), args.part)?,
    };
    progress.finish();
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

/// The data set given, or the run's own; if the latter is gone or broken, `None`.
fn dataset(args: &ExportArgs, run: &Path, progress: &mut Progress) -> Result<Option<Loaded>> {
    if let Some(path) = &args.dataset {
        return Ok(Some(open(path, args.follow, progress)?));
    }
    let record = read_run_record(run)?;
    if !record.dataset_path.exists() {
        return Ok(None);
    }
    match open(&record.dataset_path, args.follow, progress) {
        Ok(loaded) => Ok(Some(loaded)),
        Err(error) => {
            note(&format!("the run's data set cannot be opened: {error}"));
            Ok(None)
        }
    }
}
