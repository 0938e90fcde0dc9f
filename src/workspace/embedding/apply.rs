//! Computing, comparing and mapping embeddings.

use super::source::Shelf;
use super::{COMPUTED, Embedded, EmbeddingPair, EmbeddingSource, MapRequest, encoder, resolve, source};
use crate::base::Progress;
use crate::dataset::Dataset;
use crate::graph::GraphRequest;
use crate::jobs::{Event, JobError, Worker};
use crate::vision::{self, EmbedReport, EmbeddingCache};
use crate::workspace::{DataAction, EmbeddingAction, EncoderSettings, Message, Workspace};
use std::path::Path;
use std::sync::Arc;

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
    // Opening a graphics card takes a while, so it is done in the job.
    let (device, instead) = device.or_cpu();
    if let Some(why) = instead {
        worker.update(why);
    }
    let cache = EmbeddingCache::at(cache);
    let embedded = vision::embed(dataset, &spec, device, &cache, &mut |progress| proceed(progress.into()));
    let (table, report) = embedded?;
    let table = match table.count() {
        0 => table,
        _ => {
            let stage = Progress { stage: "Projecting vectors".to_owned(), ..Progress::default() };
            encoder::project(table, &settings, &mut || proceed(stage.clone()))?
        }
    };
    Ok((table, report, settings))
}

impl Workspace {
    pub(in crate::workspace) fn apply_embedding(&mut self, action: EmbeddingAction) {
        match action {
            EmbeddingAction::Compute => self.embed(),
            EmbeddingAction::Cancel => self.embedding.cancel(),
            EmbeddingAction::Compare(pair) => self.compare_embeddings(*pair),
            EmbeddingAction::CancelComparison => self.embedding.cancel_comparison(),
            EmbeddingAction::DrawTwoGraphs(graph) => self.draw_two_graphs(graph),
            EmbeddingAction::DrawMap(request) => self.draw_map(*request),
            EmbeddingAction::CancelMap => self.embedding.cancel_map(),
        }
    }

    /// Computes the vectors of a collection's pictures in their own set, those of a data set's in the cache.
    fn embed(&mut self) {
        let Some(session) = &self.session else { return };
        if self.searching.open().is_some() {
            return self.compute_vectors_by(self.settings.encoder.clone());
        }
        if self.embedding.is_running() {
            return;
        }
        let (dataset, settings, cache) =
            (session.data.dataset.clone(), self.settings.encoder.clone(), self.store.cache().to_owned());
        self.embedding.job.start("embed", self.wake(), move |worker| compute(worker, &dataset, settings, &cache));
    }

    pub(in crate::workspace) fn poll_embedding(&mut self) -> bool {
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
                    self.tell(Message::notice(summary(&report)));
                    for (image, reason) in &report.failed {
                        self.tell_undecodable(*image, reason);
                    }
                    self.embedding.last = Some(report);
                    let computed = DataAction::ChooseVectors(vec![COMPUTED.to_owned()]).into();
                    if let Some(back) = self.opposite(&computed) {
                        self.record(back, computed);
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

    /// Remembers an encoder so that its vectors can be chosen again.
    pub(in crate::workspace) fn remember_encoder(&mut self, encoder: &EncoderSettings) {
        let Some(path) = self.session.as_ref().map(|session| session.path.clone()) else { return };
        self.change(|settings| settings.remember_encoder(&path, encoder));
    }

    /// The embeddings of the open data set that can be looked at: in use, from its files, computed before.
    pub fn embedding_sources(&self) -> Vec<EmbeddingSource> {
        self.session
            .as_ref()
            .map_or_else(Vec::new, |session| EmbeddingSource::all(session, self.searching.open(), &self.settings))
    }

    fn shelf(&self) -> Option<Shelf> {
        let session = self.session.as_ref()?;
        let known = self.embedding.comparison.known().into_iter().chain(self.embedding.map.known()).collect();
        let collection = self.searching.open().map(|open| open.collection.clone());
        let collection = collection.map(|collection| (collection, self.settings.encoder.device.clone()));
        Some(Shelf::new(session, self.store.cache().to_owned(), known, collection))
    }

    fn compare_embeddings(&mut self, pair: EmbeddingPair) {
        let Some(shelf) = self.shelf() else { return };
        let wake = self.wake();
        self.embedding.comparison.start(pair, shelf, wake);
    }

    fn draw_two_graphs(&mut self, graph: GraphRequest) {
        let wake = self.wake();
        let Some(session) = &self.session else { return };
        self.embedding.comparison.draw(&session.data, session.query, graph, wake);
    }

    fn draw_map(&mut self, request: MapRequest) {
        let Some(shelf) = self.shelf() else { return };
        let wake = self.wake();
        self.embedding.map.start(request, shelf, wake);
    }

    /// Redraws what shows the vectors in use after these have changed.
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

fn summary(report: &EmbedReport) -> String {
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
