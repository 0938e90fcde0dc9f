//! What a format's reader finds in a file.

use std::collections::HashMap;
use std::fs::File;

use super::numbers::Numbers;
use super::parquet;

/// Where the rows of a file lie.
pub(super) enum Content {
    /// One matrix.
    Matrix(File, Numbers),
    /// A vector each, of whatever length.
    Each(File, Vec<Numbers>),
    /// A column of vectors.
    Lists(parquet::Lists),
}

/// What a format's reader finds.
pub(super) struct Found {
    pub(super) content: Content,
    pub(super) rows: usize,
    pub(super) dim: usize,
    pub(super) ids: Option<Vec<String>>,
    pub(super) metadata: HashMap<String, String>,
}
