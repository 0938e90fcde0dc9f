//! Embeddings: computing them, comparing two of them, and drawing them as maps, each as a job.

mod apply;
mod compare;
mod encoder;
mod map;
mod source;

pub use compare::{ComparisonState, EmbeddingComparison, EmbeddingPair, MOST_NEIGHBOURS, QueryComparison};
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

/// The name of computed vectors among the sources of visual vectors.
pub(super) const COMPUTED: &str = "computed embeddings";

type Embedded = (VectorTable, EmbedReport, EncoderSettings);

/// The jobs and results of embeddings.
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

    /// Whether any of its jobs is running.
    pub fn is_busy(&self) -> bool {
        self.is_running() || self.description.is_running() || self.comparison.is_busy() || self.map.is_busy()
    }

    /// The progress of computing, and how long it has run.
    pub fn progress(&self) -> Option<(&Progress, std::time::Duration)> {
        self.job.worked()
    }

    /// The report of the last job.
    pub fn last(&self) -> Option<&EmbedReport> {
        self.last.as_ref()
    }

    /// The chosen encoder with its weights' own preprocessing, or why it is unavailable, once known.
    pub fn described(&self) -> Option<&Result<EncoderSpec, JobError>> {
        self.description.spec()
    }

    /// The encoder that these settings describe, if its weights are known by now.
    pub(super) fn described_as(&self, settings: &EncoderSettings) -> Option<EncoderSpec> {
        let mut spec = self.described()?.as_ref().ok()?.clone();
        spec.feature = vision::Feature::new(settings.stage, settings.pooling).ok()?;
        if let Some(preprocess) = &settings.preprocess {
            spec.preprocess = preprocess.clone();
        }
        Some(spec)
    }

    /// The names of tensors in the chosen weights file that are not of the network, and so ignored.
    pub fn ignored_tensors(&self) -> &[String] {
        self.description.ignored()
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
    encoder::project(found, encoder, &mut || ControlFlow::Continue(())).ok()
}
