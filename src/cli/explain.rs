//! `crossrank explain`: why an image has its rank under a saved run.

mod find;
mod report;

use super::labels::with_labels;
use super::output::{fault, note, print, print_json};
use super::progress::Progress;
use super::rank::of_data_set;
use crate::judge::LabelChoice;
use crate::model::Source;
use crate::train::{Changes, Explainer, NamedExplanation, Place, RunData, SavedRun, data_of_run, difference};
use anyhow::{Result, anyhow};
use find::{find_image, find_query};
use report::{Above, Report};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// A saved run's folder.
    pub run: PathBuf,
    /// The query, by its id or its words.
    #[arg(long, value_name = "QUERY")]
    pub query: String,
    /// The image, by its id or its title.
    #[arg(long, value_name = "IMAGE")]
    pub image: String,
    /// A data set or collection [default: the one that the run was trained on].
    #[arg(long, value_name = "PATH")]
    pub dataset: Option<PathBuf>,
    /// Another image: say why IMAGE is above it, or below.
    #[arg(long, value_name = "IMAGE")]
    pub above: Option<String>,
    /// Say where IMAGE would stand if this one were not a candidate; can be repeated.
    #[arg(long, value_name = "IMAGE")]
    pub without_image: Vec<String>,
    /// Say where IMAGE would stand without the edge to this one; can be repeated.
    #[arg(long, value_name = "IMAGE")]
    pub without_edge: Vec<String>,
    /// Say where IMAGE would stand if this signal, or “picture component 3”, were as the query's mean; can be repeated.
    #[arg(long, value_name = "NAME")]
    pub without_feature: Vec<String>,
    /// Say where IMAGE would stand with this many neighbours.
    #[arg(long, value_name = "N")]
    pub k: Option<usize>,
    /// Print all parts, not only those that matter most.
    #[arg(long)]
    pub all: bool,
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
/// If the run or the data cannot be read, the run does not fit, or there is no such query, image or signal.
pub(super) fn run(args: &ExplainArgs) -> Result<()> {
    let mut progress = Progress::new(args.json);
    let run = Arc::new(SavedRun::open(&args.run)?);
    let data = data(args, &run, &mut progress)?;
    let query = find_query(&data.dataset, &args.query)?;
    let candidate = |text: &String| find_image(&data.dataset, query, text);
    let image = candidate(&args.image)?;
    let other = args.above.as_ref().map(candidate).transpose()?;
    progress.stage("Explaining");
    let explainer = run.explainer(&data, query)?;
    let changes = Changes {
        images: args.without_image.iter().map(candidate).collect::<Result<_>>()?,
        edges: args.without_edge.iter().map(candidate).collect::<Result<_>>()?,
        inputs: args.without_feature.iter().map(|name| source(&explainer, name)).collect::<Result<_>>()?,
        neighbours: args.k,
    };
    let changed = match changes.is_empty() {
        true => None,
        false => Some(explainer.place_with(image, &changes)?),
    };
    let asked: Vec<usize> = std::iter::once(image).chain(other).collect();
    let explained = explainer.explain(&asked, &mut || ControlFlow::Continue(()))?;
    progress.finish();
    if !explainer.missing().is_empty() {
        note(&format!("the run has signals that these data lack: {}", explainer.missing().join(", ")));
    }
    let above = other.zip(explained.get(1)).map(|(other, explanation)| Above {
        image: other,
        place: explainer.place(other),
        score: explanation.score,
        parts: difference(&explained[0], explanation),
    });
    let place: Place = explainer.place(image);
    let explanation: &NamedExplanation = &explained[0];
    let report = Report {
        run: run.record(),
        dataset: &data.dataset,
        query,
        image,
        explanation,
        place,
        changes: &changes,
        changed,
        above,
        explainer: &explainer,
    };
    if args.json { print_json(&report.json()?) } else { print(&report.text(args.all)) }
}

/// The data set given, or the run's own, with the run's visual vectors and labels.
fn data(args: &ExplainArgs, run: &SavedRun, progress: &mut Progress) -> Result<RunData> {
    let own = &run.record().dataset_path;
    if args.dataset.is_none() && !own.exists() {
        return Err(fault("the run's data set is not there (--dataset names another)", own));
    }
    let data = of_data_set(args.dataset.as_ref().unwrap_or(own), args.follow, run, progress)?;
    if args.dataset.is_some() {
        return Ok(data);
    }
    let data = with_labels(data, run.record().labels.as_ref().map(LabelChoice::behind), progress)?;
    match run.needs_vectors() && !data.has_vectors() {
        true => Ok(data_of_run(&data, run.record())?),
        false => Ok(data),
    }
}

/// The signal or component of this name.
fn source(explainer: &Explainer, name: &str) -> Result<Source> {
    explainer.source(name).ok_or_else(|| {
        let known = explainer.sources().map(|source| explainer.name(source)).collect::<Vec<_>>().join(", ");
        anyhow!("the model has no signal “{name}”; it has {known}")
    })
}
