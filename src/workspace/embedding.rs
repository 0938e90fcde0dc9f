//! Computing embeddings as a job.

use super::{EncoderSettings, Message, Workspace};
use crate::dataset::VectorTable;
use crate::jobs::{Event, Job, Progress, Worker};
use crate::vision::{self, Architecture, DeviceChoice, EmbedReport, EmbeddingCache, EncoderSpec};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// Stands among the names of visual vectors for those the encoder computed.
pub(super) const COMPUTED: &str = "computed embeddings";

type Embedded = (VectorTable, EmbedReport);

/// The embedding job and what came of the last one.
#[derive(Default)]
pub struct EmbeddingState {
    job: Option<Job<String, Embedded>>,
    last: Option<EmbedReport>,
}

impl EmbeddingState {
    /// Whether embeddings are being computed.
    pub fn is_running(&self) -> bool {
        self.job.is_some()
    }

    /// How far it is, and for how long it has been at it.
    pub fn progress(&self) -> Option<(&Progress, std::time::Duration)> {
        self.job.as_ref().map(|job| (job.progress(), job.elapsed()))
    }

    /// What came of the last one.
    pub fn last(&self) -> Option<&EmbedReport> {
        self.last.as_ref()
    }

    pub(super) fn forget(&mut self) {
        if let Some(job) = self.job.take() {
            job.retire();
        }
        self.last = None;
    }

    pub(super) fn cancel(&self) {
        if let Some(job) = &self.job {
            job.cancel();
        }
    }
}

/// What the settings mean.
///
/// # Errors
/// An unknown name, or weights that are missing, for people.
pub fn resolve(settings: &EncoderSettings) -> Result<(EncoderSpec, DeviceChoice), String> {
    let architecture = settings.architecture.parse::<Architecture>().map_err(|error| error.to_string())?;
    let device = settings.device.parse::<DeviceChoice>().map_err(|error| error.to_string())?;
    let spec = EncoderSpec::choose(architecture, settings.weights.as_deref());
    Ok((spec.ok_or_else(|| format!("{architecture} needs a weights file: choose one"))?, device))
}

impl Workspace {
    pub(super) fn embed(&mut self) {
        let Some(session) = &self.session else { return };
        if self.embedding.is_running() {
            return;
        }
        let (dataset, settings, cache) =
            (session.dataset.clone(), self.settings.encoder.clone(), self.store.cache().to_owned());
        self.embedding.job = Some(Job::spawn("embed", self.wake(), move |worker: &Worker<String, Embedded>| {
            let (spec, device) = resolve(&settings)?;
            // Opening a graphics card takes a while, so it is done here; a setting from elsewhere stays as it is.
            let (device, instead) = device.or_cpu();
            if let Some(why) = instead {
                worker.update(why);
            }
            let cache = EmbeddingCache::at(cache);
            vision::embed(&dataset, &spec, device, &cache, &mut |progress| {
                worker.progress(Progress {
                    stage: progress.stage.to_owned(),
                    done: progress.done,
                    total: progress.total,
                    rate: Some(progress.images_per_second).filter(|rate| *rate > 0.0),
                    left: progress.eta.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
                });
                if worker.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .map_err(|error| error.to_string())
        }));
    }

    pub(super) fn poll_embedding(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.embedding.job.as_mut().and_then(Job::poll) {
            changed = true;
            match event {
                Event::Done((table, _)) if table.count() == 0 => {
                    self.embedding.job = None;
                    self.tell(Message::warning("No picture could be read, so the visual vectors stay as they are."));
                }
                Event::Done((table, report)) => {
                    self.embedding.job = None;
                    self.tell(Message::notice(told(&report)));
                    for (image, reason) in &report.failed {
                        self.tell_undecodable(*image, reason);
                    }
                    self.embedding.last = Some(report);
                    self.change(|settings| settings.vectors = vec![COMPUTED.to_owned()]);
                    self.install_vectors(vec![COMPUTED.to_owned()], Arc::new(table), Vec::new());
                }
                Event::Failed(message) => {
                    self.embedding.job = None;
                    self.tell(Message::warning(format!("Embedding stopped: {message}")));
                }
                Event::Update(why) => self.tell(Message::warning(why)),
                Event::Progress(_) => {}
            }
        }
        changed
    }

    fn tell_undecodable(&mut self, image: usize, reason: &str) {
        let Some(session) = &mut self.session else { return };
        let Some(file) = session.dataset.images.get(image).and_then(|image| image.file.clone()) else { return };
        let kind = crate::dataset::WarningKind::MissingPicture;
        session.warnings.push(crate::dataset::Warning { kind, message: reason.to_owned(), file, line: None });
    }
}

fn told(report: &EmbedReport) -> String {
    let mut text = match report.embedded {
        0 => format!("All {} embeddings were in the cache", report.cached),
        embedded => {
            format!("{embedded} pictures embedded in {:.1} s, {} from the cache", report.seconds, report.cached)
        }
    };
    if !report.failed.is_empty() {
        text += &format!("; {} could not be read (see the data report)", report.failed.len());
    }
    text
}
