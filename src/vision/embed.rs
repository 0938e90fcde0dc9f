//! A whole data set through the encoder: decode and scale on worker threads, the network on this one.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use super::cache::CachedVectors;
use super::decode::{decode_bytes, read_picture};
use super::source::{Failures, Picture, pictures};
use super::{DeviceChoice, EmbeddingCache, Encoder, EncoderSpec, NetworkInput, Preprocess, VisionError};
use crate::dataset::{Dataset, VectorTable};

/// Decoded pictures that may wait for the network; each takes 0.6 MB.
const QUEUE: usize = 32;
/// How long nothing may happen before the observer is asked again.
const PATIENCE: Duration = Duration::from_millis(100);

/// How far the work is.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbedProgress {
    /// `Reading files`, `Loading the network` or `Embedding`.
    pub stage: &'static str,
    /// Files or distinct pictures that are done in this stage, those found in the cache included.
    pub done: usize,
    /// Of how many.
    pub total: usize,
    /// Pictures that the network did per second so far; 0 before the first.
    pub images_per_second: f64,
    /// Seconds to go, once that can be told.
    pub eta: Option<f64>,
}

impl EmbedProgress {
    pub(super) fn plain(stage: &'static str, done: usize, total: usize) -> Self {
        Self { stage, done, total, images_per_second: 0.0, eta: None }
    }
}

/// What came of it. `embedded + cached + failed.len()` is the number of images that have a picture file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EmbedReport {
    /// Distinct pictures that went through the network.
    pub embedded: usize,
    /// Images whose vector was in the cache, or was computed for another image of the same content.
    pub cached: usize,
    /// Images whose picture could not be read, and why; ascending.
    pub failed: Vec<(usize, String)>,
    /// From start to end.
    pub seconds: f64,
}

/// Gives every image of a data set that has a readable picture its vector.
///
/// Vectors in the cache are taken from there, and where all are, the network is not even loaded. Each batch is kept as
/// soon as it is computed: after a stop, a crash or a kill the next call goes on from there. `observe` is asked at
/// least once a batch and about ten times a second between; on `Break` the call ends within one batch.
///
/// # Errors
/// [`VisionError::Cancelled`] after a `Break`; otherwise where device, weights or cache cannot be used. A picture that
/// cannot be read is no error: it is told in the report and has no vector.
pub fn embed(
    dataset: &Dataset,
    spec: &EncoderSpec,
    device: DeviceChoice,
    cache: &EmbeddingCache,
    observe: &mut dyn FnMut(EmbedProgress) -> ControlFlow<()>,
) -> Result<(VectorTable, EmbedReport), VisionError> {
    let started = Instant::now();
    let dim = spec.dim();
    let (pictures, failed) = pictures(dataset, cache, observe)?;
    let wanted: HashSet<blake3::Hash> = pictures.iter().map(|picture| picture.hash).collect();
    let cached = cache.vectors(spec.key()?, dim, &wanted)?;
    let waiting: Vec<&Picture> = pictures.iter().filter(|picture| cached.get(&picture.hash).is_none()).collect();
    let mut run = Run::new(spec, device, cached, failed, pictures.len(), waiting.len(), observe);
    run.compute(&waiting)?;
    let table = table(dataset, spec, &pictures, &run.cached)?;
    let mut failed = run.failed;
    failed.sort();
    let embedded = run.embedded;
    let cached = table.count() - embedded;
    Ok((table, EmbedReport { embedded, cached, failed, seconds: started.elapsed().as_secs_f64() }))
}

/// The vectors of every readable picture, if all of them are in the cache already; computes none.
///
/// # Errors
/// Where weights or cache cannot be read.
pub fn lookup(
    dataset: &Dataset,
    spec: &EncoderSpec,
    cache: &EmbeddingCache,
) -> Result<Option<VectorTable>, VisionError> {
    let key = spec.key()?;
    // Without a single vector of this encoder there is no need to look at any picture.
    if !cache.holds(key) {
        return Ok(None);
    }
    let (pictures, _) = pictures(dataset, cache, &mut |_| ControlFlow::Continue(()))?;
    let wanted = pictures.iter().map(|picture| picture.hash).collect();
    let cached = cache.vectors(key, spec.dim(), &wanted)?;
    let complete = !pictures.is_empty() && pictures.iter().all(|picture| cached.get(&picture.hash).is_some());
    complete.then(|| table(dataset, spec, &pictures, &cached)).transpose()
}

/// A row for each image whose picture has a vector, in the order of the images, whatever order they were computed in.
fn table(
    dataset: &Dataset,
    spec: &EncoderSpec,
    pictures: &[Picture],
    cached: &CachedVectors,
) -> Result<VectorTable, VisionError> {
    let mut table = VectorTable::new(spec.name(), spec.dim(), dataset.images.len());
    let mut rows: Vec<(usize, blake3::Hash)> = Vec::new();
    for picture in pictures {
        rows.extend(picture.images.iter().map(|&image| (image, picture.hash)));
    }
    rows.sort_by_key(|&(image, _)| image);
    for (image, hash) in rows {
        if let Some(vector) = cached.get(&hash) {
            table
                .set(image, vector)
                .map_err(VisionError::io(std::path::Path::new("scratch file of visual vectors")))?;
        }
    }
    Ok(table)
}

/// A picture on its way from a worker to the network.
struct Prepared {
    /// Position among those that wait.
    index: usize,
    input: Result<NetworkInput, VisionError>,
}

