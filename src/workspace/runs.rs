//! The runs on disk.

use super::{LiveRun, Message, Workspace};
use crate::jobs::{Event, Job};
use crate::model::Dcmm;
use crate::train::{self, EpochReport, RunRecord};
use std::path::{Path, PathBuf};

/// A run on disk.
#[derive(Clone, Debug)]
pub struct SavedRun {
    /// Its folder.
    pub path: PathBuf,
    /// What is known of it.
    pub record: RunRecord,
}

/// What reading a run back gives.
pub struct Reopened {
    path: PathBuf,
    record: RunRecord,
    history: Vec<EpochReport>,
    scores: Result<Vec<Vec<f32>>, String>,
}

/// The runs on disk, newest first.
#[derive(Default)]
pub struct RunList {
    known: Vec<SavedRun>,
    listing: Option<Job<(), Vec<SavedRun>>>,
    reading: Option<Job<(), Reopened>>,
}

impl RunList {
    /// The runs, newest first.
    pub fn known(&self) -> &[SavedRun] {
        &self.known
    }

    pub(super) fn forget_reading(&mut self) {
        if let Some(job) = self.reading.take() {
            job.retire();
        }
    }

    /// Whether a run is being read.
    pub fn is_reading(&self) -> bool {
        self.reading.is_some() || self.listing.is_some()
    }
}

impl Workspace {
    pub(super) fn refresh_runs(&mut self) {
        let folder = self.store.runs().to_owned();
        self.runs.listing = Some(Job::spawn("runs", self.wake(), move |_| Ok(list(&folder))));
    }

    /// Shows the run last shown again, if it belongs to the open data set.
    pub(super) fn resume_last_run(&mut self) {
        let Some(path) = self.settings.last_run.clone() else { return };
        if train::read_run_record(&path).is_ok_and(|record| self.is_open(&record)) {
            self.open_run(path);
        }
    }

    pub(super) fn open_run(&mut self, path: PathBuf) {
        if self.training.is_running() {
            self.tell(Message::warning("Stop the run in training before opening another."));
            return;
        }
        match train::read_run_record(&path) {
            Err(message) => return self.tell(Message::warning(format!("Could not open the run: {message}"))),
            // Its data set comes first; the run then follows as the one last shown.
            Ok(record) if !self.is_open(&record) => {
                self.change(|settings| settings.last_run = Some(path));
                return self.open_with(record.dataset_path, Vec::new());
            }
            Ok(_) => {}
        }
        let Some(session) = &self.session else { return };
        let (dataset, signals, vectors) = (session.dataset.clone(), session.signals.clone(), session.vectors.clone());
        let splits = session.splits.clone();
        self.runs.reading = Some(Job::spawn("run", self.wake(), move |worker| {
            let (record, history) = train::read_run_folder(&path)?;
            let scores = (|| {
                let vectors = vectors.ok_or("the data set has no visual vectors now")?;
                if vectors.name != record.vectors {
                    return Err(format!("it was trained on {}, and {} is chosen now", record.vectors, vectors.name));
                }
                let (model, _) = Dcmm::load(&path.join("model.safetensors")).map_err(|error| error.to_string())?;
                let experiment =
                    train::Experiment { features: Some(record.features.clone()), ..record.experiment.clone() };
                let use_signals = experiment
                    .signal_indices(&signals)
                    .map_err(|name| format!("this data set has no signal “{name}”"))?;
                let inputs =
                    train::prepare(&dataset, &signals, &vectors, &use_signals, &experiment, &splits, &mut |_, _| {
                        if worker.is_cancelled() {
                            std::ops::ControlFlow::Break(())
                        } else {
                            std::ops::ControlFlow::Continue(())
                        }
                    })
                    .ok_or("cancelled")?;
                train::score_all(&dataset, &inputs, &model)
            })();
            Ok(Reopened { path, record, history, scores })
        }));
    }

    /// Whether the open data set is the one a run was made on.
    fn is_open(&self, record: &RunRecord) -> bool {
        let root = self.session.as_ref().and_then(|session| std::path::absolute(&session.dataset.root).ok());
        root.is_some_and(|root| root == record.dataset_path)
    }

    pub(super) fn delete_run(&mut self, path: &Path) {
        // Only a folder that holds a run, and only one of ours, is ever removed.
        if path.parent() != Some(self.store.runs()) || !path.join("run.json").is_file() {
            self.tell(Message::warning(format!("Not a saved run: {}", path.display())));
            return;
        }
        if let Err(error) = std::fs::remove_dir_all(path) {
            self.tell(Message::warning(format!("{error}: {}", path.display())));
        }
        self.refresh_runs();
    }

    pub(super) fn poll_runs(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.runs.listing.as_mut().and_then(Job::poll) {
            if let Event::Done(known) = event {
                self.runs.known = known;
                self.runs.listing = None;
                changed = true;
            } else if let Event::Failed(_) = event {
                self.runs.listing = None;
            }
        }
        while let Some(event) = self.runs.reading.as_mut().and_then(Job::poll) {
            changed = true;
            match event {
                Event::Done(reopened) => {
                    self.runs.reading = None;
                    self.show_run(reopened);
                }
                Event::Failed(message) => {
                    self.runs.reading = None;
                    self.tell(Message::warning(format!("Could not open the run: {message}")));
                }
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed
    }

    fn show_run(&mut self, run: Reopened) {
        let name = run.record.name.clone();
        self.training.show(LiveRun { record: run.record, history: run.history, path: run.path.clone() });
        self.change(|settings| settings.last_run = Some(run.path));
        match (run.scores, &mut self.session) {
            (Ok(scores), Some(session)) => session.set_model(Some(scores)),
            (Err(message), Some(session)) => {
                session.set_model(None);
                self.tell(Message::warning(format!("{name} is shown without its rankings: {message}")));
            }
            _ => {}
        }
    }
}

fn list(folder: &Path) -> Vec<SavedRun> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut runs: Vec<SavedRun> = entries
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            train::read_run_record(&path).ok().map(|record| SavedRun { path, record })
        })
        .collect();
    runs.sort_by(|a, b| b.record.started.cmp(&a.record.started).then_with(|| b.record.name.cmp(&a.record.name)));
    runs
}
