//! Listing, opening and deleting runs.

use super::{Reopened, Scored};
use crate::base::lock_owner;
use crate::jobs::{Event, JobError, Worker};
use crate::study::runs::{RunLabel, relist};
use crate::train::{self, Experiment, RunData, RunRecord, TrainError};
use crate::workspace::judging::Labelled;
use crate::workspace::session::ModelScores;
use crate::workspace::until::Until;
use crate::workspace::{LiveRun, Message, RunsAction, Workspace};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two looks at the runs in training.
const REFRESH: Duration = Duration::from_millis(1500);

/// Scores a run again on the open data set; the vectors come along where they are not those in use.
fn score(
    open: &RunData,
    labelled: Option<&Labelled>,
    (path, record): (&Path, &RunRecord),
    worker: &Worker<(), Reopened>,
) -> Result<Scored, TrainError> {
    let data = train::data_of_run(open, record)?;
    let scores = train::score_again(&data, path, record, &mut Until(worker))?;
    let is_other = record.experiment.needs_vectors() && !Arc::ptr_eq(&data.vectors, &open.vectors);
    // Other labels count now than the run's, which is no change of those.
    let then = labelled.map_or_else(|| data.clone(), |labelled| data.with_judgements(labelled.data().judgements));
    let changed = train::changes(&then, record)?;
    Ok(Scored { scores: ModelScores::new(&data, scores), changed, vectors: is_other.then_some(data.vectors) })
}

impl Workspace {
    pub(in crate::workspace) fn apply_runs(&mut self, action: RunsAction) {
        match action {
            RunsAction::Open(path) => self.open_run(path),
            RunsAction::Delete(path) => self.delete_run(&path),
            RunsAction::Restore(path) => self.restore(&path),
            RunsAction::Choose(paths) => self.choose_runs(paths),
            RunsAction::SetLabel { run, label } => self.label_run(&run, &label),
            RunsAction::Compare(pair) => self.compare_runs(pair.map(|pair| *pair)),
        }
    }

    pub(in crate::workspace) fn refresh_runs(&mut self) {
        let (folder, studies) = (self.store.runs().to_owned(), self.store.studies());
        let others = self.settings.folders.clone();
        let before = self.experiments.runs().to_vec();
        self.refresh_studies();
        self.runs.listed = Some(Instant::now());
        self.runs.listing.retire();
        self.runs.listing.start("runs", self.wake(), move |_| Ok(relist(&folder, &studies, &others, &before)));
    }

    /// Lists the runs again every now and then while some are in training, for their measures so far.
    pub(in crate::workspace) fn refresh_live_runs(&mut self) {
        let is_live = self.training.is_running() || self.studies.running().is_some();
        let is_due = self.runs.listed.is_none_or(|listed| listed.elapsed() > REFRESH);
        if is_live && is_due && !self.runs.listing.is_running() {
            self.refresh_runs();
        }
    }

    /// Shows the run last shown again, if it belongs to the open data set.
    pub(in crate::workspace) fn resume_last_run(&mut self) {
        let Some(path) = self.settings.last_run.clone() else { return };
        if train::read_run_record(&path).is_ok_and(|record| self.is_open(&record)) {
            self.open_run(path);
        }
    }

    pub(in crate::workspace) fn open_run(&mut self, path: PathBuf) {
        if self.training.is_running() {
            self.tell(Message::warning("Stop the run in training before opening another."));
            return;
        }
        let record = match train::read_run_record(&path) {
            Err(message) => return self.tell(Message::warning(format!("Could not open the run: {message}"))),
            // Its data set comes first; the run then follows as the one last shown.
            Ok(record) if !self.is_open(&record) => {
                self.change(|settings| settings.last_run = Some(path));
                return self.open_with(record.dataset_path);
            }
            Ok(record) => record,
        };
        let Some(open) = self.session.as_ref().map(|session| session.data.clone()) else { return };
        // If its labels are gone, what counts now has changed.
        let labelled = self.labelled_as(&record).unwrap_or_default();
        self.runs.forget_reading();
        self.runs.reading.start("run", self.wake(), move |worker| {
            let (record, history) = train::read_run_folder(&path)?;
            let scored = score(&open, labelled.as_ref(), (&path, &record), worker).map_err(JobError::from);
            Ok(Reopened { path, record, history, scored })
        });
    }

    /// Whether the open data set is the one a run was made on.
    pub(in crate::workspace) fn is_open(&self, record: &RunRecord) -> bool {
        let root = self.session.as_ref().and_then(|session| std::path::absolute(&session.data.dataset.root).ok());
        root.is_some_and(|root| root == record.dataset_path)
    }

    /// Whether a run is one of ours: neither a study's trial, nor in a folder that is only listed.
    pub fn can_delete_run(&self, path: &Path) -> bool {
        path.parent() == Some(self.store.runs())
    }

