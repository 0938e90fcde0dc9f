//! Whose labels a command trains on and evaluates by.

use super::progress::Progress;
use crate::dataset::{Dataset, Judgements, LabelKind, LabelSource, Qrels, qrels_of, trec_name};
use crate::judge::{Judges, LabelChoice, Places, Protocol, counted};
use crate::train::RunData;
use crate::workspace::Store;
use anyhow::{Result, anyhow};
use std::collections::BTreeMap;

/// Whose labels count.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct LabelArgs {
    /// Whose labels count: files, judge:NAME, majority, unanimous, adjudicated or dawid-skene [default: as the data set's
    /// judging protocol says, else files].
    #[arg(long, value_name = "WHOSE", value_parser = labels)]
    labels: Option<LabelChoice>,
    /// With --labels: leave out images that were judged several at once.
    #[arg(long, requires = "labels")]
    without_batch: bool,
    /// With --labels: leave out judgements before which ranks, scores or others' labels were shown.
    #[arg(long, requires = "labels")]
    without_revealed: bool,
}

fn labels(text: &str) -> Result<LabelChoice> {
    let choice: LabelChoice = text.parse()?;
    match choice.kind {
        LabelKind::Own => Err(anyhow!("nobody judges on the command line: name a judge, as in judge:ann")),
        _ => Ok(choice),
    }
}

impl LabelArgs {
    /// Whether a choice was given.
    pub fn is_given(&self) -> bool {
        self.labels.is_some()
    }

    /// The choice, if one was given.
    pub fn choice(&self) -> Option<LabelChoice> {
        let Self { without_batch, without_revealed, .. } = *self;
        self.labels.clone().map(|choice| LabelChoice { without_batch, without_revealed, ..choice })
    }
}

/// The folders of a data set's journals.
pub(super) fn places(dataset: &Dataset) -> Places {
    Places::new(&dataset.root, dataset.reach, &Store::of_user().judgements())
}

/// A data set's judges; faults in journals are reported.
///
/// # Errors
/// If a folder of journals cannot be read.
pub(super) fn judges(dataset: &Dataset, files: &Judgements, progress: &mut Progress) -> Result<Judges> {
    let (mut judges, look) = Judges::read(places(dataset))?;
    judges.set_files(dataset, files);
    progress.warn(&look.notices);
    Ok(judges)
}

/// The judgements of a data set that count: by `choice`, else by its protocol. `files` are those of its own files.
///
/// # Errors
/// If the protocol or the journals cannot be read, or the judge chosen has no labels.
pub(super) fn counting(
    dataset: &Dataset,
    files: Judgements,
    choice: Option<LabelChoice>,
    progress: &mut Progress,
) -> Result<Judgements> {
    let choice = choice.map_or_else(|| Ok(Protocol::read(&places(dataset))?.labels), anyhow::Ok)?.without_judge();
    if choice.kind == LabelKind::Files {
        return Ok(files);
    }
    progress.stage("Reading judgements");
    let judges = judges(dataset, &files, progress)?;
    Ok(counted(&judges, &choice, dataset, &files)?)
}

/// The same data with the judgements that count.
///
/// # Errors
/// As [`counting`].
pub(super) fn with_labels(data: RunData, choice: Option<LabelChoice>, progress: &mut Progress) -> Result<RunData> {
    let judgements = counting(&data.dataset, data.judgements.clone(), choice, progress)?;
    Ok(data.with_judgements(judgements))
}

/// Judgements with the names that TREC files have.
pub(super) fn trec_qrels(dataset: &Dataset, judgements: &Judgements) -> Qrels {
    let of_query = |(query, grades): (String, BTreeMap<String, i32>)| {
        (trec_name(&query), grades.into_iter().map(|(image, grade)| (trec_name(&image), grade)).collect())
    };
    qrels_of(dataset, judgements).into_iter().map(of_query).collect()
}

/// A line that says whose labels counted, unless they are those of the files.
pub(super) fn line(source: &LabelSource) -> String {
    if source.is_files() { String::new() } else { format!("labels: {}\n", source.label()) }
}
