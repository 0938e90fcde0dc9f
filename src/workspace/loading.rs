//! Opening a data set as a job.

mod apply;

pub(super) use apply::measure;

use super::looks::Looks;
use super::searching::{AtHand, OpenCollection};
use super::session::Baselines;
use crate::base::Progress;
use crate::dataset::{Dataset, Reach, Summary, VectorTable, Warning};
use crate::jobs::Slot;
use crate::signals::Statistics;
use crate::train::{self};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A data set ready to be shown.
pub(super) struct Measured {
    path: PathBuf,
    opened: train::Opened,
    summary: Summary,
    statistics: Vec<Statistics>,
    baselines: Baselines,
}

/// What was found where a data set was to be opened.
pub(super) enum Found {
    DataSet(Box<Measured>),
    /// Pictures without queries.
    Pictures(BareFolder),
    /// A collection and its queries.
    Collection(Box<OpenedCollection>),
    /// Nothing that could be shown, and why.
    Nothing(String),
}

/// A collection that was opened, and its data set.
pub(super) struct OpenedCollection {
    pub(super) open: OpenCollection,
    pub(super) at_hand: Option<AtHand>,
    pub(super) measured: Measured,
    /// The images of the query at hand, compared, if they are few.
    pub(super) looks: Option<Looks>,
}

/// A folder of pictures without queries: it becomes a data set with the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BareFolder {
    /// The folder.
    pub path: PathBuf,
    /// How many pictures there are.
    pub pictures: usize,
    pub(super) reach: Reach,
}

/// A data set with one more file of vectors.
pub(super) struct Added {
    pub dataset: Arc<Dataset>,
    pub summary: Summary,
    pub file: PathBuf,
    /// Of which opening of the data set.
    pub generation: u64,
}

/// Visual vectors that a job has read.
pub(super) struct VectorsRead {
    pub names: Vec<String>,
    pub table: VectorTable,
    pub warnings: Vec<Warning>,
    /// The data set with a file that was added to it.
    pub added: Option<Added>,
}

/// The data set being opened, or the vectors being read.
#[derive(Default)]
pub struct LoadingState {
    opening: Slot<(), Found>,
    bare: Option<BareFolder>,
    /// The first query of such a folder being saved.
    beginning: Slot<(), (PathBuf, String)>,
    pub(super) vectors: Slot<(), VectorsRead>,
    path: PathBuf,
    /// When that began, in milliseconds since 1970-01-01 UTC.
    began: i64,
    pub(super) wanted_query: Option<String>,
    pub(super) pending: Option<Vec<String>>,
}

impl LoadingState {
    /// Whether a data set or its vectors are being read.
    pub fn is_running(&self) -> bool {
        self.opening.is_running() || self.vectors.is_running() || self.beginning.is_running()
    }

    /// The folder that was to be opened, if it only lacks a query.
    pub fn bare(&self) -> Option<&BareFolder> {
        self.bare.as_ref()
    }

    /// The visual vectors being read, by their sources' names.
    pub fn pending_vectors(&self) -> Option<&[String]> {
        self.pending.as_deref().filter(|_| self.vectors.is_running())
    }

    /// What is being opened, and its progress.
    pub fn progress(&self) -> Option<(&Path, &Progress)> {
        let progress = self.opening.progress().or(self.vectors.progress())?;
        Some((&self.path, progress))
    }

    /// Abandons what is being read, immediately.
    pub(super) fn cancel(&mut self) {
        self.retire();
    }

    pub(super) fn retire(&mut self) {
        self.bare = None;
        self.beginning.retire();
        self.opening.retire();
        self.vectors.retire();
    }
}
