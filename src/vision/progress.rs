//! How far embedding a data set is.

/// How far the work is.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbedProgress {
    /// `Reading files`, `Loading the network` or `Embedding`.
    pub stage: &'static str,
    /// Files or distinct pictures that are done in this stage, those found in the cache included.
    pub done: usize,
    /// Of how many.
    pub total: usize,
    /// Pictures per second so far, from file to kept vector; 0 before the first.
    pub images_per_second: f64,
    /// Seconds to go, once that can be told.
    pub eta: Option<f64>,
}

impl EmbedProgress {
    pub(super) fn plain(stage: &'static str, done: usize, total: usize) -> Self {
        Self { stage, done, total, images_per_second: 0.0, eta: None }
    }
}
