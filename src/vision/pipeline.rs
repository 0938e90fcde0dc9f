//! Picture files to vectors on several threads.
//!
//! On the CPU every thread takes a few pictures, decodes them and runs the network on them, independently of the
//! others: no queue, no batch held up by its slowest picture, and only a few pictures per thread in memory. A graphics
//! card gets its batches from threads that decode ahead of it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use super::decode::decode_for;
use super::{DeviceChoice, Encoder, EncoderSpec, NetworkInput, Preprocess, VisionError};

/// Capacity of the event queue.
const QUEUE: usize = 64;
/// Capacity of the queue of decoded pictures for a graphics card; each takes 0.6 MB.
const AHEAD: usize = 128;
/// Interval at which the caller is called while nothing happens.
const PATIENCE: Duration = Duration::from_millis(50);

/// Pictures to embed, wherever their bytes are. They are read on several threads.
pub trait PictureSource: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// The content of the picture at this index, and the path to name it by.
    ///
    /// # Errors
    /// If it cannot be read; that costs only this picture.
    fn read(&self, index: usize) -> Result<(Vec<u8>, PathBuf), VisionError>;
}

/// What happens while pictures are embedded.
pub enum EmbedEvent {
    /// Nothing happened for a while.
    Waiting,
    /// The network is loaded.
    Loaded,
    /// The vectors of these pictures, row by row.
    Rows(Vec<usize>, Vec<f32>),
    /// A picture cannot be read.
    Failed(usize, VisionError),
    /// The network cannot be used.
    Broken(VisionError),
}

/// State shared by all threads.
struct Work<'a> {
    pictures: &'a dyn PictureSource,
    preprocess: &'a Preprocess,
    next: AtomicUsize,
    stop: AtomicBool,
    threads: usize,
}

/// Embeds pictures. `each` receives the events on this thread; its error ends the work within a block of the network
/// and is returned.
///
/// # Errors
/// That of `each`.
pub fn embed_pictures(
    spec: &EncoderSpec,
    device: DeviceChoice,
    pictures: &dyn PictureSource,
    each: &mut dyn FnMut(EmbedEvent) -> Result<(), VisionError>,
) -> Result<(), VisionError> {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get()).min(pictures.count());
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = Work { pictures, preprocess: &spec.preprocess, next, stop, threads };
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(QUEUE);
        let work = &work;
        scope.spawn(move || {
            if let Err(error) = work.lead(spec, device, &sender) {
                // After a stop the receiver is gone.
                let _ = sender.send(EmbedEvent::Broken(error));
            }
        });
        let result = loop {
            let event = match receiver.recv_timeout(PATIENCE) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => EmbedEvent::Waiting,
                Err(RecvTimeoutError::Disconnected) => break Ok(()),
            };
            if let Err(error) = each(event) {
                break Err(error);
            }
        };
        work.stop.store(true, Ordering::Relaxed);
        // Threads waiting for room in the queue see the receiver go.
        drop(receiver);
        result
    })
}

impl Work<'_> {
    fn keep_going(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    /// Loads the network and starts the threads.
    fn lead(
        &self,
        spec: &EncoderSpec,
        device: DeviceChoice,
        sender: &SyncSender<EmbedEvent>,
    ) -> Result<(), VisionError> {
        let encoder = Encoder::load_while(spec, device, &|| self.keep_going())?;
        if sender.send(EmbedEvent::Loaded).is_err() {
            return Ok(());
        }
        match encoder.group() {
            Some(group) => std::thread::scope(|scope| {
                let lane = || self.lane(&encoder, group, sender);
                let lanes: Vec<_> = (0..self.threads).map(|_| scope.spawn(lane)).collect();
                let end = |lane: std::thread::ScopedJoinHandle<'_, _>| {
                    lane.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                };
                lanes.into_iter().map(end).collect::<Vec<_>>().into_iter().collect()
            }),
            None => self.batches(&encoder, sender),
        }
    }

    /// One thread that decodes and computes a few pictures at a time.
    fn lane(&self, encoder: &Encoder, group: usize, sender: &SyncSender<EmbedEvent>) -> Result<(), VisionError> {
        while self.keep_going() {
            // Smaller shares towards the end, so that the threads end together.
            let share = |next: usize| {
                let left = self.pictures.count().saturating_sub(next);
                left.div_ceil(2 * self.threads).min(group)
            };
            let taken = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| Some(next + share(next)));
            let from = taken.unwrap_or_else(|next| next);
            let (mut indices, mut inputs) = (Vec::new(), Vec::new());
            for index in from..from + share(from) {
                match self.prepare(index) {
                    Ok(input) => {
                        indices.push(index);
                        inputs.push(input);
                    }
                    Err(error) => self.send(sender, EmbedEvent::Failed(index, error)),
                }
                if !self.keep_going() {
                    return Ok(());
                }
            }
            if from >= self.pictures.count() {
                return Ok(());
            }
            if !inputs.is_empty() {
                self.embed(encoder, indices, &inputs, sender)?;
            }
        }
        Ok(())
    }

    /// Decodes on several threads and passes whole batches to the device on this one.
    fn batches(&self, encoder: &Encoder, sender: &SyncSender<EmbedEvent>) -> Result<(), VisionError> {
        std::thread::scope(|scope| {
            let (prepared, waiting) = sync_channel(AHEAD);
            for _ in 0..self.threads {
                let prepared = prepared.clone();
                scope.spawn(move || {
                    while self.keep_going() {
                        let index = self.next.fetch_add(1, Ordering::Relaxed);
                        if index >= self.pictures.count() {
                            return;
                        }
                        match self.prepare(index) {
                            Ok(input) => {
                                if prepared.send((index, input)).is_err() {
                                    return;
                                }
                            }
                            Err(error) => self.send(sender, EmbedEvent::Failed(index, error)),
                        }
                    }
                });
            }
            drop(prepared);
            loop {
                let (indices, inputs): (Vec<usize>, Vec<NetworkInput>) =
                    waiting.iter().take(encoder.batch_size()).unzip();
                if inputs.is_empty() || !self.keep_going() {
                    return Ok(());
                }
                self.embed(encoder, indices, &inputs, sender)?;
            }
        })
    }

    fn embed(
        &self,
        encoder: &Encoder,
        indices: Vec<usize>,
        inputs: &[NetworkInput],
        sender: &SyncSender<EmbedEvent>,
    ) -> Result<(), VisionError> {
        match encoder.embed_here(inputs, &|| self.keep_going()) {
            Ok(rows) => self.send(sender, EmbedEvent::Rows(indices, rows)),
            Err(VisionError::Cancelled) => {}
            Err(error) => {
                self.stop.store(true, Ordering::Relaxed);
                return Err(error);
            }
        }
        Ok(())
    }

    fn send(&self, sender: &SyncSender<EmbedEvent>, event: EmbedEvent) {
        if sender.send(event).is_err() {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn prepare(&self, index: usize) -> Result<NetworkInput, VisionError> {
        let (bytes, path) = self.pictures.read(index)?;
        self.preprocess.apply(&decode_for(&bytes, &path, self.preprocess.resize)?)
    }
}
