//! Opening a data set as a job.

use super::attached::Added;
use super::embedding::{COMPUTED, computed};
use super::session::{Baselines, Session};
use super::{Message, Settings, Workspace};
use crate::dataset::{self, Dataset, Loaded, Split, Summary, VectorTable, Warning};
use crate::eval::{STANDARD, evaluate_scores};
use crate::jobs::{Event, Job, Progress, Worker};
use crate::signals::{self, Signals, Statistics};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything that is ready when a data set opens.
struct Opened {
    path: PathBuf,
    dataset: Arc<Dataset>,
    warnings: Vec<Warning>,
    summary: Summary,
    signals: Arc<Signals>,
    statistics: Vec<Statistics>,
    splits: Vec<Split>,
    vectors: Option<(Vec<String>, Arc<VectorTable>)>,
    baselines: Baselines,
    /// Added files that could not be read, and why.
    refused: Vec<(PathBuf, String)>,
}

/// Visual vectors that a job has read.
pub(super) struct VectorsRead {
    pub names: Vec<String>,
    pub table: VectorTable,
    pub warnings: Vec<Warning>,
    /// The data set with a file that was added to it.
    pub added: Option<Added>,
}

/// The data set being opened, or the vectors being read.
#[derive(Default)]
pub struct LoadingState {
    opening: Option<Job<(), Box<Opened>>>,
    pub(super) vectors: Option<Job<(), VectorsRead>>,
    path: PathBuf,
    wanted_query: Option<String>,
    pub(super) pending: Option<Vec<String>>,
}

impl LoadingState {
    /// Whether a data set or its vectors are being read.
    pub fn is_running(&self) -> bool {
        self.opening.is_some() || self.vectors.is_some()
    }

    /// The visual vectors being read, by their sources' names.
    pub fn pending_vectors(&self) -> Option<&[String]> {
        self.pending.as_deref().filter(|_| self.vectors.is_some())
    }

    /// What is being opened, and how far it is.
    pub fn progress(&self) -> Option<(&Path, &Progress)> {
        let progress = self.opening.as_ref().map(Job::progress).or(self.vectors.as_ref().map(Job::progress))?;
        Some((&self.path, progress))
    }

    /// Gives up what is being read, at once.
    pub(super) fn cancel(&mut self) {
        self.retire();
    }

    pub(super) fn retire(&mut self) {
        if let Some(job) = self.opening.take() {
            job.retire();
        }
        if let Some(job) = self.vectors.take() {
            job.retire();
        }
    }
}

/// One choice of visual vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorChoice {
    /// The sources' names.
    pub names: Vec<String>,
}

impl VectorChoice {
    /// What is best taken first: embeddings of a network, else the vectors of a network, else a few complementary
    /// descriptors, else whatever there is.
    pub fn preset(dataset: &Dataset) -> Self {
        let has = |name: &str| dataset.vectors.iter().any(|source| source.name.eq_ignore_ascii_case(name));
        let first = ["embeddings", "PreLogits", "cnn_gen", "cnn_ad"].into_iter().find(|name| has(name));
        let names = match first {
            Some(name) => vec![name],
            None => ["CN3x3", "HOG", "CSD"].into_iter().filter(|name| has(name)).collect(),
        };
        let matching = |name: &&str| dataset.vectors.iter().find(|source| source.name.eq_ignore_ascii_case(name));
        let names: Vec<String> = names.iter().filter_map(matching).map(|source| source.name.clone()).collect();
        match (names.is_empty(), dataset.vectors.first()) {
            (true, Some(source)) => Self { names: vec![source.name.clone()] },
            _ => Self { names },
        }
    }
}

impl Workspace {
    pub(super) fn open(&mut self, path: PathBuf) {
        if path.join("run.json").is_file() {
            self.open_run(path);
        } else {
            self.open_with(path);
        }
    }

    pub(super) fn open_with(&mut self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        let attach = self.settings.attached.get(&path).cloned().unwrap_or_default();
        let wanted = Wanted { settings: self.settings.clone(), cache: self.store.cache().to_owned() };
        let same = self.settings.recent.first() == Some(&path);
        self.loading.wanted_query = if same { self.settings.last_query.clone() } else { None };
        self.loading.path = path.clone();
        self.loading.retire();
        self.loading.opening =
            Some(Job::spawn("open", self.wake(), move |worker| open(&path, &attach, &wanted, worker).map(Box::new)));
    }

