//! Labels that were counted, and the data set with labels of another kind.

use crate::dataset::Judgements;
use crate::judge::Counting;
use crate::train::RunData;

/// Judgements that count, and what they were made of.
pub(super) struct Counted {
    pub judgements: Judgements,
    /// [`Judges::version`](crate::judge::Judges::version) of the labels.
    pub version: u64,
}

/// The open data set with the labels of a run, which are made when they are asked for.
pub(in crate::workspace) struct Labelled {
    pub data: RunData,
    /// Labels that are not those that count, and the files'.
    pub counting: Option<(Counting, Judgements)>,
}

impl Labelled {
    /// The data; may take a while.
    pub fn data(&self) -> RunData {
        match &self.counting {
            Some((counting, files)) => self.data.with_judgements(counting.judgements(&self.data.dataset, files)),
            None => self.data.clone(),
        }
    }
}

/// What is new on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Lines of a journal.
    Lines,
    /// The protocol.
    Protocol,
}
