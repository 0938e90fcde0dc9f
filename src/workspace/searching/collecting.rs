//! Making and updating collections in the background, and taking up what came of it.

use super::collect::{self, Wanted};
use super::task::{Purpose, Task};
use super::{Collected, Step};
use crate::index::Mapping;
use crate::jobs::{Event, JobError};
use crate::workspace::{Message, Offer, Workspace};
use std::path::{Path, PathBuf};

/// Problems that are told one by one.
const PROBLEMS: usize = 3;

/// What has changed before an update.
pub(super) enum Change {
    None,
    /// Most pictures are gone, for good.
    WithoutMissing,
    /// The pictures have moved to this folder.
    Folder(PathBuf),
    /// What the columns of tables mean.
    Columns(Mapping),
}

/// What came of collecting, as messages.
fn report(collected: &Collected) -> Vec<Message> {
    let mut messages = vec![Message::notice(collected.summary.clone())];
    messages.extend(collected.warnings.iter().take(PROBLEMS).map(|warning| Message::warning(warning.to_string())));
    let more = collected.warnings.len().saturating_sub(PROBLEMS);
    if more > 0 {
        messages.push(Message::warning(format!("{more} more problems in the files of the pictures.")));
    }
    messages
}

impl Workspace {
    pub(super) fn collect(&mut self, wanted: Wanted, purpose: Purpose) {
        if self.searching.is_collecting() {
            return self.tell(Message::warning("A collection is being made already."));
        }
        (self.searching.has_words, self.searching.computing) = (false, None);
        self.searching.task = Task { purpose, openings: self.openings, ..Task::default() };
        self.searching.collecting.start("collect", self.wake(), move |worker| collect::collect(&wanted, worker));
    }

    /// Looks again at the pictures of the open collection.
    pub(super) fn update_collection(&mut self, change: Change) {
        let Some(open) = &self.searching.open else { return };
        let has_vectors = open.vectors.is_some();
        // Other words leave the looks as they are.
        let wants_vectors = match change {
            Change::None | Change::WithoutMissing => true,
            Change::Folder(_) => has_vectors,
            Change::Columns(_) => false,
        };
        let mut wanted = Wanted {
            pictures: open.collection.pictures().to_owned(),
            folder: open.collection.folder().to_owned(),
            follow: open.collection.manifest().follow,
            encoder: wants_vectors.then(|| self.settings.encoder.clone()),
            ..Wanted::default()
        };
        match change {
            Change::None => {}
            Change::WithoutMissing => wanted.without_missing = true,
            Change::Folder(pictures) => (wanted.relink, wanted.pictures) = (true, pictures),
            Change::Columns(mapping) => wanted.mapping = Some(mapping),
        }
        self.collect(wanted, Purpose::Update);
    }

    /// Notes that the job is now one that computes vectors of the open collection; words that were written before are still
    /// taken up.
    pub(super) fn begin_computing(&mut self) {
        let written = self.searching.task.written.take();
        self.searching.task = Task { purpose: Purpose::Vectors, openings: self.openings, written, ..Task::default() };
    }

    pub(super) fn poll_collecting(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.searching.collecting.poll() {
            changed = true;
            match event {
                Event::Update(Step::Readable(folder)) => self.words_are_written(folder),
                Event::Update(Step::Encoders(folder, encoders)) => self.take_encoders(&folder, encoders),
                Event::Update(Step::Missing) => self.searching.task.is_missing = true,
                Event::Done(collected) => {
                    let written = self.searching.task.written.take();
                    self.searching.report = report(&collected);
                    let shown = if collected.is_shown { Some(collected.folder) } else { written };
                    self.take_up_written(shown);
                }
                Event::Failed(error) => {
                    let is_cancelled = error == JobError::Cancelled;
                    self.searching.report = vec![self.failure(error)];
                    // What was read before it was stopped is there as well.
                    let own = (is_cancelled && self.searching.task.purpose == Purpose::Update)
                        .then(|| self.searching.open.as_ref().map(|open| open.collection.folder().to_owned()));
                    let written = self.searching.task.written.take().or(own.flatten());
                    self.take_up_written(written);
                }
                Event::Progress(_) => {}
            }
        }
        if let Some(folder) = self.searching.due.take_if(|_| !self.training.is_running()) {
            changed = true;
            if self.is_open_collection(&folder) {
                self.take_up_collection(&folder);
            }
        }
        changed
    }

    /// The words of a collection can be searched, and vectors follow.
    fn words_are_written(&mut self, folder: PathBuf) {
        self.searching.has_words = true;
        self.searching.task.written = Some(folder.clone());
        if self.is_open_collection(&folder) {
            return;
        }
        // Who has opened something else meanwhile is not taken away from it.
        let is_other = self.openings != self.searching.task.openings || self.loading.is_running();
        if is_other || self.training.is_running() {
            return self.offer(&folder);
        }
        self.searching.task.is_opened = true;
        self.open_with(folder);
    }

    /// Takes up what was written to a collection if it is open, or being opened for that; then tells what came of the job.
    fn take_up_written(&mut self, folder: Option<PathBuf>) {
        let task = &self.searching.task;
        let is_opening = task.is_opened && self.openings == task.openings && self.loading.is_running();
        match folder {
            Some(folder) if self.is_open_collection(&folder) || is_opening => {
                if self.training.is_running() {
                    self.searching.due = Some(folder);
                } else if self.take_up_collection(&folder) {
                    return;
                }
            }
            _ => {}
        }
        self.tell_report();
    }

    fn offer(&mut self, folder: &Path) {
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
        let text = format!("The collection “{name}” can be searched.");
        self.tell(Message::notice(text).offering(Offer::Open(folder.to_owned())));
    }

    /// What to say of a job that did not come to its end.
    fn failure(&self, error: JobError) -> Message {
        let (task, has_words) = (&self.searching.task, self.searching.has_words);
        if error == JobError::Cancelled {
            return Message::notice(match task.purpose {
                Purpose::Vectors => {
                    "Computing vectors was cancelled; those that are there stay, and the next time goes on from there."
                }
                Purpose::Make | Purpose::Update => {
                    "Collecting was cancelled; what was read stays, and the next time goes on from there."
                }
            });
        }
        let message = Message::warning(match task.purpose {
            Purpose::Vectors => format!("Could not compute the vectors: {error}"),
            _ if has_words => format!("The words are there, but the vectors could not be computed: {error}"),
            Purpose::Make => format!("Could not make the collection: {error}"),
            Purpose::Update => format!("Could not update the collection: {error}"),
        });
        match task.is_missing && task.purpose == Purpose::Update {
            true => message.offering(Offer::RemoveMissing),
            false => message,
        }
    }

    /// Tells what came of collecting. Opening a data set takes away what was told before.
    pub(in crate::workspace) fn tell_report(&mut self) {
        std::mem::take(&mut self.searching.report).into_iter().for_each(|message| self.tell(message));
    }
}
