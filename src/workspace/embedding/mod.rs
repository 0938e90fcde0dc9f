//! Embeddings: computing them, comparing two of them, and drawing them as maps, each as a job.

mod apply;
mod compare;
mod encoder;
mod map;
mod source;

pub use compare::{ComparisonState, EmbeddingComparison, EmbeddingPair, MOST_NEIGHBOURS, QueryFigures};
pub use encoder::resolve;
pub use map::{EmbeddingMap, MOST_POINTS, MapMethod, MapPoint, MapRequest, MapScope, MapState};
pub use source::EmbeddingSource;

use super::EncoderSettings;
use crate::base::Progress;
use crate::dataset::{Dataset, VectorTable};
use crate::jobs::{JobError, Slot};
use crate::vision::{self, EmbedReport, EmbeddingCache, EncoderSpec};
use std::ops::ControlFlow;
use std::path::Path;

/// Stands among the names of visual vectors for those the encoder computed.
pub(super) const COMPUTED: &str = "computed embeddings";

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
