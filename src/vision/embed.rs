//! Embedding a whole data set, caching every batch as soon as it is computed.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use super::cache::CachedVectors;
use super::pipeline::{EmbedEvent, embed_pictures};
use super::progress::{EmbedMeter, EmbedProgress};
use super::source::{Failures, Picture, Waiting, pictures};
use super::{DeviceChoice, EmbeddingCache, EncoderSpec, VisionError};
use crate::base::At;
use crate::dataset::{Dataset, VectorTable};

/// What came of it. `embedded + cached + failed.len()` is the number of images that have a picture file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EmbedReport {
    /// Distinct pictures embedded by the network.
    pub embedded: usize,
    /// Images whose vector was cached, or computed for another image with the same content.
    pub cached: usize,
    /// Images whose picture could not be read, and why; ascending.
    pub failed: Vec<(usize, String)>,
    /// Total time.
    pub seconds: f64,
}

/// Computes the vector of every image with a readable picture.
///
/// Cached vectors are reused; if all are, the network is not even loaded. Each batch is cached as soon as it is
/// computed, so after a stop, a crash or a kill the next call resumes there. `observe` is called at least about twenty
/// times a second; on `Break` the call ends within a block of the network or the decoding of one picture.
///
/// # Errors
/// [`VisionError::Cancelled`] after a `Break`; otherwise if device, weights or cache cannot be used. An unreadable
/// picture is not an error: it is listed in the report and has no vector.
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
    let waiting: Vec<&Picture> = pictures.iter().filter(|picture| !cached.contains(&picture.hash)).collect();
    let (total, left) = (pictures.len(), waiting.len());
    let meter = EmbedMeter::new(total, left);
    let mut run = Run { cached, failed, observe, meter };
    run.compute(spec, device, &waiting)?;
    let table = table(dataset, spec, &pictures, &run.cached)?;
    let mut failed = run.failed;
    failed.sort();
    let embedded = run.meter.embedded();
    let cached = table.count().saturating_sub(embedded);
    Ok((table, EmbedReport { embedded, cached, failed, seconds: started.elapsed().as_secs_f64() }))
}

/// The vectors of every readable picture, if all of them are cached; computes none.
///
/// # Errors
/// If weights or cache cannot be read.
pub fn lookup(
    dataset: &Dataset,
    spec: &EncoderSpec,
    cache: &EmbeddingCache,
) -> Result<Option<VectorTable>, VisionError> {
    let key = spec.key()?;
    // Without any vector of this encoder, no picture needs to be read.
    if !cache.holds(key) {
        return Ok(None);
    }
    let (pictures, _) = pictures(dataset, cache, &mut |_| ControlFlow::Continue(()))?;
    let wanted = pictures.iter().map(|picture| picture.hash).collect();
    let cached = cache.vectors(key, spec.dim(), &wanted)?;
    let complete = !pictures.is_empty() && pictures.iter().all(|picture| cached.contains(&picture.hash));
    complete.then(|| table(dataset, spec, &pictures, &cached)).transpose()
}

/// A row for each image whose picture has a vector, in the order of the images rather than of computation.
fn table(
    dataset: &Dataset,
    spec: &EncoderSpec,
    pictures: &[Picture],
    cached: &CachedVectors,
) -> Result<VectorTable, VisionError> {
    let mut table = VectorTable::new(spec.name(), spec.dim(), dataset.images.len());
    let mut images: Vec<(usize, blake3::Hash)> = Vec::new();
    for picture in pictures {
        images.extend(picture.images.iter().map(|&image| (image, picture.hash)));
    }
    images.sort_by_key(|&(image, _)| image);
    cached.read(images, |image, vector| {
        Ok(table.set(image, vector).at(Path::new("scratch file of visual vectors"))?)
    })?;
    Ok(table)
}

/// One call of [`embed`].
struct Run<'a> {
    cached: CachedVectors,
    failed: Failures,
    observe: &'a mut dyn FnMut(EmbedProgress) -> ControlFlow<()>,
    meter: EmbedMeter,
}

impl Run<'_> {
    /// Embeds the pictures and caches their vectors.
    fn compute(&mut self, spec: &EncoderSpec, device: DeviceChoice, waiting: &[&Picture]) -> Result<(), VisionError> {
        if !waiting.is_empty() {
            self.progress()?;
            embed_pictures(spec, device, &Waiting(waiting), &mut |event| self.take(event, waiting))?;
        }
        self.cached.sync()?;
        self.progress()
    }

    fn take(&mut self, event: EmbedEvent, waiting: &[&Picture]) -> Result<(), VisionError> {
        match event {
            EmbedEvent::Waiting => {}
            EmbedEvent::Loaded => self.meter.start(),
            EmbedEvent::Rows(indices, rows) => {
                let hashes: Vec<blake3::Hash> = indices.iter().map(|&index| waiting[index].hash).collect();
                self.cached.insert(&hashes, &rows)?;
                self.meter.add(indices.len());
            }
            EmbedEvent::Failed(index, error) => {
                self.failed.extend(waiting[index].images.iter().map(|&image| (image, error.to_string())));
                self.meter.fail();
            }
            EmbedEvent::Broken(error) => return Err(error),
        }
        self.progress()
    }

    fn progress(&mut self) -> Result<(), VisionError> {
        match (self.observe)(self.meter.progress()) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(VisionError::Cancelled),
        }
    }
}