    /// Whether a path is in a folder that is only listed, where nothing is changed; if so, with a message.
    pub(in crate::workspace) fn refuses_change(&mut self, path: &Path) -> bool {
        let is_only_listed = self.is_only_listed(path);
        if is_only_listed {
            let text = format!("Nothing is changed in folders that are only listed: {}", path.display());
            self.tell(Message::warning(text));
        }
        is_only_listed
    }

    fn is_only_listed(&self, path: &Path) -> bool {
        let is_own = path.starts_with(self.store.runs()) || path.starts_with(self.store.studies());
        !is_own && self.settings.folders.iter().any(|folder| path.starts_with(folder))
    }

    fn delete_run(&mut self, path: &Path) {
        // Only a folder that holds a run, and only one of ours, is ever moved.
        let in_training = self.training.is_running() && self.training.run().is_some_and(|run| run.path == path);
        if in_training {
            self.tell(Message::warning("This run is in training: stop it first."));
            return;
        }
        if !self.can_delete_run(path) || !path.join("run.json").is_file() {
            self.tell(Message::warning(format!("Not a saved run: {}", path.display())));
            return;
        }
        if let Some(owner) = lock_owner(path) {
            self.tell(Message::warning(format!("This run is in training by {owner}: {}", path.display())));
            return;
        }
        self.throw_away(path);
    }

    /// Whether a run can be named: it is not in a folder that is only listed.
    pub fn can_label_run(&self, path: &Path) -> bool {
        !self.is_only_listed(path)
    }

    fn label_run(&mut self, path: &Path, label: &RunLabel) {
        if self.refuses_change(path) {
            return;
        }
        if let Err(error) = label.write(path) {
            return self.tell(Message::warning(format!("Could not save: {error}")));
        }
        let labelled = self.runs.known.iter_mut().filter(|run| run.path == path);
        labelled.for_each(|run| Arc::make_mut(run).label = label.clone());
        self.set_listed_label(path, label);
    }

    /// A run's settings, as far as they fit the open data set: without a choice of signals that it lacks.
    pub fn settings_of(&self, record: &RunRecord) -> Experiment {
        let mut experiment = record.experiment.clone();
        let infos = self.session.as_ref().map(|session| &session.data.signals.infos);
        let known = |name: &String| infos.is_some_and(|infos| infos.iter().any(|info| info.name == *name));
        experiment.features.take_if(|names| !names.iter().all(known));
        experiment
    }

    /// Moves a folder into the trash.
    pub(in crate::workspace) fn throw_away(&mut self, path: &Path) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let moved = self.trash.put(path);
        self.tell(match moved {
            Ok(()) => Message::notice(format!("Deleted {name}. Ctrl+Z brings it back.")),
            Err(message) => Message::warning(format!("Could not delete {name}: {message}")),
        });
        self.refresh_runs();
    }

    /// Brings a run or a study back from the trash.
    pub(in crate::workspace) fn restore(&mut self, path: &Path) {
        if let Err(message) = self.trash.restore(path) {
            self.tell(Message::warning(format!("Could not restore: {message}")));
        }
        self.refresh_runs();
    }

    pub(in crate::workspace) fn poll_runs(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.runs.listing.poll() {
            if let Event::Done(known) = event {
                let own = known.iter().filter(|run| self.can_delete_run(&run.saved.path));
                self.runs.known = own.map(|run| run.saved.clone()).collect();
                self.take_listed(known);
                changed = true;
            }
        }
        while let Some(event) = self.runs.reading.poll() {
            changed = true;
            match event {
                Event::Done(reopened) => self.show_run(reopened),
                Event::Failed(error) => {
                    self.tell(Message::warning(format!("Could not open the run: {error}")));
                }
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed
    }

    fn show_run(&mut self, run: Reopened) {
        let (name, sources) = (run.record.name.clone(), run.record.vector_sources.clone());
        self.training.show(LiveRun { record: run.record, history: run.history, path: run.path.clone() });
        self.change(|settings| settings.last_run = Some(run.path));
        match run.scored {
            Ok(scored) => {
                if let Some(vectors) = scored.vectors {
                    self.install_vectors(sources, vectors, Vec::new());
                }
                if let Some(session) = &mut self.session {
                    session.set_model(Some(scored.scores));
                }
                if !scored.changed.is_empty() {
                    let what = scored.changed.join(", ");
                    let text =
                        format!("{name} was trained on other data; since then, its {what} changed. Rankings are new.");
                    self.tell(Message::warning(text));
                }
            }
            Err(message) => {
                if let Some(session) = &mut self.session {
                    session.set_model(None);
                }
                self.tell(Message::warning(format!("{name} is shown without its rankings: {message}")));
            }
        }
    }
}