    pub(super) fn choose_vectors(&mut self, names: Vec<String>) {
        let Some(session) = &self.session else { return };
        if names.is_empty() {
            return;
        }
        let dataset = session.dataset.clone();
        let kept = names.clone();
        if let Some(job) = self.loading.vectors.take() {
            job.retire();
        }
        self.loading.vectors = Some(Job::spawn("vectors", self.wake(), move |worker| {
            worker.progress(stage("Reading visual vectors"));
            let mut warnings = Vec::new();
            let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
            let table = dataset::read_vectors(&dataset, &wanted, &mut |warning| warnings.push(warning))
                .map_err(|error| error.to_string())?;
            Ok(VectorsRead { names, table, warnings, added: None })
        }));
        self.loading.pending = Some(kept.clone());
        self.change(|settings| settings.vectors = kept);
    }

    pub(super) fn poll_loading(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.loading.opening.as_mut().and_then(Job::poll) {
            changed = true;
            match event {
                Event::Done(opened) => {
                    self.loading.opening = None;
                    self.install(*opened);
                }
                Event::Failed(message) => {
                    self.loading.opening = None;
                    if message != CANCELLED {
                        self.tell(Message::warning(format!("Could not open: {message}")));
                    }
                }
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        while let Some(event) = self.loading.vectors.as_mut().and_then(Job::poll) {
            changed = true;
            match event {
                Event::Done(read) => {
                    self.loading.vectors = None;
                    if let Some(added) = read.added {
                        self.install_added(added, &read.names);
                    }
                    self.install_vectors(read.names, Arc::new(read.table), read.warnings);
                }
                Event::Failed(message) => {
                    self.loading.vectors = None;
                    self.tell(Message::warning(message));
                }
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed
    }

    /// Puts other visual vectors under the open data set.
    pub(super) fn install_vectors(&mut self, names: Vec<String>, table: Arc<VectorTable>, warnings: Vec<Warning>) {
        let graph = self.settings.experiment.graph;
        let Some(session) = &mut self.session else { return };
        session.warnings.extend(warnings);
        session.vector_names = names;
        session.vectors = Some(table);
        // Other vectors may bear the same name.
        session.view = None;
        session.refresh_view(graph);
    }

    fn install(&mut self, opened: Opened) {
        // What still runs belongs to the data set that goes, and so does what was wrong with it.
        if self.session.is_some() {
            self.messages.clear();
        }
        self.training.forget();
        self.embedding.forget();
        self.runs.forget_reading();
        let query = self.loading.wanted_query.take().and_then(|id| opened.dataset.query_index(&id));
        let (vector_names, vectors) = opened.vectors.map_or((Vec::new(), None), |(names, table)| (names, Some(table)));
        self.openings += 1;
        let mut session = Session {
            generation: self.openings,
            path: opened.path.clone(),
            dataset: opened.dataset,
            warnings: opened.warnings,
            summary: opened.summary,
            signals: opened.signals,
            statistics: opened.statistics,
            splits: Arc::new(opened.splits),
            vectors,
            vector_names,
            baselines: opened.baselines,
            query: 0,
            candidate: None,
            hovered: None,
            view: None,
            view_job: None,
            rankings: [None, None, None],
            model: None,
            wake: self.wake(),
        };
        session.select(query.unwrap_or(0), self.settings.experiment.graph);
        self.training.follow(session.query);
        self.drop_unknown_signals(&session);
        self.session = Some(session);
        for (file, reason) in opened.refused {
            self.tell(Message::warning(format!("Could not add: {reason}")));
            self.change(|settings| {
                settings.attached.entry(opened.path.clone()).or_default().retain(|known| *known != file);
            });
        }
        self.change(|settings| settings.remember(&opened.path));
        if self.session.as_ref().is_some_and(|session| session.vector_names == [COMPUTED]) {
            self.remember_encoder(&self.settings.encoder.clone());
        }
        self.refresh_table();
        self.refresh_runs();
        self.resume_last_run();
    }

    /// A choice of signals made for another data set must not stand in the way of this one.
    fn drop_unknown_signals(&mut self, session: &Session) {
        let known = |name: &String| session.signals.infos.iter().any(|info| info.name == *name);
        let chosen = self.settings.experiment.features.as_ref();
        if chosen.is_some_and(|names| names.is_empty() || !names.iter().all(known)) {
            self.change(|settings| settings.experiment.features = None);
        }
    }
}

const CANCELLED: &str = "cancelled";

struct Wanted {
    settings: Settings,
    cache: PathBuf,
}

pub(super) fn stage(name: &str) -> Progress {
    Progress { stage: name.to_owned(), ..Progress::default() }
}

fn open(path: &Path, attach: &[PathBuf], wanted: &Wanted, worker: &Worker<(), Box<Opened>>) -> Result<Opened, String> {
    let proceed = |name: &str| {
        worker.progress(stage(name));
        if worker.is_cancelled() { Err(CANCELLED.to_owned()) } else { Ok(()) }
    };
    proceed("Reading files")?;
    let Loaded { mut dataset, mut warnings } = dataset::open(path).map_err(|error| error.to_string())?;
    let mut refused = Vec::new();
    for file in attach {
        match attach_file(&mut dataset, file) {
            Ok(more) => warnings.extend(more),
            Err(reason) => refused.push((file.clone(), reason)),
        }
    }
    if dataset.queries.is_empty() {
        return Err(format!("there is no query in it: {}", path.display()));
    }
    proceed("Computing signals")?;
    let signals = signals::compute(&dataset);
    let statistics = (0..signals.infos.len()).map(|signal| signals::statistics(&dataset, &signals, signal)).collect();
    proceed("Reading visual vectors")?;
    let vectors = first_vectors(&dataset, wanted, &mut warnings);
    proceed("Measuring the baselines")?;
    let baselines = Baselines {
        initial: per_query(&dataset, |query| signals::initial_order(&dataset, query)),
        text: per_query(&dataset, |query| signals::text_only(&signals, query)),
    };
    Ok(Opened {
        path: path.to_owned(),
        summary: dataset::summary(&dataset),
        splits: dataset::assign_splits(&dataset, dataset::SPLIT_SEED),
        dataset: Arc::new(dataset),
        warnings,
        signals: Arc::new(signals),
        statistics,
        vectors,
        baselines,
        refused,
    })
}

/// Takes a file for what it is: visual vectors by their ending; of TREC's, four columns are judgements, six are a run.
fn attach_file(dataset: &mut Dataset, file: &Path) -> Result<Vec<Warning>, String> {
    if dataset::is_vector_file(file) {
        return dataset::attach_vectors(dataset, file).map(|_| Vec::new()).map_err(|error| error.to_string());
    }
    match dataset::attach_qrels(dataset, file) {
        Ok(warnings) => Ok(warnings),
        Err(_) => dataset::attach_run(dataset, file).map_err(|error| error.to_string()),
    }
}

fn per_query(dataset: &Dataset, scores: impl Fn(usize) -> Vec<f32>) -> Vec<Vec<f64>> {
    let queries: Vec<usize> = (0..dataset.queries.len()).collect();
    let mut evaluation = evaluate_scores(dataset, &queries, scores, &STANDARD);
    let row = |query: &dataset::Query| evaluation.per_query.remove(query.id.as_str());
    dataset.queries.iter().map(row).map(|row| row.unwrap_or_else(|| vec![0.0; STANDARD.len()])).collect()
}

type NamedVectors = Option<(Vec<String>, Arc<VectorTable>)>;

/// The vectors last chosen where this data set has them, else the preset, else embeddings already in the cache.
fn first_vectors(dataset: &Dataset, wanted: &Wanted, warnings: &mut Vec<Warning>) -> NamedVectors {
    let has = |name: &String| dataset.vectors.iter().any(|source| source.name == *name);
    let chosen = &wanted.settings.vectors;
    if chosen.iter().any(|name| name == COMPUTED)
        && let Some(table) = computed(dataset, &wanted.settings.encoder, &wanted.cache)
    {
        return Some((vec![COMPUTED.to_owned()], Arc::new(table)));
    }
    let names = match !chosen.is_empty() && chosen.iter().all(has) {
        true => chosen.clone(),
        false => VectorChoice::preset(dataset).names,
    };
    if names.is_empty() {
        return Some((
            vec![COMPUTED.to_owned()],
            Arc::new(computed(dataset, &wanted.settings.encoder, &wanted.cache)?),
        ));
    }
    let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    match dataset::read_vectors(dataset, &wanted, &mut |warning| warnings.push(warning)) {
        Ok(table) => Some((names, Arc::new(table))),
        Err(error) => {
            warnings.push(Warning {
                kind: dataset::WarningKind::BadFile,
                message: error.to_string(),
                file: dataset.root.clone(),
                line: None,
            });
            None
        }
    }
}
