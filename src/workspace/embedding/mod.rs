//! Embeddings: computing them, comparing two of them, and drawing them as maps, each as a job.

mod compare;
mod encoder;
mod map;
mod source;

pub use compare::{ComparisonState, EmbeddingComparison, EmbeddingPair, MOST_NEIGHBOURS, QueryFigures};
pub use encoder::resolve;
pub use map::{EmbeddingMap, MOST_POINTS, MapMethod, MapPoint, MapRequest, MapScope, MapState};
pub use source::EmbeddingSource;

use super::{DataAction, EncoderSettings, Message, Workspace};
use crate::base::Progress;
use crate::dataset::{Dataset, VectorTable};
use crate::graph::GraphRequest;
use crate::jobs::{Event, JobError, Slot, Worker};
use crate::vision::{self, EmbedReport, EmbeddingCache, EncoderSpec};
use source::Shelf;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Stands among the names of visual vectors for those the encoder computed.
pub(super) const COMPUTED: &str = "computed embeddings";

/// Is told how far the download of a model is, and may end it.
pub type Fetching<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

type Embedded = (VectorTable, EmbedReport, EncoderSettings);

/// Everything about embeddings that is at work or at hand.
#[derive(Default)]
pub struct EmbeddingState {
    job: Slot<String, Embedded>,
    last: Option<EmbedReport>,
    description: encoder::Description,
    comparison: ComparisonState,
    map: MapState,
}

impl EmbeddingState {
    /// Whether embeddings are being computed.
    pub fn is_running(&self) -> bool {
        self.job.is_running()
    }

    /// Whether anything is at work: computing, comparing, drawing.
    pub fn is_busy(&self) -> bool {
        self.is_running() || self.description.is_running() || self.comparison.is_busy() || self.map.is_busy()
    }

    /// How far computing is, and for how long it has been at it.
    pub fn progress(&self) -> Option<(&Progress, std::time::Duration)> {
        self.job.worked()
    }

    /// What came of the last one.
    pub fn last(&self) -> Option<&EmbedReport> {
        self.last.as_ref()
    }

    /// The chosen encoder with its weights' own preprocessing, or why there is none, once that is known.
    pub fn described(&self) -> Option<&Result<EncoderSpec, JobError>> {
        self.description.spec()
    }

    /// Two embeddings side by side.
    pub fn comparison(&self) -> &ComparisonState {
        &self.comparison
    }

    /// The map.
    pub fn map(&self) -> &MapState {
        &self.map
    }

    pub(super) fn forget(&mut self) {
        self.job.retire();
        self.last = None;
        self.description.retire();
        self.comparison.retire();
        self.map.retire();
    }

    pub(super) fn cancel(&self) {
        self.job.cancel();
    }

    pub(super) fn cancel_comparison(&mut self) {
        self.comparison.cancel();
    }

    pub(super) fn cancel_map(&mut self) {
        self.map.cancel();
    }
}

/// The vectors of every picture by the chosen encoder and projection, where the cache has them all.
pub(super) fn computed(dataset: &Dataset, encoder: &EncoderSettings, cache: &Path) -> Option<VectorTable> {
    let (spec, _) = resolve(encoder, &mut |_| ControlFlow::Break(())).ok()?;
    let found = vision::lookup(dataset, &spec, &EmbeddingCache::at(cache)).ok()??;
    encoder::project(found, encoder).ok()
}

/// Computes what is not in the cache.
fn compute(
    worker: &Worker<String, Embedded>,
    dataset: &Dataset,
    settings: EncoderSettings,
    cache: &Path,
) -> Result<Embedded, JobError> {
    let mut proceed = |progress: Progress| {
        worker.progress(progress);
        worker.flow()
    };
    let (spec, device) = resolve(&settings, &mut proceed)?;
    // Only the file itself says what network its weights are of.
    let architecture = spec.architecture.name().to_owned();
    let settings = if settings.weights.is_some() { EncoderSettings { architecture, ..settings } } else { settings };
    // Opening a graphics card takes a while, so it is done here; a setting from elsewhere stays as it is.
    let (device, instead) = device.or_cpu();
    if let Some(why) = instead {
        worker.update(why);
    }
    let cache = EmbeddingCache::at(cache);
    let embedded = vision::embed(dataset, &spec, device, &cache, &mut |progress| {
        proceed(Progress {
            stage: progress.stage.to_owned(),
            done: progress.done,
            total: progress.total,
            rate: Some(progress.images_per_second).filter(|rate| *rate > 0.0),
            left: progress.eta.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            ..Progress::default()
        })
    });
    let (table, report) = embedded?;
    let table = match table.count() {
        0 => table,
        _ => {
            let _ = proceed(Progress { stage: "Projecting vectors".to_owned(), ..Progress::default() });
            encoder::project(table, &settings)?
        }
    };
    Ok((table, report, settings))
}

