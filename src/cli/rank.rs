//! `crossrank rank`: a saved run on other data.

use super::collection::embed_into;
use super::data::opening;
use super::output::{note, print};
use super::progress::Progress;
use super::vectors;
use crate::dataset::{self, Dataset, Loaded, Run, VectorTable, write_run};
use crate::index::{Asked, Collection, VectorSet};
use crate::signals;
use crate::train::{NamedVectors, Quiet, RunData, SavedRun, TrainError, open_with, rankings};
use crate::vision::{Architecture, DeviceChoice, EncoderSpec};
use crate::workspace::Ranker;
use anyhow::{Result, bail};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(super) struct RankArgs {
    /// A saved run's folder.
    pub run: PathBuf,
    /// A data set's folder or one of its files, or a collection's folder, whose kept queries are ranked.
    pub data: PathBuf,
    /// Words to search a collection for; can be repeated. Then these are ranked instead of the kept queries.
    #[arg(long, value_name = "WORDS")]
    pub query: Vec<String>,
    /// The file to write, in TREC's format of runs [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
}

/// Runs the command.
///
/// # Errors
/// If the run or the data cannot be read, the run does not fit, or the file cannot be written.
pub(super) fn run(args: &RankArgs) -> Result<()> {
    let mut progress = Progress::new(false);
    let run = Arc::new(SavedRun::open(&args.run)?);
    let (data, queries) = match args.query.is_empty() {
        true => {
            let data = of_data_set(&args.data, args.follow, &run, &mut progress)?;
            let queries = (0..data.dataset.queries.len()).collect();
            (data, queries)
        }
        false => of_words(args, &run, &mut progress)?,
    };
    let applied = run.apply(&data, &queries, &mut Quiet)?;
    progress.finish();
    if !applied.missing.is_empty() {
        note(&format!("the run has signals that these data lack: {}", applied.missing.join(", ")));
    }
    let mut scores = vec![Vec::new(); data.dataset.queries.len()];
    for (query, of_query) in queries.into_iter().zip(applied.scores) {
        scores[query] = of_query;
    }
    let mut ranked: Run = rankings(&data.dataset, &scores);
    ranked.retain(|_, images| !images.is_empty());
    match &args.out {
        Some(out) => Ok(write_run(out, &ranked, &run.record().name)?),
        None => print(&dataset::run_text(&ranked, &run.record().name)),
    }
}

/// A data set with the vectors of the run's encoder; without vectors if it has none of those.
///
/// # Errors
/// If it cannot be opened.
pub(super) fn of_data_set(path: &Path, follow: bool, run: &SavedRun, progress: &mut Progress) -> Result<RunData> {
    let mut choose = |dataset: &Dataset, _: &[String], warnings: &mut Vec<_>| -> Result<Option<NamedVectors>, _> {
        if !run.needs_vectors() {
            return Ok(None);
        }
        let names = run.encoders();
        let known = dataset.vectors.iter().find(|source| {
            let says = |file: &PathBuf| dataset::encoder_of(file).is_some_and(|encoder| names.contains(&encoder));
            source.files.first().is_some_and(says) || names.contains(&source.name)
        });
        if let Some(source) = known {
            return Ok(crate::train::read_named(dataset, vec![source.name.clone()], warnings)?);
        }
        let Some(spec) = bundled(&names) else { return Ok(None) };
        let mut own = Progress::new(false);
        let embedded = vectors::embed(dataset, &spec, DeviceChoice::Cpu, &mut own);
        embedded.map(|(table, _)| Some((Vec::new(), table))).map_err(|error| error.to_string().into())
    };
    let stage = &mut |name: &str| {
        progress.stage(name);
        ControlFlow::Continue(())
    };
    Ok(open_with(path, opening(follow, None)?, &[], &mut choose, stage)?.data)
}

/// Words, searched for in a collection.
fn of_words(args: &RankArgs, run: &Arc<SavedRun>, progress: &mut Progress) -> Result<(RunData, Vec<usize>)> {
    if !Collection::is_one(&args.data) {
        bail!("--query needs a collection, which can be searched: {}", args.data.display());
    }
    let collection = Collection::open(&args.data)?;
    let ranker = Ranker::Run(run.clone());
    let set = own_vectors(&collection, &ranker, DeviceChoice::Cpu, progress)?;
    let mut loaded: Loaded = collection.kept()?;
    for words in &args.query {
        let candidates = collection.candidates(&Asked::words(words), set.as_ref())?;
        dataset::add_query(&mut loaded, &collection.query(words, words, None, &candidates));
    }
    let table: VectorTable = match run.needs_vectors() {
        true => collection.table(&loaded.dataset, set.as_ref())?,
        false => VectorTable::none(loaded.dataset.images.len()),
    };
    let asked = args.query.iter().filter_map(|words| loaded.dataset.query_index(words)).collect();
    let signals = signals::compute(&loaded.dataset);
    let memory = opening(args.follow, None)?.memory;
    Ok((RunData::new(loaded.dataset, loaded.judgements, signals, (Vec::new(), table), memory), asked))
}

/// The bundled encoder of one of these names.
fn bundled(names: &[String]) -> Option<EncoderSpec> {
    let known = names.iter().filter_map(|name| name.parse::<Architecture>().ok());
    known.filter(|known| known.is_bundled()).find_map(|known| EncoderSpec::find(Some(known), None).ok())
}

/// The collection's vectors that a ranker uses; those of a run are computed where they are missing, if its encoder is
/// bundled or has vectors of some of the pictures.
///
/// # Errors
/// If vectors are needed and there are none.
pub(super) fn own_vectors(
    collection: &Collection,
    ranker: &Ranker,
    device: DeviceChoice,
    progress: &mut Progress,
) -> Result<Option<VectorSet>> {
    let found = ranker.vectors(collection)?;
    let is_enough = |set: &VectorSet| set.info().whole || matches!(ranker, Ranker::Untrained(_));
    if found.as_ref().is_some_and(is_enough) || !ranker.needs_vectors() {
        return Ok(found);
    }
    let spec = match (ranker, found) {
        (_, Some(sample)) => Some(sample.info().encoder.clone()),
        (Ranker::Run(run), None) => bundled(&run.encoders()),
        (Ranker::Untrained(_), None) => Some(collection.choice().map_or_else(EncoderSpec::bundled, |it| it.encoder)),
    };
    let Some(spec) = spec else {
        let reason = "this collection has no vectors of its encoder; `crossrank collect --weights` computes them";
        return Err(TrainError::Unfit { run: ranker.name().to_owned(), reason: reason.to_owned() }.into());
    };
    note(&format!("computing the vectors by {} that are missing", spec.name()));
    embed_into(collection, &spec, device, progress, &|| false)?;
    Ok(Some(collection.vectors_of(&spec)?))
}
