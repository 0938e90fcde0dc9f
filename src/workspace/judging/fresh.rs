//! What has become of a list since it was made: it stays as it is, but what is new is counted.

use crate::jobs::{Event, Slot, Wake};
use crate::judge::queues::Queue as Made;
use std::time::{Duration, Instant};

/// The least time between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// A look takes at most this share of the time.
const SHARE: u32 = 10;

/// What a list is made from, as versions of the labels and of the rankings.
pub(super) type Version = (u64, u64);

/// The list as it would be made now.
#[derive(Default)]
pub(super) struct Fresh {
    /// What the list, or the last look, was made from.
    of: Option<Version>,
    making: Slot<(), Made>,
    began: Option<Instant>,
    took: Duration,
    made: Option<(usize, Made)>,
}

impl Fresh {
    /// Starts again for a list that was just made.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// How many images are new.
    pub fn new_images(&self) -> usize {
        self.made.as_ref().map_or(0, |(count, _)| *count)
    }

    /// The list as it would be made now, if images are new.
    pub fn take(&mut self) -> Option<Made> {
        self.made.take().map(|(_, made)| made)
    }

    /// Whether it is time to look again.
    pub fn is_due(&mut self, version: Version) -> bool {
        // The first call is for the list itself.
        let of = *self.of.get_or_insert(version);
        let pause = PAUSE.max(self.took * SHARE);
        of != version && !self.making.is_running() && self.began.is_none_or(|began| began.elapsed() >= pause)
    }

    /// Makes the list in a thread of its own.
    pub fn look(&mut self, version: Version, wake: Wake, make: impl FnOnce() -> Made + Send + 'static) {
        self.of = Some(version);
        self.began = Some(Instant::now());
        self.making.start("new images", wake, move |worker| {
            worker.stage("Looking for new images", 0, 0)?;
            Ok(make())
        });
    }

    /// Takes in a list that was made; whether there is one.
    pub fn poll(&mut self, count: impl Fn(&Made) -> usize) -> bool {
        let mut changed = false;
        while let Some(event) = self.making.poll() {
            if let Event::Done(made) = event {
                self.took = self.began.map_or(PAUSE, |began| began.elapsed());
                self.made = Some((count(&made), made)).filter(|(count, _)| *count > 0);
                changed = true;
            }
        }
        changed
    }
}
