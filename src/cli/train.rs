//! `crossrank train`: the network against the initial order and text alone.

pub(super) mod args;
mod chosen;
mod experiment;
mod observer;
mod report;
mod resume;

use super::data::{open_for_training, opening};
use super::interrupt::Interrupt;
use super::labels::with_labels;
use super::output::{about, command_line, fault, note, print, print_json};
use super::progress::Progress;
use super::seeds::Seeds;
use super::vectors::WantedVectors;
use crate::base::{check_unlocked, unix_seconds};
use crate::train::{Experiment, RunRecord, RunState, WarmStart, read_config, run_from};
use anyhow::Result;
use args::TrainArgs;
use experiment::experiment;
use observer::Watcher;
use std::path::{Path, PathBuf};

/// Runs the command.
///
/// # Errors
/// If the data set or the chosen features or vectors cannot be used, or training fails.
pub(super) fn run(args: &TrainArgs) -> Result<()> {
    if let Some(path) = &args.resume {
        return resume::resume(args, path);
    }
    let mut progress = Progress::new(args.json);
    let interrupt = Interrupt::listen();
    let experiment = experiment(args, start(args, &mut progress)?)?;
    check_folders(args, &experiment)?;
    for setting in args.settings.without_effect(&experiment) {
        note(&format!("--{} has no effect with {}", setting.option, experiment.model.kind));
    }
    let wanted = WantedVectors { names: args.descriptors.as_deref(), encoder: &args.encoder, experiment: &experiment };
    let opening = opening(args.follow, args.memory)?;
    let data = open_for_training(&args.dataset, opening, &args.vectors, &wanted, &mut progress)?;
    let data = with_labels(data, args.labels.choice(), &mut progress)?.with_recall_base(args.recall_base);
    let start = args.warm_start.as_deref().map(WarmStart::read).transpose()?;
    let mut records = Vec::with_capacity(args.seeds);
    for number in 0..args.seeds {
        let experiment = with_seed(&experiment, number);
        let record = new_record(args, &experiment);
        let folder = folder(args, &experiment);
        // Another process may have trained one while the data set was being read.
        folder.as_deref().map_or(Ok(()), |folder| check_unused(args, folder))?;
        let mut watcher = Watcher::new(&mut progress, &interrupt, &experiment, args.seeds > 1);
        let result = run_from(&data, &experiment, record, (folder.as_deref(), start.as_ref()), &mut watcher);
        records.push(result.map_err(about(&args.dataset))?.record);
        if records.last().is_some_and(|record| record.state == RunState::Interrupted) {
            break;
        }
    }
    progress.finish();
    let outcome = report::outcome(&records, |record| folder(args, &record.experiment));
    let seeds = Seeds::new(records);
    if args.json {
        print_json(&report::object(&seeds, args.out.as_deref(), |record| folder(args, &record.experiment)))?;
    } else {
        print(&report::text(&seeds, &data, args.out.as_deref()))?;
    }
    outcome
}

/// The settings that the options override: those of a file, or the preset.
fn start(args: &TrainArgs, progress: &mut Progress) -> Result<Experiment> {
    match &args.config {
        Some(path) => read_experiment(path, progress),
        None => Ok(args.preset.unwrap_or_default().experiment()),
    }
}

/// The experiment of a file.
///
/// # Errors
/// If it cannot be read, or has several.
pub(super) fn read_experiment(path: &Path, progress: &mut Progress) -> Result<Experiment> {
    let (mut experiments, warnings) = read_config(path)?;
    progress.finish();
    warnings.iter().for_each(|warning| note(warning));
    match experiments.len() {
        1 => Ok(experiments.remove(0)),
        count => Err(fault(format!("this is a grid of {count} configurations, not one"), path)),
    }
}

/// Checks that no saved run would be lost, and none that another process is training would be spoilt.
fn check_folders(args: &TrainArgs, experiment: &Experiment) -> Result<()> {
    (0..args.seeds).filter_map(|number| folder(args, &with_seed(experiment, number))).try_for_each(|folder| {
        check_unlocked(&folder)?;
        check_unused(args, &folder)
    })
}

fn check_unused(args: &TrainArgs, folder: &Path) -> Result<()> {
    if !args.force && folder.join("run.json").exists() {
        return Err(fault("this folder has a run already (--force replaces it, --resume continues it)", folder));
    }
    Ok(())
}

/// The experiment with the `number`th seed, from 0.
fn with_seed(experiment: &Experiment, number: usize) -> Experiment {
    let mut experiment = experiment.clone();
    experiment.training.seed = experiment.training.seed.wrapping_add(number as u64);
    experiment
}

/// Where a run is saved: the requested folder, or one inside it per seed.
fn folder(args: &TrainArgs, experiment: &Experiment) -> Option<PathBuf> {
    let out = args.out.as_ref()?;
    Some(if args.seeds > 1 { out.join(format!("seed-{}", experiment.training.seed)) } else { out.clone() })
}

fn new_record(args: &TrainArgs, experiment: &Experiment) -> RunRecord {
    let folder = folder(args, experiment);
    let name = folder.as_ref().and_then(|folder| folder.file_name()).map(|name| name.to_string_lossy().into_owned());
    RunRecord {
        name: name.unwrap_or_else(|| format!("{}-{}", experiment.model.kind, experiment.training.seed)),
        started: unix_seconds(),
        command: command_line(),
        ..RunRecord::default()
    }
}
