//! Opening data sets and choosing visual vectors.

use super::{BareFolder, Found, Measured, VectorsRead};
use crate::base::Progress;
use crate::dataset::{self, Dataset, QueryEdit, Reach, Split, VectorTable, Warning};
use crate::eval::Measures;
use crate::index::Collection;
use crate::jobs::{Event, JobError, Slot, Worker};
use crate::judge::{Scale, edit_queries, now};
use crate::signals;
use crate::train::{self, NamedVectors, Opening, RunData, TrainError};
use crate::workspace::embedding::COMPUTED;
use crate::workspace::embedding::computed;
use crate::workspace::looks::Searched;
use crate::workspace::ranking::measured;
use crate::workspace::session::{Baselines, Session};
use crate::workspace::{DataAction, Message, Settings, Workspace};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Workspace {
    pub(in crate::workspace) fn apply_data(&mut self, action: DataAction) {
        match action {
            DataAction::Open(path) => self.open(path),
            DataAction::FollowLinks(path, follow) => self.follow_links(&path, follow),
            DataAction::CancelLoading => self.loading.cancel(),
            DataAction::BeginWith(edit) => self.begin_with(*edit),
            DataAction::ForgetRecent(path) => {
                self.change(|settings| settings.recent.retain(|known| *known != path));
            }
            DataAction::AttachTrec(path) => self.attach_trec(path),
            DataAction::AttachVectors(path) => self.attach_vectors(path),
            DataAction::DetachVectors(name) => self.detach_vectors(&name),
            DataAction::ChooseVectors(names) => self.choose_vectors(names),
        }
    }

    pub(in crate::workspace) fn open(&mut self, path: PathBuf) {
        if path.join("run.json").is_file() {
            self.open_run(path);
        } else {
            self.open_with(path);
        }
    }

    pub(in crate::workspace) fn open_with(&mut self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        let attach = self.settings.attached.get(&path).cloned().unwrap_or_default();
        let wanted = Wanted { settings: self.settings.clone(), cache: self.store.cache().to_owned() };
        let same = self.settings.recent.first() == Some(&path);
        self.loading.wanted_query = if same { self.settings.last_query.clone() } else { None };
        if Collection::is_one(&path) && attach.is_empty() {
            return self.open_collection(path);
        }
        self.start_opening(path.clone(), move |worker| {
            let reach = Reach::following(wanted.settings.following.contains(&path));
            if let Some(bare) = dataset::bare_pictures(&path, reach) {
                return Ok(Found::Pictures(BareFolder { pictures: bare.dataset.images.len(), path, reach }));
            }
            open(&path, reach, &attach, &wanted, worker)
                .map(|found| Found::DataSet(Box::new(found)))
                .map_err(JobError::from)
        });
    }

    /// Opens something by a job, in place of what is being opened.
    pub(in crate::workspace) fn start_opening(
        &mut self,
        path: PathBuf,
        work: impl FnOnce(&Worker<(), Found>) -> Result<Found, JobError> + Send + 'static,
    ) {
        self.loading.path = path;
        self.loading.began = now();
        self.loading.retire();
        self.loading.opening.start("open", self.wake(), work);
    }

    fn follow_links(&mut self, path: &Path, follow: bool) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if self.settings.following.contains(&path) != follow {
            self.change(|settings| match follow {
                true => drop(settings.following.insert(path)),
                false => drop(settings.following.remove(&path)),
            });
        }
    }

    pub(in crate::workspace) fn choose_vectors(&mut self, names: Vec<String>) {
        let Some(session) = &self.session else { return };
        if names.is_empty() {
            return;
        }
        // A collection searches by the vectors that it shows.
        let encoders = self.searching.open().map(|open| &open.encoders.list);
        let own = encoders.into_iter().flatten().find(|row| names == [row.name.as_str()]);
        if let Some(encoder) = own.map(|row| row.encoder.clone()) {
            return self.use_encoder(encoder);
        }
        let dataset = session.data.dataset.clone();
        let (chosen, cache) = (names.clone(), self.store.cache().to_owned());
        let encoder = self.settings.embedded.get(&session.path).and_then(|known| known.first());
        let encoder = encoder.unwrap_or(&self.settings.encoder).clone();
        self.loading.vectors.retire();
        self.loading.vectors.start("vectors", self.wake(), move |worker| {
            worker.stage("Reading visual vectors", 0, 0)?;
            let mut warnings = Vec::new();
            if names == [COMPUTED] {
                let table = computed(&dataset, &encoder, &cache).ok_or_else(|| {
                    JobError::Failed("The cache no longer has these embeddings: compute them again.".into())
                })?;
                return Ok(VectorsRead { names, table, warnings, added: None });
            }
            let table = train::read_sources(&dataset, &names, &mut |warning| warnings.push(warning))?;
            Ok(VectorsRead { names, table, warnings, added: None })
        });
        self.loading.pending = Some(chosen.clone());
        self.change(|settings| settings.vectors = chosen);
    }

    pub(in crate::workspace) fn poll_loading(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.loading.opening.poll() {
            changed = true;
            match event {
                Event::Done(Found::DataSet(opened)) => {
                    self.close_collection();
                    self.install(*opened, Searched::default());
                }
                Event::Done(Found::Collection(opened)) => self.install_collection(*opened),
                Event::Done(Found::Nothing(why)) => self.tell(Message::warning(why)),
                Event::Done(Found::Pictures(folder)) => self.loading.bare = Some(folder),
                Event::Failed(JobError::Cancelled) => {}
                Event::Failed(error) => {
                    self.tell_report();
                    self.tell(Message::warning(format!("Could not open: {error}")));
                }
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed |= self.poll_beginning();
        while let Some(event) = self.loading.vectors.poll() {
            changed = true;
            match event {
                Event::Done(read) => {
                    if let Some(added) = read.added {
                        self.install_added(added, &read.names);
                    }
                    self.install_vectors(read.names, Arc::new(read.table), read.warnings);
                }
                Event::Failed(error) => self.tell(Message::warning(error.to_string())),
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed
    }

    /// Saves the first query of a folder of pictures, which makes it a data set.
    fn begin_with(&mut self, edit: QueryEdit) {
        let Some(BareFolder { path, reach, .. }) = self.loading.bare.take() else { return };
        self.loading.beginning.start("query", self.wake(), move |_| {
            let id = edit.query.clone();
            edit_queries(&path, reach, &[edit]).map_err(|error| JobError::Failed(error.to_string()))?;
            Ok((path, id))
        });
    }

    fn poll_beginning(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.loading.beginning.poll() {
            changed = true;
            match event {
                Event::Done((path, id)) => {
                    self.open_with(path);
                    self.loading.wanted_query = Some(id);
                }
                Event::Failed(JobError::Cancelled) | Event::Progress(_) | Event::Update(()) => {}
                Event::Failed(error) => self.tell(Message::warning(format!("Could not save the query: {error}"))),
            }
        }
        changed
    }

    /// Uses other visual vectors for the open data set.
    pub(in crate::workspace) fn install_vectors(
        &mut self,
        names: Vec<String>,
        table: Arc<VectorTable>,
        warnings: Vec<Warning>,
    ) {
        let graph = self.settings.experiment.graph;
        let Some(session) = &mut self.session else { return };
        session.warnings.extend(warnings);
        session.data = session.data.with_vectors(names, table);
        // Other vectors may bear the same name.
        session.forget_looks();
        session.refresh_view(graph);
    }

    pub(in crate::workspace) fn install(&mut self, measured: Measured, searched: Searched) {
        // Running jobs and warnings belong to the previous data set.
        if self.session.is_some() {
            self.messages.clear();
        }
        self.training.forget();
        self.embedding.forget();
        self.runs.forget_reading();
        let Measured { path, opened, summary, statistics, baselines } = measured;
        let train::Opened { data, warnings, refused } = opened;
        let query = self.loading.wanted_query.take().and_then(|id| data.dataset.query_index(&id));
        self.openings += 1;
        let mut session = Session {
            generation: self.openings,
            path: path.clone(),
            named_at: self.loading.began,
            data,
            warnings,
            summary,
            scale: Scale::default(),
            statistics,
            baselines,
            query: 0,
            candidate: None,
            hovered: None,
            view: None,
            view_job: Slot::default(),
            look_failure: None,
            untrained: HashMap::new(),
            searched,
            rankings: Default::default(),
            ranked: 0,
            model: None,
            modelled: 0,
            wake: self.wake(),
        };
        session.select(query.unwrap_or(0), self.settings.experiment.graph);
        self.training.follow(session.query);
        self.drop_unknown_signals(&session);
        if self.session.as_ref().is_some_and(|last| last.path != session.path) {
            self.history.fit_to(&session);
        }
        self.session = Some(session);
        self.open_judgements();
        for (file, error) in refused {
            self.tell(Message::warning(format!("Could not add: {error}")));
            self.change(|settings| {
                settings.attached.entry(path.clone()).or_default().retain(|known| *known != file);
            });
        }
        self.change(|settings| settings.remember(&path));
        if self.session.as_ref().is_some_and(|session| session.data.vector_names == [COMPUTED]) {
            self.remember_encoder(&self.settings.encoder.clone());
        }
        self.refresh_table();
        self.refresh_runs();
    }

    /// Clears a choice of signals that was made for another data set.
    fn drop_unknown_signals(&mut self, session: &Session) {
        let known = |name: &String| session.data.signals.infos.iter().any(|info| info.name == *name);
        let chosen = self.settings.experiment.features.as_ref();
        if chosen.is_some_and(|names| names.is_empty() || !names.iter().all(known)) {
            self.change(|settings| settings.experiment.features = None);
        }
    }
}

struct Wanted {
    settings: Settings,
    cache: PathBuf,
}

/// Opens a data set and measures what needs no network.
fn open(
    path: &Path,
    reach: Reach,
    files: &[PathBuf],
    wanted: &Wanted,
    worker: &Worker<(), Found>,
) -> Result<Measured, TrainError> {
    let mut proceed = |name: &str| {
        worker.progress(Progress { stage: name.to_owned(), ..Progress::default() });
        worker.flow()
    };
    let choose = &mut |dataset: &Dataset, _: &[String], warnings: &mut Vec<Warning>| {
        Ok(first_vectors(dataset, wanted, warnings))
    };
    let opening = Opening { reach, memory: train::memory_bound(None).map_err(TrainError::Config)? };
    let opened = train::open_with(path, opening, files, choose, &mut proceed)?;
    if proceed("Measuring the baselines").is_break() {
        return Err(TrainError::Cancelled);
    }
    Ok(measure(path, opened))
}

/// Measures what needs no network.
pub(in crate::workspace) fn measure(path: &Path, opened: train::Opened) -> Measured {
    let data = &opened.data;
    // Signals are chosen by these figures, so test queries must not be among them.
    let labelled = [data.queries_of(Split::Train), data.queries_of(Split::Validation)].concat();
    let statistics = |signal: usize| signals::statistics(&data.judgements, &labelled, &data.signals, signal);
    Measured {
        path: path.to_owned(),
        summary: dataset::summary(&data.dataset, &data.judgements),
        statistics: (0..data.signals.infos.len()).map(statistics).collect(),
        baselines: Baselines {
            initial: per_query(data, |query| signals::initial_order(&data.dataset, query)),
            text: match signals::text_signal(&data.signals) {
                Some(_) => per_query(data, |query| signals::text_only(&data.signals, query)),
                None => Vec::new(),
            },
        },
        opened,
    }
}

fn per_query(data: &RunData, scores: impl Fn(usize) -> Vec<f32>) -> Vec<Measures> {
    (0..data.dataset.queries.len()).map(|query| measured(data, query, &scores(query))).collect()
}

/// The vectors last chosen where this data set has them, else the preset, else embeddings already in the cache.
fn first_vectors(dataset: &Dataset, wanted: &Wanted, warnings: &mut Vec<Warning>) -> Option<NamedVectors> {
    let has = |name: &String| dataset.vectors.iter().any(|source| source.name == *name);
    let from_cache = || {
        let table = computed(dataset, &wanted.settings.encoder, &wanted.cache)?;
        Some((vec![COMPUTED.to_owned()], table))
    };
    let chosen = &wanted.settings.vectors;
    if chosen.iter().any(|name| name == COMPUTED)
        && let Some(found) = from_cache()
    {
        return Some(found);
    }
    let names = match !chosen.is_empty() && chosen.iter().all(has) {
        true => chosen.clone(),
        false => dataset::preset_vectors(dataset),
    };
    if names.is_empty() {
        return from_cache();
    }
    train::read_named(dataset, names, warnings).unwrap_or_else(|error| {
        warnings.push(Warning::from(&error));
        None
    })
}
