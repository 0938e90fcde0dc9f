//! Going over to other vectors: those of another encoder, and those that have been computed.

use super::collect::{self, Computing};
use super::session::{self, Query};
use super::{CollectionEncoder, CollectionEncoders, OpenCollection};
use crate::graph::GraphRequest;
use crate::jobs::{JobError, Worker};
use crate::vision::EncoderSpec;
use crate::workspace::loading::Found;
use crate::workspace::{EncoderSettings, Message, Workspace};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Workspace {
    /// Uses the vectors of an encoder at once if all pictures have been through it, else as soon as they have.
    pub(in crate::workspace) fn use_encoder(&mut self, encoder: EncoderSpec) {
        let Some(open) = &self.searching.open else { return };
        let is_ready = |row: &&CollectionEncoder| row.encoder == encoder && row.is_whole && row.count > 0;
        if open.encoders.list.iter().find(is_ready).is_none() {
            return self.compute_vectors(encoder, true);
        }
        if let Some(obstacle) = self.asking_obstacle() {
            return self.tell(Message::warning(obstacle));
        }
        let (folder, query) = (open.collection.folder().to_owned(), self.query_again());
        let (collection, graph) = (open.collection.clone(), self.settings.experiment.graph);
        self.start_opening(folder.clone(), move |worker| {
            collection.choose(&encoder, true)?;
            let open = session::open(&folder)?;
            gather_again(open, query, graph, worker)
        });
    }

    /// Computes the vectors of all pictures by an encoder; `chooses` uses them then.
    pub(super) fn compute_vectors(&mut self, encoder: EncoderSpec, chooses: bool) {
        let device = self.settings.encoder.device.clone();
        self.compute(Computing::Spec(Box::new(encoder.clone()), device), Some(encoder), chooses);
    }

    /// Computes the vectors of all pictures of the open collection by the encoder of the settings.
    pub(in crate::workspace) fn compute_vectors_by(&mut self, settings: EncoderSettings) {
        let described = self.embedding.described_as(&settings);
        self.compute(Computing::Settings(Box::new(settings)), described, false);
    }

    fn compute(&mut self, computing: Computing, encoder: Option<EncoderSpec>, chooses: bool) {
        let Some(open) = &self.searching.open else { return };
        if self.searching.is_collecting() && !self.searching.has_words {
            return self.tell(Message::warning("The words of the pictures are still being read."));
        }
        // Vectors of another encoder that are being computed stay as far as they are.
        let folder = open.collection.folder().to_owned();
        (self.searching.has_words, self.searching.computing) = (true, encoder);
        self.begin_computing();
        let wake = self.wake();
        self.searching
            .collecting
            .start("vectors", wake, move |worker| collect::compute(&folder, &computing, chooses, worker));
    }

    /// Takes up what is known of the encoders.
    pub(super) fn take_encoders(&mut self, folder: &Path, encoders: CollectionEncoders) {
        if let Some(open) = self.searching.open.as_mut().filter(|open| open.collection.folder() == folder) {
            open.encoders = Arc::new(encoders);
        }
    }

    pub(super) fn is_open_collection(&self, folder: &Path) -> bool {
        self.searching.open.as_ref().is_some_and(|open| open.collection.folder() == folder)
    }

    /// Takes up what has been read and computed in the open collection; whether it is opened again for that.
    pub(super) fn take_up_collection(&mut self, folder: &Path) -> bool {
        if self.training.is_running() || (self.searching.open.is_some() && !self.is_open_collection(folder)) {
            return false;
        }
        let query = self.query_again();
        self.start_with(folder.to_owned(), query);
        true
    }

    /// Opens a collection.
    pub(in crate::workspace) fn open_collection(&mut self, folder: PathBuf) {
        self.start_with(folder, None);
    }

    fn start_with(&mut self, folder: PathBuf, query: Option<Query>) {
        let graph = self.settings.experiment.graph;
        self.start_opening(folder.clone(), move |worker| {
            let open = session::open(&folder)?;
            gather_again(open, query, graph, worker)
        });
    }

    /// The query at hand, to be asked again.
    fn query_again(&self) -> Option<Query> {
        let at_hand = self.searching.at_hand.as_ref()?;
        let asks = !at_hand.asked.text.is_empty() || at_hand.asked.example.is_some();
        asks.then(|| Query { asked: at_hand.asked.clone(), stranger: at_hand.stranger.clone() })
    }
}

/// The data set of the kept queries and the query at hand; without the latter if it finds nothing any more.
fn gather_again(
    open: OpenCollection,
    query: Option<Query>,
    graph: GraphRequest,
    worker: &Worker<(), Found>,
) -> Result<Found, JobError> {
    let Some(query) = query.and_then(|query| query.embedded_or_words(&open)) else {
        return session::gather(open, None, graph, worker);
    };
    match session::gather(open.clone(), Some(query), graph, worker) {
        Ok(Found::Nothing(_)) | Err(JobError::Failed(_)) => session::gather(open, None, graph, worker),
        found => found,
    }
}
