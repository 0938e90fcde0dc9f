//! Picture files to vectors on several threads.
//!
//! On the CPU every thread takes a few pictures, decodes them and runs the network on them, independently of the
//! others: no queue, no batch held up by its slowest picture, and only a few pictures per thread in memory. A graphics
//! card gets its batches from threads that decode ahead of it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use super::decode::{decode_for, read_picture};
use super::source::Picture;
use super::{DeviceChoice, Encoder, EncoderSpec, NetworkInput, Preprocess, VisionError};

/// Capacity of the event queue.
const QUEUE: usize = 64;
/// Capacity of the queue of decoded pictures for a graphics card; each takes 0.6 MB.
const AHEAD: usize = 128;
/// Interval at which the caller is called while nothing happens.
const PATIENCE: Duration = Duration::from_millis(50);

/// An event from the threads.
pub(super) enum Event {
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
    pictures: &'a [&'a Picture],
    preprocess: &'a Preprocess,
    next: AtomicUsize,
    stop: AtomicBool,
    threads: usize,
}

/// Embeds pictures. `each` receives the events on this thread; its error ends the work within a block of the network
/// and is returned.
pub(super) fn run(
    spec: &EncoderSpec,
    device: DeviceChoice,
    pictures: &[&Picture],
    each: &mut dyn FnMut(Event) -> Result<(), VisionError>,
) -> Result<(), VisionError> {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get()).min(pictures.len());
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = Work { pictures, preprocess: &spec.preprocess, next, stop, threads };
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(QUEUE);
        let work = &work;
        scope.spawn(move || {
            if let Err(error) = work.lead(spec, device, &sender) {
                // After a stop the receiver is gone.
                let _ = sender.send(Event::Broken(error));
            }
        });
        let result = loop {
            let event = match receiver.recv_timeout(PATIENCE) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => Event::Waiting,
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
    fn lead(&self, spec: &EncoderSpec, device: DeviceChoice, sender: &SyncSender<Event>) -> Result<(), VisionError> {
        let encoder = Encoder::load_while(spec, device, &|| self.keep_going())?;
        if sender.send(Event::Loaded).is_err() {
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
    fn lane(&self, encoder: &Encoder, group: usize, sender: &SyncSender<Event>) -> Result<(), VisionError> {
        while self.keep_going() {
            // Smaller shares towards the end, so that the threads end together.
            let share = |next: usize| {
                let left = self.pictures.len().saturating_sub(next);
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
                    Err(error) => self.send(sender, Event::Failed(index, error)),
                }
                if !self.keep_going() {
                    return Ok(());
                }
            }
            if from >= self.pictures.len() {
                return Ok(());
            }
            if !inputs.is_empty() {
                self.embed(encoder, indices, &inputs, sender)?;
            }
        }
        Ok(())
    }

    /// Decodes on several threads and passes whole batches to the device on this one.
    fn batches(&self, encoder: &Encoder, sender: &SyncSender<Event>) -> Result<(), VisionError> {
        std::thread::scope(|scope| {
            let (prepared, waiting) = sync_channel(AHEAD);
            for _ in 0..self.threads {
                let prepared = prepared.clone();
                scope.spawn(move || {
                    while self.keep_going() {
                        let index = self.next.fetch_add(1, Ordering::Relaxed);
                        if index >= self.pictures.len() {
                            return;
                        }
                        match self.prepare(index) {
                            Ok(input) => {
                                if prepared.send((index, input)).is_err() {
                                    return;
                                }
                            }
                            Err(error) => self.send(sender, Event::Failed(index, error)),
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
        sender: &SyncSender<Event>,
    ) -> Result<(), VisionError> {
        match encoder.embed_here(inputs, &|| self.keep_going()) {
            Ok(rows) => self.send(sender, Event::Rows(indices, rows)),
            Err(VisionError::Cancelled) => {}
            Err(error) => {
                self.stop.store(true, Ordering::Relaxed);
                return Err(error);
            }
        }
        Ok(())
    }

    fn send(&self, sender: &SyncSender<Event>, event: Event) {
        if sender.send(event).is_err() {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn prepare(&self, index: usize) -> Result<NetworkInput, VisionError> {
        let picture = self.pictures[index];
        let bytes = read_picture(&picture.path)?;
        // A vector must never be cached under the hash of other content.
        if blake3::hash(&bytes) != picture.hash {
            let message = "the file changed while it was being read".to_string();
            return Err(VisionError::Picture { message, path: picture.path.clone() });
        }
        self.preprocess.apply(&decode_for(&bytes, &picture.path, self.preprocess.resize)?)
    }
}
