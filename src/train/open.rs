//! From a path to the data that runs work on: the only way in.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fingerprint::{FEATURES, VISUAL_VECTORS};
use super::run::{changes, split_as};
use super::{Opening, RunData, RunRecord, TrainError};
use crate::dataset::{self, Dataset, DatasetError, Loaded, VectorTable, Warning};
use crate::signals;

/// An error of choosing visual vectors, whose type is up to whoever chooses.
type ChoiceError = Box<dyn Error + Send + Sync>;

/// Visual vectors and the names of their sources.
pub type NamedVectors = (Vec<String>, VectorTable);

/// Chooses the visual vectors of a data set, given the data set, the names of the sources added to it, and a list for
/// warnings. `None` for no vectors.
pub type ChooseVectors<'a> =
    dyn FnMut(&Dataset, &[String], &mut Vec<Warning>) -> Result<Option<NamedVectors>, ChoiceError> + 'a;

/// As [`ChooseVectors`], where nothing is added.
pub type ChooseOwn<'a> = dyn FnMut(&Dataset, &mut Vec<Warning>) -> Result<Option<NamedVectors>, ChoiceError> + 'a;

/// An open data set, with its problems.
pub struct Opened {
    /// Everything that runs need.
    pub data: RunData,
    /// Problems in its files.
    pub warnings: Vec<Warning>,
    /// Files that could not be added, and why.
    pub refused: Vec<(PathBuf, DatasetError)>,
}

/// Opens a data set and adds files to it. Its visual vectors are the added ones, or else the preset ones
/// ([`dataset::preset_vectors`]).
///
/// # Errors
/// As [`open_with`].
pub fn open(path: &Path, files: &[PathBuf]) -> Result<Opened, TrainError> {
    let own = &mut |dataset: &Dataset, added: &[String], warnings: &mut Vec<Warning>| {
        let preset = dataset::preset_vectors(dataset);
        let names = if added.is_empty() { preset } else { added.to_vec() };
        Ok(read_named(dataset, names, warnings)?)
    };
    open_with(path, Opening::default(), files, own, &mut |_| ControlFlow::Continue(()))
}

