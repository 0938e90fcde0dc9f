//! Continuing a run.

use super::args::TrainArgs;
use super::observer::Watcher;
use super::report;
use crate::base::check_unlocked;
use crate::cli::data::{open_for_training, opening};
use crate::cli::interrupt::Interrupt;
use crate::cli::labels::with_labels;
use crate::cli::output::{about, fault, note, print, print_json};
use crate::cli::progress::Progress;
use crate::cli::seeds::Seeds;
use crate::cli::vectors::WantedVectors;
use crate::judge::LabelChoice;
use crate::train::{Continuation, TrainError, read_run_record, resume as resume_run, saved_history};
use anyhow::{Result, anyhow};
use std::path::Path;

/// The one setting that may change.
const EPOCHS: &str = "training.epochs";

/// Continues a saved run.
///
/// # Errors
/// If the run cannot be continued, the data set is a different one, or other settings were given.
pub(super) fn resume(args: &TrainArgs, path: &Path) -> Result<()> {
    let epochs = args.settings.count(EPOCHS);
    if args.settings.paths().any(|path| path != EPOCHS) {
        return Err(fault("a run resumes with its own settings; only --epochs can be given with --resume", path));
    }
    let record = read_run_record(path)?;
    check_unlocked(path)?;
    let done = saved_history(path)?.len();
    let mut progress = Progress::new(args.json);
    let interrupt = Interrupt::listen();
    let files = if args.vectors.is_empty() { &record.vector_files } else { &args.vectors };
    let saved = Some(record.vector_sources.as_slice()).filter(|sources| !sources.is_empty());
    let wanted = WantedVectors {
        names: args.descriptors.as_deref().or(saved),
        encoder: &args.encoder,
        experiment: &record.experiment,
    };
    let data = open_for_training(&args.dataset, opening(args.follow, args.memory)?, files, &wanted, &mut progress)?;
    // One run, one kind of labels.
    let data = with_labels(data, record.labels.as_ref().map(LabelChoice::behind), &mut progress)?;
    let mut experiment = record.experiment;
    experiment.training.epochs = epochs.unwrap_or(experiment.training.epochs);
    let mut watcher = Watcher::new(&mut progress, &interrupt, &experiment, false).after(done);
    let resumed = resume_run(&data, path, Continuation { epochs, adopt: args.adopt }, &mut watcher);
    progress.finish();
    let record = match resumed {
        Ok(result) => result.record,
        Err(error @ TrainError::Changed { .. }) => {
            return Err(anyhow!("{error} (--adopt continues all the same, and records it)"));
        }
        // There is nothing to do, which is no failure.
        Err(error @ TrainError::Ended { .. }) => {
            note(&error.to_string());
            read_run_record(path)?
        }
        Err(error) => return Err(about(path)(error)),
    };
    let records = vec![record];
    let outcome = report::outcome(&records, |_| Some(path.to_owned()));
    let seeds = Seeds::new(records);
    if args.json {
        print_json(&report::object(&seeds, Some(path), |_| Some(path.to_owned())))?;
    } else {
        let data = data.with_recall_base(seeds.first().recall_base);
        print(&report::text(&seeds, &data, Some(path)))?;
    }
    outcome
}
