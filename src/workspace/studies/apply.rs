//! Starting, resuming and deleting studies.

use super::listing::{REQUEST, SavedStudy};
use crate::base::{At, FileError, Progress, sentence, write_whole};
use crate::jobs::{Event, JobError, Worker};
use crate::study::{Runner, StudyProgress, ablate};
use crate::train::{RunData, RunRecord};
use crate::workspace::{Message, StudiesAction, StudyKind, StudyRequest, StudySize, Workspace};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

impl Workspace {
    pub(in crate::workspace) fn apply_studies(&mut self, action: StudiesAction) {
        match action {
            StudiesAction::Start(request) => self.start_study(*request),
            StudiesAction::Resume(path) => self.resume_study(&path),
            StudiesAction::Cancel => self.cancel_study(),
            StudiesAction::Delete(path) => self.delete_study(&path),
            StudiesAction::Restore(path) => self.restore(&path),
        }
    }

    fn start_study(&mut self, mut request: StudyRequest) {
        let Some(session) = &self.session else {
            self.tell(Message::warning("Open a data set first."));
            return;
        };
        request.dataset_path = std::path::absolute(&session.data.dataset.root).unwrap_or_default();
        request.vectors = session.data.vector_names.clone();
        let stem = format!("{}-{}", session.data.dataset.name, request.kind.name().to_lowercase());
        let folder = self.store.studies().join(self.free_name(&self.store.studies(), &stem, 0));
        self.run_study(request, folder);
    }

    /// Resumes an interrupted study; finished trials are not repeated.
    fn resume_study(&mut self, folder: &Path) {
        if self.refuses_change(folder) {
            return;
        }
        let known = self.studies.known.iter().find(|study| study.path == folder);
        match known.and_then(|study| study.request.clone()) {
            Some(request) => self.run_study(request, folder.to_owned()),
            None => self.tell(Message::warning(format!("This study was not started here: {}", folder.display()))),
        }
    }

    fn run_study(&mut self, request: StudyRequest, folder: PathBuf) {
        if self.studies.job.is_running() {
            self.tell(Message::warning("A study is running: wait for it or cancel it."));
            return;
        }
        let Some(session) = &self.session else { return };
        let open = std::path::absolute(&session.data.dataset.root).unwrap_or_default();
        if open != request.dataset_path || session.data.vector_names != request.vectors {
            self.tell(Message::warning("Open the study's data set with its visual vectors before going on with it."));
            return;
        }
        if let Some(obstacle) = self.learning_obstacle_of(&request.experiment) {
            self.tell(Message::warning(obstacle));
            return;
        }
        let data = session.data.clone();
        let path = folder.clone();
        self.studies.listed_done = 0;
        self.studies.running = Some(folder.clone());
        self.studies.job.start("study", self.wake(), move |worker| run(&request, data, &path, worker));
    }

    /// How much a study of the open data set would train.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn study_size(&self, request: &StudyRequest) -> Result<StudySize, String> {
        let session = self.session.as_ref().ok_or("Open a data set first.")?;
        let is_alike = |record: &&RunRecord| {
            record.experiment.model.kind == request.experiment.model.kind
                && record.seconds_per_epoch > 0.0
                && self.is_open(record)
        };
        let latest = self.experiments.runs().iter().map(|run| &run.saved.record).find(is_alike);
        let pace = latest.map(|record| record.seconds_per_epoch);
        request.size(&session.data.signals, pace).map_err(|error| error.to_string())
    }

    fn cancel_study(&self) {
        self.studies.job.cancel();
    }

    fn delete_study(&mut self, folder: &Path) {
        // Only a folder that holds a study, and only one of ours, is ever moved.
        let is_study = folder.join(REQUEST).is_file() || folder.join("study.json").is_file();
        if self.studies.running() == Some(folder) {
            self.tell(Message::warning("This study is running: cancel it first."));
        } else if folder.parent() != Some(&self.store.studies()) || !is_study {
            self.tell(Message::warning(format!("Not a study: {}", folder.display())));
        } else {
            self.throw_away(folder);
        }
    }

    pub(in crate::workspace) fn refresh_studies(&mut self) {
        let (own, others) = (self.store.studies(), self.settings.folders.clone());
        self.studies.listing.retire();
        self.studies.listing.start("studies", self.wake(), move |_| Ok(SavedStudy::of_user(&own, &others)));
    }

    pub(in crate::workspace) fn poll_studies(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.studies.listing.poll() {
            if let Event::Done(known) = event {
                self.studies.known = known;
                changed = true;
            }
        }
        while let Some(event) = self.studies.job.poll() {
            changed = true;
            match event {
                Event::Progress(progress) if progress.done > self.studies.listed_done => {
                    // Finished trials appear among the runs while others are still in training.
                    self.studies.listed_done = progress.done;
                    self.refresh_runs();
                }
                Event::Progress(_) => {}
                Event::Update(text) => self.tell(Message::notice(sentence(&text))),
                Event::Done(()) => {
                    self.tell(Message::notice("The study has ended."));
                    self.refresh_runs();
                }
                Event::Failed(error) => {
                    if error != JobError::Cancelled {
                        self.tell(Message::warning(format!("The study stopped: {error}")));
                    }
                    self.refresh_runs();
                }
            }
        }
        changed
    }
}

fn run(request: &StudyRequest, data: RunData, folder: &Path, worker: &Worker<String, ()>) -> Result<(), JobError> {
    // Checked before anything is written.
    let plan = request.plan()?;
    let configurations = request.tried(&data.signals)?;
    keep(request, folder)?;
    let shown = Mutex::new((Instant::now(), usize::MAX));
    let observer = |progress: &StudyProgress| {
        if let Some(notice) = &progress.notice {
            worker.update(notice.clone());
        }
        let mut last = shown.lock().unwrap_or_else(PoisonError::into_inner);
        // Called for every batch of every trial; ten updates a second are enough.
        if last.1 != progress.done || last.0.elapsed() > Duration::from_millis(100) {
            *last = (Instant::now(), progress.done);
            worker.progress(Progress {
                stage: progress.stage.clone(),
                done: progress.done,
                total: progress.total,
                left: progress.eta.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
                ..Progress::default()
            });
        }
        drop(last);
        worker.flow()
    };
    let runner = Runner::new(data, request.folds(), folder, None)?;
    match request.kind {
        StudyKind::Ablation => {
            ablate(&runner, &configurations, (request.folds(), &request.seeds()), &observer)?;
        }
        _ => {
            plan.run(&runner, &configurations, &observer)?;
        }
    }
    Ok(())
}

fn keep(request: &StudyRequest, folder: &Path) -> Result<(), FileError> {
    let path = folder.join(REQUEST);
    let text = serde_json::to_string_pretty(request).at(&path)?;
    std::fs::create_dir_all(folder).at(folder)?;
    write_whole(&path, &[text.as_bytes()]).at(&path)
}