/// Opens a data set: reads its files, adds others to it (visual vectors by extension; TREC files with four columns are
/// judgements, with six a run), computes its features, chooses its visual vectors and splits its queries.
///
/// `stage` is called with the name of the next stage and may stop the work.
///
/// # Errors
/// If the data set cannot be read or has no queries, its vectors are unavailable, or `stage` asked to stop.
pub fn open_with(
    path: &Path,
    opening: Opening,
    files: &[PathBuf],
    choose: &mut ChooseVectors<'_>,
    stage: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Opened, TrainError> {
    let mut proceed = |name: &str| if stage(name).is_break() { Err(TrainError::Cancelled) } else { Ok(()) };
    proceed("Reading files")?;
    let mut loaded = dataset::open_within(path, opening.reach)?;
    let (mut added, mut refused) = (Vec::new(), Vec::new());
    for file in files {
        proceed("Reading added files")?;
        match attach(&mut loaded, file) {
            Ok(source) => added.extend(source),
            Err(error) => refused.push((file.clone(), error)),
        }
    }
    if loaded.dataset.queries.is_empty() {
        return Err(TrainError::NoQuery { path: path.to_owned() });
    }
    let opened =
        open_loaded(loaded, opening.memory, &mut |dataset, warnings| choose(dataset, &added, warnings), stage)?;
    Ok(Opened { refused, ..opened })
}

/// Computes the features of a data set that was read, chooses its visual vectors and splits its queries.
///
/// # Errors
/// If its vectors are unavailable, or `stage` asked to stop.
pub fn open_loaded(
    loaded: Loaded,
    memory: usize,
    choose: &mut ChooseOwn<'_>,
    stage: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Opened, TrainError> {
    let mut proceed = |name: &str| if stage(name).is_break() { Err(TrainError::Cancelled) } else { Ok(()) };
    let Loaded { dataset, judgements, mut warnings } = loaded;
    proceed("Computing signals")?;
    let signals = signals::compute(&dataset);
    proceed("Reading visual vectors")?;
    let chosen = choose(&dataset, &mut warnings).map_err(TrainError::Vectors)?;
    proceed("Reading visual vectors")?;
    let vectors = chosen.unwrap_or_else(|| (Vec::new(), VectorTable::none(dataset.images.len())));
    let data = RunData::new(dataset, judgements, signals, vectors, memory);
    Ok(Opened { data, warnings, refused: Vec::new() })
}

/// Reads a data set's visual vectors from named sources; `None` without names.
///
/// # Errors
/// As [`dataset::read_vectors`].
pub fn read_named(
    dataset: &Dataset,
    names: Vec<String>,
    warnings: &mut Vec<Warning>,
) -> Result<Option<NamedVectors>, DatasetError> {
    if names.is_empty() {
        return Ok(None);
    }
    let table = read_sources(dataset, &names, &mut |warning| warnings.push(warning))?;
    Ok(Some((names, table)))
}

/// [`dataset::read_vectors`] of sources by their stored names.
///
/// # Errors
/// As [`dataset::read_vectors`].
pub fn read_sources(
    dataset: &Dataset,
    names: &[String],
    warn: &mut dyn FnMut(Warning),
) -> Result<VectorTable, DatasetError> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    dataset::read_vectors(dataset, &names, warn)
}

/// The same data as a run had it: with its split, and with its visual vectors, which are those in use or read from its
/// files.
///
/// # Errors
/// If the vectors are not in use and cannot be read, with the run's name for them.
pub fn data_of_run(data: &RunData, record: &RunRecord) -> Result<RunData, TrainError> {
    let data = &split_as(data, record);
    let names = record.vector_sources.clone();
    if !record.experiment.needs_vectors() {
        return Ok(data.with_vectors(names, Arc::new(VectorTable::none(data.dataset.images.len()))));
    }
    if data.has_vectors() && data.vectors.name == record.vectors {
        return Ok(data.with_vectors(names, data.vectors.clone()));
    }
    let known = |dataset: &Dataset| {
        !names.is_empty() && names.iter().all(|name| dataset.vectors.iter().any(|source| source.name == *name))
    };
    let mut dataset = data.dataset.clone();
    if !known(&dataset) && !record.vector_files.is_empty() {
        // A file that was added for the run may not be listed now.
        let extended = Arc::make_mut(&mut dataset);
        for file in &record.vector_files {
            dataset::attach_vectors(extended, file)?;
        }
    }
    if !known(&dataset) {
        return Err(TrainError::OtherVectors(record.vectors.clone()));
    }
    let table = read_sources(&dataset, &names, &mut |_| {})?;
    Ok(data.with_vectors(names, Arc::new(table)))
}

/// What has changed in a data set since a run, as [`changes`] names it, whatever visual vectors are in use; and why the
/// run's vectors could not be compared, if they could not be read.
pub fn changes_since(data: &RunData, record: &RunRecord) -> (Vec<String>, Option<TrainError>) {
    // A data set that lacks a signal of the run has other features.
    let of = |data: &RunData| changes(data, record).unwrap_or_else(|_| vec![FEATURES.to_owned()]);
    match data_of_run(data, record) {
        Ok(data) => (of(&data), None),
        Err(error) => {
            let mut changed = of(&split_as(data, record).without_vectors());
            changed.retain(|what| what != VISUAL_VECTORS);
            (changed, record.fingerprint.is_some().then_some(error))
        }
    }
}

/// Adds a file to a data set; returns the name of its source if it holds visual vectors.
fn attach(loaded: &mut Loaded, file: &Path) -> Result<Option<String>, DatasetError> {
    if dataset::is_vector_file(file) {
        return dataset::attach_vectors(&mut loaded.dataset, file).map(Some);
    }
    let judged = dataset::attach_qrels(&loaded.dataset, &mut loaded.judgements, file);
    let warnings = judged.or_else(|_| dataset::attach_run(&mut loaded.dataset, &mut loaded.judgements, file))?;
    loaded.warnings.extend(warnings);
    Ok(None)
}
