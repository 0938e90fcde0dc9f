//! `crossrank sensitivity`: a saved run over graphs of other numbers of neighbours.

use super::data::{open_for_training, opening};
use super::encoder::EncoderArgs;
use super::interrupt::Interrupt;
use super::labels::with_labels;
use super::output::{about, fault, print, print_json};
use super::progress::Progress;
use super::table::{columns, measured};
use super::vectors::WantedVectors;
use crate::dataset::Split;
use crate::judge::LabelChoice;
use crate::study::{Figure, Sensitivity, sensitivity};
use crate::train::{RunData, RunObserver, SavedRun, data_of_run};
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::ops::ControlFlow;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct SensitivityArgs {
    /// A saved run's folder.
    pub run: PathBuf,
    /// The data set [default: where it was when the run was trained].
    #[arg(long, value_name = "PATH")]
    pub dataset: Option<PathBuf>,
    /// Numbers of neighbours; the run's own is always among them [default: 1 to 100, denser at first].
    #[arg(long, value_delimiter = ',', value_name = "NUMBERS", value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub k: Option<Vec<u16>>,
    /// The queries that are averaged over.
    #[arg(long, default_value = "validation", value_parser = ["test", "validation", "train", "all"])]
    pub split: String,
    /// One query by its id, instead of a mean.
    #[arg(long, value_name = "ID", conflicts_with = "split")]
    pub query: Option<String>,
    /// A kept epoch's weights, instead of the run's own.
    #[arg(long, value_name = "N")]
    pub epoch: Option<usize>,
    #[command(flatten)]
    pub encoder: EncoderArgs,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Shows the steps on the terminal, and ends the work on Ctrl-C.
struct Steps<'a>(&'a mut Progress, &'a Interrupt);

impl RunObserver for Steps<'_> {
    fn step(&mut self, stage: &str, done: usize, total: usize) -> ControlFlow<()> {
        self.0.step(stage, done, total, "");
        if self.1.is_requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Runs the command.
///
/// # Errors
/// If the run or its data cannot be read, or there is no such query or kept epoch.
pub(super) fn run(args: &SensitivityArgs) -> Result<()> {
    let mut progress = Progress::new(args.json);
    let interrupt = Interrupt::listen();
    let mut saved = SavedRun::open(&args.run)?;
    if let Some(epoch) = args.epoch {
        saved = saved.at_epoch(&args.run, epoch).map_err(about(&args.run))?;
    }
    let data = data(args, &saved, &mut progress)?;
    let (queries, of) = match &args.query {
        Some(id) => {
            let query = data.dataset.query_index(id).ok_or_else(|| fault(format!("no query “{id}”"), &args.run))?;
            (vec![query], format!("query {id}"))
        }
        None => {
            let split = Split::ALL.into_iter().find(|split| split.name() == args.split);
            let all = || (0..data.dataset.queries.len()).collect();
            (split.map_or_else(all, |split| data.queries_of(split)), format!("{} queries", args.split))
        }
    };
    let ks: Option<Vec<usize>> = args.k.as_ref().map(|ks| ks.iter().copied().map(usize::from).collect());
    let found = sensitivity(&data, &saved, ks.as_deref(), &mut Steps(&mut progress, &interrupt));
    progress.finish();
    let found = found.map_err(about(&args.run))?;
    match args.json {
        true => print_json(&object(&found, &queries, &of)),
        false => print(&text(&found, &queries, &of)),
    }
}

/// The run's data, with its labels and its vectors.
fn data(args: &SensitivityArgs, saved: &SavedRun, progress: &mut Progress) -> Result<RunData> {
    let record = saved.record();
    let path = args.dataset.as_ref().unwrap_or(&record.dataset_path);
    let names = Some(record.vector_sources.as_slice()).filter(|sources| !sources.is_empty());
    let wanted = WantedVectors { names, encoder: &args.encoder, experiment: &record.experiment };
    let data = open_for_training(path, opening(args.follow, None)?, &record.vector_files, &wanted, progress)?;
    let data = with_labels(data, record.labels.as_ref().map(LabelChoice::behind), progress)?;
    Ok(data_of_run(&data, record)?.with_recall_base(record.recall_base))
}

fn object(found: &Sensitivity, queries: &[usize], of: &str) -> Value {
    let mut figures = Map::new();
    for figure in Figure::ALL {
        figures.insert(figure.key(), json!(found.mean(queries, figure)));
    }
    json!({
        "of": of, "queries": queries.len(), "own_k": found.own, "uses_graph": found.uses_graph, "k": found.ks,
        "figures": figures,
    })
}

fn text(found: &Sensitivity, queries: &[usize], of: &str) -> String {
    let curves = Figure::ALL.map(|figure| found.mean(queries, figure));
    let mut rows = vec![["k"].into_iter().chain(Figure::ALL.map(Figure::name)).map(str::to_owned).collect()];
    for (at, &k) in found.ks.iter().enumerate() {
        let own = if k == found.own { "*" } else { "" };
        let values = curves.iter().map(|curve| measured(curve[at].unwrap_or(f64::NAN)));
        rows.push(std::iter::once(format!("{k}{own}")).chain(values).collect());
    }
    let note = match found.uses_graph {
        true => "* the run's own k",
        false => "* the run's own k; this model ranks without a graph",
    };
    format!("{of}\n{}{note}\n", columns(&rows))
}
