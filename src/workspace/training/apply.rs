//! Training, and resuming runs.

use super::{EpochUpdate, LiveRun, TrainDone, TrainingUpdate};
use crate::base::{Progress, sentence, unix_seconds};
use crate::jobs::{Event, JobError, Worker};
use crate::model::{Network, RankingInput};
use crate::train::{
    self, Continuation, EpochReport, Experiment, RunObserver, RunRecord, RunResult, TrainError, WarmStart,
};
use crate::workspace::session::ModelScores;
use crate::workspace::{Message, TrainingAction, Workspace};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Reporter<'a> {
    worker: &'a Worker<TrainingUpdate, TrainDone>,
    followed: &'a AtomicUsize,
    epoch: usize,
    epochs: usize,
}

impl RunObserver for Reporter<'_> {
    fn step(&mut self, stage: &str, done: usize, total: usize) -> ControlFlow<()> {
        let (stage, done, total) = match stage {
            "Training" => (format!("Epoch {} of {}", self.epoch + 1, self.epochs), self.epoch, self.epochs),
            other => (other.to_owned(), done, total),
        };
        if total > 0 {
            self.worker.progress(Progress { stage, done, total, ..Progress::default() });
        }
        self.worker.flow()
    }

    fn notice(&mut self, text: &str) {
        self.worker.update(TrainingUpdate::Notice(text.to_owned()));
    }

    fn epoch(&mut self, report: &EpochReport, model: &Network, inputs: &[RankingInput]) -> ControlFlow<()> {
        self.epoch = report.epoch;
        let query = self.followed.load(Ordering::Relaxed);
        let input = inputs.iter().find(|input| input.query == query);
        let scores = input.and_then(|input| model.score(input).ok()).map(|scores| scores.total);
        self.worker.update(TrainingUpdate::Epoch(EpochUpdate { report: report.clone(), query, scores }));
        self.worker.flow()
    }
}

impl Workspace {
    pub(in crate::workspace) fn apply_training(&mut self, action: TrainingAction) {
        match action {
            TrainingAction::Start => self.train(self.settings.experiment.clone(), self.warm_start()),
            TrainingAction::Queue(seeds) => self.queue_runs(&seeds),
            TrainingAction::Unqueue(number) => self.unqueue(number),
            TrainingAction::MoveQueued(number, by) => self.move_queued(number, by),
            TrainingAction::Pause(pause) => self.training.pause(pause),
            TrainingAction::Stop => self.training.stop(),
            TrainingAction::Resume(path) => self.resume_run(path),
        }
    }

    /// The run whose weights training starts from: the open one, if that is switched on.
    pub fn warm_start(&self) -> Option<PathBuf> {
        let run = self.training.run().filter(|_| self.settings.warm_start)?;
        run.path.join("model.safetensors").is_file().then(|| run.path.clone())
    }

    pub(super) fn train(&mut self, experiment: Experiment, parent: Option<PathBuf>) {
        if self.training.is_running() {
            return;
        }
        if let Some(obstacle) = self.training_obstacle_of(&experiment) {
            return self.tell(Message::warning(obstacle));
        }
        let Some(session) = &self.session else { return };
        let data = session.data.clone();
        let started = unix_seconds();
        let name = self.free_name(
            self.store.runs(),
            &format!("{}-{}", session.data.dataset.name, experiment.model.kind),
            started,
        );
        let record = RunRecord { name: name.clone(), started, experiment: experiment.clone(), ..RunRecord::default() };
        let folder = self.store.runs().join(name);
        // Rankings of another run must not be shown as this one's.
        self.runs.forget_reading();
        if let Some(session) = &mut self.session {
            session.set_model(None);
        }
        self.training.run = Some(LiveRun { record: record.clone(), history: Vec::new(), path: folder.clone() });
        let followed = self.training.followed.clone();
        self.training.job.start("train", self.wake(), move |worker| {
            let epochs = experiment.training.epochs;
            let mut reporter = Reporter { worker, followed: &followed, epoch: 0, epochs };
            let start = parent.as_deref().map(WarmStart::read).transpose()?;
            let RunResult { record, history, scores, .. } =
                train::run_from(&data, &experiment, record, (Some(&folder), start.as_ref()), &mut reporter)?;
            Ok(TrainDone { record, history, scores: ModelScores::new(&data, scores) })
        });
    }

