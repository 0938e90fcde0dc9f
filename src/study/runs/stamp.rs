//! Recognising runs that have not changed on disk.

use super::label;
use super::saved::{RECORD, SavedRun};
use crate::train::RunState;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// File systems count time in steps of up to so long: what changed more recently could change again without a sign.
const STEP: Duration = Duration::from_secs(3);

/// Length and time of change of a run's record and label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp([Option<(u64, SystemTime)>; 2]);

impl Stamp {
    /// Of the files in a run's folder, now.
    pub(super) fn of(folder: &Path) -> Self {
        let of = |name: &str| {
            fs::metadata(folder.join(name)).ok().and_then(|file| Some((file.len(), file.modified().ok()?)))
        };
        Self([RECORD, label::FILE].map(of))
    }

    /// The stamp, if a run that was read after this time is the same for as long as its stamp is.
    pub(super) fn settled(self, run: &SavedRun, read: SystemTime) -> Option<Self> {
        // One that did not finish also changes in other files.
        let is_complete = matches!(run.record.state, RunState::Finished | RunState::EarlyStopped);
        let is_old = |(_, time): &(u64, SystemTime)| read.duration_since(*time).is_ok_and(|age| age > STEP);
        (is_complete && self.0[0].is_some() && self.0.iter().flatten().all(is_old)).then_some(self)
    }
}
