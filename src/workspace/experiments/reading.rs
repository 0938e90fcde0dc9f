//! Reading runs' curves, per-query figures and rankings, in a thread of its own.

use crate::dataset::{self, Dataset};
use crate::jobs::{Event, Slot, Wake};
use crate::study::runs::RunFacts;
use crate::train::{self, EpochReport, QueryMeasures, RunRecord};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What was read, or why it could not be: a text, since it is stored, cloned and shown.
pub type Readable<T> = Result<T, String>;

/// What a run's folder holds beyond its record.
#[derive(Clone, Debug)]
pub struct RunDetails {
    /// The record as it was listed when this was read: another one makes this stale.
    listed: RunRecord,
    /// Every epoch.
    pub history: Vec<EpochReport>,
    /// Every judged query's figures, or why there are none.
    pub figures: Readable<QueryMeasures>,
}

/// A run's scores: for each query of the open data set its candidates', `NaN` where the run has none.
pub type RunScores = Vec<Vec<f32>>;

/// What is to be read.
enum Wanted {
    Details(PathBuf, Box<RunRecord>),
    Scores(PathBuf, Box<RunRecord>, Arc<Dataset>),
}

/// What has been read.
enum Read {
    Details(PathBuf, Box<RunDetails>),
    Scores(PathBuf, Box<RunRecord>, Readable<Arc<RunScores>>),
}

/// What has been read of runs, and the job that reads more.
#[derive(Default)]
pub struct Reader {
    details: HashMap<PathBuf, RunDetails>,
    scores: HashMap<PathBuf, (RunRecord, Readable<Arc<RunScores>>)>,
    job: Slot<Read, ()>,
    generation: u64,
    version: u64,
}

impl Reader {
    /// A run's curves and per-query figures, once they are read.
    pub fn details(&self, path: &Path) -> Option<&RunDetails> {
        self.details.get(path)
    }

    /// A run's scores over the open data set, once they are read.
    pub fn scores(&self, path: &Path) -> Option<&Readable<Arc<RunScores>>> {
        self.scores.get(path).map(|(_, scores)| scores)
    }

    /// Grows with everything that is read.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether something is being read.
    pub fn is_running(&self) -> bool {
        self.job.is_running()
    }

    /// Forgets what nobody looks at any more and reads what is missing: details of all of `shown`, scores over
    /// `dataset` (of that generation) of `ranked`.
    pub(super) fn want(
        &mut self,
        runs: &[RunFacts],
        shown: &BTreeSet<PathBuf>,
        ranked: &BTreeSet<PathBuf>,
        dataset: Option<(u64, &Arc<Dataset>)>,
        wake: Wake,
    ) {
        let generation = dataset.map_or(0, |(generation, _)| generation);
        if self.generation != generation {
            self.generation = generation;
            self.scores.clear();
            self.retire();
        }
        let listed = |path: &Path| runs.iter().find(|run| run.saved.path == path).map(|run| &run.saved.record);
        self.details.retain(|path, known| shown.contains(path) && listed(path) == Some(&known.listed));
        self.scores.retain(|path, (known, _)| ranked.contains(path) && listed(path) == Some(known));
        if self.job.is_running() {
            return;
        }
        let missing = shown.iter().filter(|path| !self.details.contains_key(*path));
        let mut wanted: Vec<Wanted> =
            missing.filter_map(|path| Some(Wanted::Details(path.clone(), Box::new(listed(path)?.clone())))).collect();
        if let Some((_, dataset)) = dataset {
            let missing = ranked.iter().filter(|path| !self.scores.contains_key(*path));
            wanted.extend(missing.filter_map(|path| {
                Some(Wanted::Scores(path.clone(), Box::new(listed(path)?.clone()), dataset.clone()))
            }));
        }
        if !wanted.is_empty() {
            self.job.start("run details", wake, move |worker| {
                for wanted in wanted {
                    if worker.is_cancelled() {
                        break;
                    }
                    worker.update(read(wanted));
                }
                Ok(())
            });
        }
    }

    /// Takes in what has been read; `true` if anything has.
    pub(super) fn poll(&mut self) -> bool {
        let before = self.version;
        while let Some(event) = self.job.poll() {
            match event {
                Event::Update(Read::Details(path, details)) => {
                    self.details.insert(path, *details);
                    self.version += 1;
                }
                Event::Update(Read::Scores(path, listed, scores)) => {
                    self.scores.insert(path, (*listed, scores));
                    self.version += 1;
                }
                Event::Done(()) | Event::Failed(_) => {
                    self.version += 1;
                }
                Event::Progress(_) => {}
            }
        }
        before != self.version
    }

    pub(super) fn retire(&mut self) {
        self.job.retire();
    }
}

fn read(wanted: Wanted) -> Read {
    match wanted {
        Wanted::Details(path, listed) => {
            let history = train::read_run_folder(&path).map_or_else(|_| Vec::new(), |(_, history)| history);
            let figures = QueryMeasures::read(&path).map_err(|error| error.to_string());
            Read::Details(path, Box::new(RunDetails { listed: *listed, history, figures }))
        }
        Wanted::Scores(path, listed, dataset) => {
            let scores = dataset::read_run(&path.join("run.txt")).map_err(|error| error.to_string());
            let scores = scores.map(|(run, _)| Arc::new(scores_of(&run, &dataset)));
            Read::Scores(path, listed, scores)
        }
    }
}

fn scores_of(run: &dataset::Run, dataset: &Dataset) -> RunScores {
    let of_query = |query: &dataset::Query| {
        let scores = run.get(query.id.as_str());
        let of = |image: usize| scores.and_then(|scores| scores.get(dataset.images[image].id.as_str()));
        query.candidates.iter().map(|candidate| of(candidate.image).map_or(f32::NAN, |score| *score as f32)).collect()
    };
    dataset.queries.iter().map(of_query).collect()
}