    /// Resumes an interrupted run with its own settings.
    fn resume_run(&mut self, path: PathBuf) {
        if self.training.is_running() {
            return self.tell(Message::warning("Stop the run in training before going on with another."));
        }
        if self.refuses_change(&path) {
            return;
        }
        let record = train::read_run_record(&path).map_err(TrainError::from);
        let found = record.and_then(|record| Ok((record, train::saved_history(&path)?)));
        let (record, history) = match found {
            Ok(found) => found,
            Err(error) => return self.tell(Message::warning(format!("Could not go on with the run: {error}"))),
        };
        let labelled = match self.labelled_as(&record) {
            Ok(labelled) => labelled.filter(|_| self.is_open(&record)),
            Err(error) => return self.tell(Message::warning(format!("Could not go on with the run: {error}"))),
        };
        let Some(labelled) = labelled else {
            let text = format!("Open {} first: the run was made on it.", record.dataset);
            return self.tell(Message::warning(text));
        };
        self.runs.forget_reading();
        if let Some(session) = &mut self.session {
            session.set_model(None);
        }
        let (epoch, epochs) = (history.len(), record.experiment.training.epochs);
        self.training.run = Some(LiveRun { record: record.clone(), history, path: path.clone() });
        let followed = self.training.followed.clone();
        self.training.job.start("train", self.wake(), move |worker| {
            let data = train::data_of_run(&labelled.data(), &record)?;
            let mut reporter = Reporter { worker, followed: &followed, epoch, epochs };
            let RunResult { record, history, scores, .. } =
                train::resume(&data, &path, Continuation::default(), &mut reporter)?;
            Ok(TrainDone { record, history, scores: ModelScores::new(&data, scores) })
        });
    }

    pub(in crate::workspace) fn poll_training(&mut self) -> bool {
        let mut changed = self.poll_ending();
        while let Some(event) = self.training.job.poll() {
            changed = true;
            match event {
                Event::Update(TrainingUpdate::Epoch(update)) => self.take_epoch(update),
                Event::Update(TrainingUpdate::Notice(text)) => self.tell(Message::notice(sentence(&text))),
                Event::Done(done) => {
                    self.finish_training(done);
                    self.start_queued();
                }
                Event::Failed(error) => {
                    if error != JobError::Cancelled {
                        self.tell(Message::warning(format!("Training stopped: {error}")));
                    }
                    self.training.run.take_if(|run| run.history.is_empty());
                    if let Some(session) = &mut self.session {
                        session.rank_model();
                    }
                    self.refresh_runs();
                    self.start_queued();
                }
                Event::Progress(_) => {}
            }
        }
        changed
    }

    /// Lists an abandoned run once its folder is complete.
    fn poll_ending(&mut self) -> bool {
        let before = self.training.ending.len();
        self.training.ending.retain_mut(|job| {
            std::iter::from_fn(|| job.poll()).all(|event| !matches!(event, Event::Done(_) | Event::Failed(_)))
        });
        let ended = self.training.ending.len() < before;
        if ended {
            self.refresh_runs();
        }
        ended
    }

    fn take_epoch(&mut self, update: EpochUpdate) {
        if let Some(run) = &mut self.training.run {
            run.record.best_epoch = update.report.best_epoch;
            run.history.push(update.report);
        }
        if let (Some(session), Some(scores)) = (&mut self.session, update.scores) {
            session.follow(update.query, scores);
        }
    }

    fn finish_training(&mut self, done: TrainDone) {
        if let Some(run) = &mut self.training.run {
            run.record = done.record;
            run.history = done.history;
            let path = run.path.clone();
            self.change(|settings| settings.last_run = Some(path));
        }
        if let Some(session) = &mut self.session {
            session.set_model(Some(done.scores));
        }
        self.refresh_runs();
    }

    /// A folder name that is not taken: `sample-dcmm-edge-1`, `-2`, … are easier to tell apart than times. Names of runs
    /// in the trash stay reserved.
    pub(in crate::workspace) fn free_name(&self, folder: &Path, stem: &str, started: u64) -> String {
        let stem: String = stem.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '-' }).collect();
        let is_free = |path: &Path| !path.exists() && !self.trash.holds(path);
        (1..10_000)
            .map(|number| format!("{stem}-{number}"))
            .find(|name| is_free(&folder.join(name)))
            .unwrap_or_else(|| format!("{stem}-{started}"))
    }
}
