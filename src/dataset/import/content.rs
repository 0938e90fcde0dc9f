//! Results of the format readers.

use std::collections::HashMap;
use std::fs::File;

use super::numbers::Numbers;
use super::parquet;

/// The location of a file's rows.
pub(super) enum Content {
    /// One matrix.
    Matrix(File, Numbers),
    /// One vector per entry, of any length.
    Each(File, Vec<Numbers>),
    /// A column of vectors.
    Lists(parquet::Lists),
}

/// The result of a format reader.
pub(super) struct Found {
    pub(super) content: Content,
    pub(super) rows: usize,
    pub(super) dim: usize,
    pub(super) ids: Option<Vec<String>>,
    pub(super) metadata: HashMap<String, String>,
}
