//! What a folder of pictures holds, listed without opening a picture.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::dataset::{Reach, Warning};

/// A file below the pictures' folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its path below the folder, separated by `/`.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When it was last modified, in nanoseconds since 1970-01-01 UTC.
    pub modified: i64,
}

/// The kind of a file that speaks of many pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    /// CSV, TSV or the like.
    Delimited,
    /// A JSON object a line.
    JsonLines,
    /// Parquet.
    Parquet,
    /// JSON: COCO's annotations, or a list of objects.
    Json,
    /// A HTML page.
    Page,
    /// A list of links, one a line.
    Links,
}

/// A file that speaks of many pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The file.
    pub file: Listed,
    /// How it is read.
    pub kind: TableKind,
}

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// The folder.
    pub root: PathBuf,
    /// How far its files may lie from it.
    pub reach: Reach,
    /// Pictures that can be read, sorted by path.
    pub pictures: Vec<Listed>,
    /// Files that each speak of the picture beside them, sorted by path.
    pub sidecars: Vec<Listed>,
    /// Files that speak of many pictures, sorted by path.
    pub tables: Vec<Table>,
    /// Shards: archives of pictures that are read without being unpacked, sorted by path.
    pub shards: Vec<Listed>,
    /// Files that could hold pictures but are not read, counted by kind: `HEIC`, `camera raw`, `video`, `archive`, ….
    pub unread: BTreeMap<String, usize>,
    /// Number of all other files.
    pub others: usize,
    /// Folders that could not be read or lie too deep: what is known of their pictures still holds.
    pub missed: Vec<String>,
    /// Problems on the way.
    pub warnings: Vec<Warning>,
    /// Pairs of a picture and a sidecar, by index, sorted.
    pub(super) beside: Vec<(u32, u32)>,
}

impl Listing {
    /// The sidecars of a picture by its index in [`Listing::pictures`].
    pub fn beside(&self, picture: usize) -> impl Iterator<Item = &Listed> {
        let from = self.beside.partition_point(|&(of, _)| (of as usize) < picture);
        let pairs = self.beside[from..].iter().take_while(move |&&(of, _)| of as usize == picture);
        pairs.filter_map(|&(_, sidecar)| self.sidecars.get(sidecar as usize))
    }

    /// The index of a picture by its path.
    pub fn position(&self, path: &str) -> Option<usize> {
        self.pictures.binary_search_by(|picture| picture.path.as_str().cmp(path)).ok()
    }

    /// Whether a path lies in a folder that could not be read, so that nothing is known about it.
    pub fn is_missed(&self, path: &str) -> bool {
        let lies_in = |folder: &String| {
            folder.is_empty() || path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        self.missed.iter().any(lies_in)
    }
}
