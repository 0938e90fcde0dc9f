//! What the job that works on collections does.

use std::path::PathBuf;

/// What a job does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Makes a collection.
    #[default]
    Make,
    /// Brings the open collection up to its pictures.
    Update,
    /// Computes vectors.
    Vectors,
}

/// The job that is running, or ran last.
#[derive(Default)]
pub(super) struct Task {
    pub(super) purpose: Purpose,
    /// How often something had been opened when it began, or when its collection was opened.
    pub(super) openings: u64,
    /// The collection whose words were written, until they are taken up.
    pub(super) written: Option<PathBuf>,
    /// Whether that was opened for it.
    pub(super) is_opened: bool,
    /// Whether most pictures are gone.
    pub(super) is_missing: bool,
}
