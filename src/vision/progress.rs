//! How far embedding is.

use std::time::{Duration, Instant};

use crate::base::Progress;

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

impl From<EmbedProgress> for Progress {
    fn from(progress: EmbedProgress) -> Self {
        Self {
            stage: progress.stage.to_owned(),
            done: progress.done,
            total: progress.total,
            rate: Some(progress.images_per_second).filter(|rate| *rate > 0.0),
            left: progress.eta.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            ..Self::default()
        }
    }
}

/// Measures how far embedding is, and how fast.
#[derive(Clone, Debug)]
pub struct EmbedMeter {
    total: usize,
    waiting: usize,
    handled: usize,
    embedded: usize,
    since: Option<Instant>,
}

impl EmbedMeter {
    /// For `total` pictures of which `waiting` have no vector yet.
    pub fn new(total: usize, waiting: usize) -> Self {
        Self { total, waiting, handled: 0, embedded: 0, since: None }
    }

    /// The network is loaded.
    pub fn start(&mut self) {
        self.since = Some(Instant::now());
    }

    /// These many pictures got their vectors.
    pub fn add(&mut self, pictures: usize) {
        self.embedded += pictures;
        self.handled += pictures;
    }

    /// A picture cannot have a vector.
    pub fn fail(&mut self) {
        self.handled += 1;
    }

    /// How many pictures got their vectors.
    pub fn embedded(&self) -> usize {
        self.embedded
    }

    /// How far the work is.
    pub fn progress(&self) -> EmbedProgress {
        let done = self.total - self.waiting + self.handled;
        if self.since.is_none() && self.handled < self.waiting {
            return EmbedProgress::plain("Loading the network", done, self.total);
        }
        let seconds = self.since.map_or(0.0, |since| since.elapsed().as_secs_f64());
        let rate = if seconds > 0.0 { self.embedded as f64 / seconds } else { 0.0 };
        EmbedProgress {
            stage: "Embedding",
            done,
            total: self.total,
            images_per_second: rate,
            eta: (rate > 0.0).then(|| (self.waiting - self.handled) as f64 / rate),
        }
    }
}
