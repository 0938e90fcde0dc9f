//! From a path to the bundle that runs work on: the one way in.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{RunData, RunRecord, TrainError};
use crate::dataset::{self, Dataset, DatasetError, Loaded, SPLIT_SEED, VectorTable, Warning, WarningKind};
use crate::signals;

/// What can go wrong when visual vectors are chosen: whoever chooses has errors of their own.
type ChoiceError = Box<dyn Error + Send + Sync>;

/// Visual vectors and the names of their sources.
pub type NamedVectors = (Vec<String>, VectorTable);

/// Chooses the visual vectors of a data set: given the data set, the names of the sources that were added to it, and
/// where warnings go. `None` goes without.
pub type ChooseVectors<'a> =
    dyn FnMut(&Dataset, &[String], &mut Vec<Warning>) -> Result<Option<NamedVectors>, ChoiceError> + 'a;

/// An open data set, and what was wrong with it.
pub struct Opened {
    /// All that runs need.
    pub data: RunData,
    /// What is wrong with its files.
    pub warnings: Vec<Warning>,
    /// Files that could not be added, and why.
    pub refused: Vec<(PathBuf, DatasetError)>,
}

/// Opens a data set with the files that are added to it and the first choice of its own visual vectors
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
    open_with(path, files, own, &mut |_| ControlFlow::Continue(()))
}

/// Opens a data set: reads its files, adds others to it (visual vectors by their ending; of TREC's, four columns are
/// judgements and six a run), computes its features, chooses its visual vectors and deals out its queries.
///
/// `stage` is called with what comes next and may end the work.
///
/// # Errors
/// If the data set can't be read, has no query, its vectors can't be had, or `stage` broke.
pub fn open_with(
    path: &Path,
    files: &[PathBuf],
    choose: &mut ChooseVectors<'_>,
    stage: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Opened, TrainError> {
    let mut proceed = |name: &str| if stage(name).is_break() { Err(TrainError::Cancelled) } else { Ok(()) };
    proceed("Reading files")?;
    let mut loaded = dataset::open(path)?;
    let (mut added, mut refused) = (Vec::new(), Vec::new());
    for file in files {
        proceed("Reading added files")?;
        match attach(&mut loaded, file) {
            Ok(source) => added.extend(source),
            Err(error) => refused.push((file.clone(), error)),
        }
    }
    let Loaded { dataset, judgements, mut warnings } = loaded;
    if dataset.queries.is_empty() {
        return Err(TrainError::NoQuery { path: path.to_owned() });
    }
    proceed("Computing signals")?;
    let signals = signals::compute(&dataset);
    proceed("Reading visual vectors")?;
    let chosen = choose(&dataset, &added, &mut warnings).map_err(TrainError::Vectors)?;
    proceed("Reading visual vectors")?;
    let (vector_names, vectors) = chosen.unwrap_or_else(|| (Vec::new(), VectorTable::none(dataset.images.len())));
    let splits = dataset::assign_splits(&dataset, SPLIT_SEED);
    let data = RunData {
        dataset: Arc::new(dataset),
        judgements,
        signals: Arc::new(signals),
        vectors: Arc::new(vectors),
        vector_names,
        splits: Arc::new(splits),
    };
    Ok(Opened { data, warnings, refused })
}

/// Reads sources of a data set's visual vectors by name; `None` where there is no name.
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

/// The same data with the visual vectors that a run was trained on: those in use, or read from its files again.
///
/// # Errors
/// If the vectors are not in use and can't be read, with what the run calls them.
pub fn data_of_run(data: &RunData, record: &RunRecord) -> Result<RunData, TrainError> {
    let names = record.vector_sources.clone();
    if !record.experiment.model.kind.needs_vectors() {
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
        // A file that was added when the run was made need not be listed now.
        let more = Arc::make_mut(&mut dataset);
        for file in &record.vector_files {
            dataset::attach_vectors(more, file)?;
        }
    }
    if !known(&dataset) {
        return Err(TrainError::OtherVectors(record.vectors.clone()));
    }
    let table = read_sources(&dataset, &names, &mut |_| {})?;
    Ok(data.with_vectors(names, Arc::new(table)))
}

/// An error as a warning about a data set that is open all the same.
pub fn as_warning(error: &DatasetError, dataset: &Dataset) -> Warning {
    Warning { kind: WarningKind::BadFile, message: error.to_string(), file: dataset.root.clone(), line: None }
}

/// Adds a file to a data set; the name of its source where it holds visual vectors.
fn attach(loaded: &mut Loaded, file: &Path) -> Result<Option<String>, DatasetError> {
    if dataset::is_vector_file(file) {
        return dataset::attach_vectors(&mut loaded.dataset, file).map(Some);
    }
    let judged = dataset::attach_qrels(&loaded.dataset, &mut loaded.judgements, file);
    let warnings = judged.or_else(|_| dataset::attach_run(&mut loaded.dataset, &mut loaded.judgements, file))?;
    loaded.warnings.extend(warnings);
    Ok(None)
}