impl Workspace {
    pub(super) fn embed(&mut self) {
        let Some(session) = &self.session else { return };
        if self.embedding.is_running() {
            return;
        }
        let (dataset, settings, cache) =
            (session.data.dataset.clone(), self.settings.encoder.clone(), self.store.cache().to_owned());
        self.embedding.job.start("embed", self.wake(), move |worker| compute(worker, &dataset, settings, &cache));
    }

    pub(super) fn poll_embedding(&mut self) -> bool {
        let wake = self.wake();
        let mut changed = self.embedding.description.follow(&self.settings.encoder, &wake);
        changed |= self.embedding.comparison.poll(&wake);
        changed |= self.embedding.map.poll();
        self.renew_stale();
        while let Some(event) = self.embedding.job.poll() {
            changed = true;
            match event {
                Event::Done((table, ..)) if table.count() == 0 => {
                    self.tell(Message::warning("No picture could be read, so the visual vectors stay as they are."));
                }
                Event::Done((table, report, encoder)) => {
                    // A model of the hub is there now.
                    self.embedding.description.look_again();
                    self.tell(Message::notice(told(&report)));
                    for (image, reason) in &report.failed {
                        self.tell_undecodable(*image, reason);
                    }
                    self.embedding.last = Some(report);
                    let computed = DataAction::ChooseVectors(vec![COMPUTED.to_owned()]).into();
                    if let Some(back) = self.opposite(&computed) {
                        self.history.record(back, computed);
                    }
                    self.change(|settings| settings.vectors = vec![COMPUTED.to_owned()]);
                    self.remember_encoder(&encoder);
                    self.install_vectors(vec![COMPUTED.to_owned()], Arc::new(table), Vec::new());
                }
                Event::Failed(JobError::Cancelled) => self.tell(Message::warning("Embedding was cancelled.")),
                Event::Failed(error) => self.tell(Message::warning(format!("Embedding stopped: {error}"))),
                Event::Update(why) => self.tell(Message::warning(why)),
                Event::Progress(_) => {}
            }
        }
        changed
    }

    /// So that its vectors can be chosen again.
    pub(super) fn remember_encoder(&mut self, encoder: &EncoderSettings) {
        let Some(path) = self.session.as_ref().map(|session| session.path.clone()) else { return };
        self.change(|settings| settings.remember_encoder(&path, encoder));
    }

    /// The embeddings of the open data set that can be looked at: in use, from its files, computed before.
    pub fn embedding_sources(&self) -> Vec<EmbeddingSource> {
        self.session.as_ref().map_or_else(Vec::new, |session| EmbeddingSource::all(session, &self.settings))
    }

    fn shelf(&self) -> Option<Shelf> {
        let session = self.session.as_ref()?;
        let known = self.embedding.comparison.known().into_iter().chain(self.embedding.map.known()).collect();
        Some(Shelf::new(session, self.store.cache().to_owned(), known))
    }

    pub(super) fn compare_embeddings(&mut self, pair: EmbeddingPair) {
        let Some(shelf) = self.shelf() else { return };
        let wake = self.wake();
        self.embedding.comparison.start(pair, shelf, wake);
    }

    pub(super) fn draw_two_graphs(&mut self, graph: GraphRequest) {
        let wake = self.wake();
        let Some(session) = &self.session else { return };
        self.embedding.comparison.draw(&session.data, session.query, graph, wake);
    }

    pub(super) fn draw_map(&mut self, request: MapRequest) {
        let Some(shelf) = self.shelf() else { return };
        let wake = self.wake();
        self.embedding.map.start(request, shelf, wake);
    }

    /// What showed the vectors in use shows those that came into their place.
    fn renew_stale(&mut self) {
        let Some(session) = &self.session else { return };
        let in_use = source::in_use(&session.data);
        if let Some(pair) = self.embedding.comparison.stale(in_use.clone()) {
            self.compare_embeddings(pair);
        }
        if let Some(request) = self.embedding.map.stale(in_use) {
            self.draw_map(request);
        }
    }

    fn tell_undecodable(&mut self, image: usize, reason: &str) {
        let Some(session) = &mut self.session else { return };
        let Some(file) = session.data.dataset.images.get(image).and_then(|image| image.file.clone()) else { return };
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