/// One call of [`embed`].
struct Run<'a> {
    spec: &'a EncoderSpec,
    device: DeviceChoice,
    cached: CachedVectors,
    failed: Failures,
    observe: &'a mut dyn FnMut(EmbedProgress) -> ControlFlow<()>,
    total: usize,
    /// Pictures that had to be computed or failed.
    waiting: usize,
    handled: usize,
    embedded: usize,
    since: Option<Instant>,
}

impl<'a> Run<'a> {
    fn new(
        spec: &'a EncoderSpec,
        device: DeviceChoice,
        cached: CachedVectors,
        failed: Failures,
        total: usize,
        waiting: usize,
        observe: &'a mut dyn FnMut(EmbedProgress) -> ControlFlow<()>,
    ) -> Self {
        Self { spec, device, cached, failed, observe, total, waiting, handled: 0, embedded: 0, since: None }
    }

    /// Starts the workers and brings what they prepare through the network.
    fn compute(&mut self, waiting: &[&Picture]) -> Result<(), VisionError> {
        let next = AtomicUsize::new(0);
        let preprocess = &self.spec.preprocess;
        let workers = std::thread::available_parallelism().map_or(1, |count| count.get()).min(waiting.len());
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel(QUEUE);
            for _ in 0..workers {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || prepare(waiting, next, preprocess, &sender));
            }
            drop(sender);
            // Returning drops the receiver, and with it every worker's reason to go on.
            self.consume(waiting, receiver)
        })?;
        self.cached.sync()?;
        self.progress()
    }

    fn consume(&mut self, waiting: &[&Picture], receiver: Receiver<Prepared>) -> Result<(), VisionError> {
        let mut encoder: Option<Encoder> = None;
        let mut batch: Vec<(usize, NetworkInput)> = Vec::new();
        loop {
            match receiver.recv_timeout(PATIENCE) {
                Ok(Prepared { index, input: Ok(input) }) => batch.push((index, input)),
                Ok(Prepared { index, input: Err(error) }) => self.fail(waiting[index], &error)?,
                Err(RecvTimeoutError::Timeout) => self.progress()?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
            // Loaded only now: where every new file turns out unreadable, no network is needed.
            if encoder.is_none() && !batch.is_empty() {
                encoder = Some(self.load()?);
            }
            if let Some(encoder) = encoder.as_ref().filter(|encoder| batch.len() >= encoder.batch_size()) {
                self.forward(encoder, waiting, &mut batch)?;
            }
        }
        match encoder {
            Some(encoder) if !batch.is_empty() => self.forward(&encoder, waiting, &mut batch),
            _ => Ok(()),
        }
    }

    fn load(&mut self) -> Result<Encoder, VisionError> {
        let done = self.total - self.waiting + self.handled;
        self.ask(EmbedProgress::plain("Loading the network", done, self.total))?;
        let encoder = Encoder::load(self.spec, self.device)?;
        self.since = Some(Instant::now());
        Ok(encoder)
    }

    /// One batch through the network and into the cache.
    fn forward(
        &mut self,
        encoder: &Encoder,
        waiting: &[&Picture],
        batch: &mut Vec<(usize, NetworkInput)>,
    ) -> Result<(), VisionError> {
        let (indices, inputs): (Vec<usize>, Vec<NetworkInput>) = batch.drain(..).unzip();
        let rows = encoder.embed(&inputs)?;
        let hashes: Vec<blake3::Hash> = indices.iter().map(|&index| waiting[index].hash).collect();
        self.cached.insert(&hashes, &rows)?;
        self.embedded += indices.len();
        self.handled += indices.len();
        self.progress()
    }

    fn fail(&mut self, picture: &Picture, error: &VisionError) -> Result<(), VisionError> {
        self.failed.extend(picture.images.iter().map(|&image| (image, error.to_string())));
        self.handled += 1;
        self.progress()
    }

    fn progress(&mut self) -> Result<(), VisionError> {
        let seconds = self.since.map_or(0.0, |since| since.elapsed().as_secs_f64());
        let rate = if seconds > 0.0 { self.embedded as f64 / seconds } else { 0.0 };
        let left = (self.waiting - self.handled) as f64;
        self.ask(EmbedProgress {
            stage: "Embedding",
            done: self.total - self.waiting + self.handled,
            total: self.total,
            images_per_second: rate,
            eta: (rate > 0.0).then(|| left / rate),
        })
    }

    fn ask(&mut self, progress: EmbedProgress) -> Result<(), VisionError> {
        match (self.observe)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(VisionError::Cancelled),
        }
    }
}

/// A worker: takes the next picture until none is left or nobody listens.
fn prepare(waiting: &[&Picture], next: &AtomicUsize, preprocess: &Preprocess, sender: &SyncSender<Prepared>) {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(picture) = waiting.get(index) else { return };
        if sender.send(Prepared { index, input: prepare_one(picture, preprocess) }).is_err() {
            return;
        }
    }
}

fn prepare_one(picture: &Picture, preprocess: &Preprocess) -> Result<NetworkInput, VisionError> {
    let bytes = read_picture(&picture.path)?;
    // A vector must never be kept under the name of another content.
    if blake3::hash(&bytes) != picture.hash {
        let message = "the file changed while it was read".to_string();
        return Err(VisionError::Picture { message, path: picture.path.clone() });
    }
    preprocess.apply(&decode_bytes(&bytes, &picture.path)?)
}
