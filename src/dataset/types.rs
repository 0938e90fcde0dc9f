//! The plain values all other rooms work with.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::ids::QueryId;
use super::metadata::Image;
use super::reach::Reach;
use super::statistics::TextStatistics;
use crate::base::{FileError, named, shown};

/// A judged grade: 0 is not relevant, 1 and above relevant. Negative grades (MediaEval's "can't tell", TREC's spam)
/// count as unjudged everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Relevance(pub i32);

impl Relevance {
    /// Grade 1 or above.
    pub fn is_relevant(self) -> bool {
        self.0 > 0
    }

    /// Grade 0 or above.
    pub fn is_judged(self) -> bool {
        self.0 >= 0
    }
}

/// The split a query belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// Weights are fitted on these.
    Train,
    /// Used for early stopping and model selection.
    Validation,
    /// Reported only.
    Test,
}

named!(Split, "split": Train = "train", Validation = "validation", Test = "test");

/// One image among those a text search returned for a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Index into [`Dataset::images`].
    pub image: usize,
    /// Rank in the search engine's list, from 1.
    pub rank: Option<u32>,
    /// One value per [`Dataset::feature_names`]; NaN if the files give none.
    pub features: Vec<f32>,
    /// Diversity clusters it belongs to (keys of [`Query::clusters`]).
    pub clusters: Vec<u32>,
}

/// One query and its candidates, by initial rank if there is one, else in file order.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Unique within the data set.
    pub id: QueryId,
    /// The search text.
    pub text: String,
    /// What counts as relevant, in words; empty if nothing says.
    pub narrative: String,
    /// Its split, if the files give one.
    pub split: Option<Split>,
    /// Location of the query's subject, in degrees.
    pub location: Option<(f64, f64)>,
    /// The images the text search returned; no image twice.
    pub candidates: Vec<Candidate>,
    /// Names of the diversity clusters by number; empty if there are none.
    pub clusters: BTreeMap<u32, String>,
}

/// Which format a data set was read from. The module of each format defines its constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format(&'static str);

impl Format {
    /// A format by the name shown in reports.
    pub(super) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name shown in reports.
    pub fn name(self) -> &'static str {
        self.0
    }
}

/// A set of visual vectors in the data set's files, read on demand by [`crate::dataset::read_vectors`].
#[derive(Clone, Debug, PartialEq)]
pub struct VectorSource {
    /// `CN3x3`, `HOG`, `PreLogits`, `embeddings`, …
    pub name: String,
    /// Dimension, where known before reading.
    pub dim: Option<usize>,
    /// The files that hold it.
    pub files: Vec<PathBuf>,
}

/// A whole data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// The folder's name, or the one given in its files.
    pub name: String,
    /// The folder it was read from.
    pub root: PathBuf,
    /// Its layout.
    pub format: Format,
    /// How far its files may lie from that folder.
    pub reach: Reach,
    /// Every image once.
    pub images: Vec<Image>,
    /// Every query once.
    pub queries: Vec<Query>,
    /// Names of the numeric columns in [`Candidate::features`] (heading without a trailing `_feature`).
    pub feature_names: Vec<String>,
    /// Visual vectors that come with the files.
    pub vectors: Vec<VectorSource>,
    /// How often words occur in the collection that the images are from, where that is more than the images.
    pub statistics: Option<Arc<TextStatistics>>,
}

impl Dataset {
    /// Position of a query by its name.
    pub fn query_index(&self, id: &str) -> Option<usize> {
        self.queries.iter().position(|query| query.id.as_str() == id)
    }

    /// Candidates of all queries together.
    pub fn candidate_count(&self) -> usize {
        self.queries.iter().map(|query| query.candidates.len()).sum()
    }
}

/// The kind of fault a [`Warning`] reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningKind {
    /// An image whose picture is missing.
    MissingPicture,
    /// A judgement for an image that is not a candidate of the query.
    OrphanLabel,
    /// A duplicate id; the first one counts.
    DuplicateId,
    /// A field that should be a number but is not.
    BadNumber,
    /// A row that could not be understood.
    BadRow,
    /// A file that could not be read.
    BadFile,
    /// Visual vectors of the wrong size, not finite, or missing for an image.
    BadVector,
    /// A missing part that the format calls for.
    Missing,
    /// Bytes that are not UTF-8; read as Windows-1252.
    StrayBytes,
    /// A link or a path that leads out of the data set's folder.
    Outside,
}

impl WarningKind {
    /// A short heading for reports.
    pub fn name(self) -> &'static str {
        match self {
            WarningKind::MissingPicture => "Missing picture",
            WarningKind::OrphanLabel => "Label without image",
            WarningKind::DuplicateId => "Duplicate id",
            WarningKind::BadNumber => "Bad number",
            WarningKind::BadRow => "Bad row",
            WarningKind::BadFile => "Unreadable file",
            WarningKind::BadVector => "Bad vector",
            WarningKind::Missing => "Missing part",
            WarningKind::StrayBytes => "Stray bytes",
            WarningKind::Outside => "Outside the folder",
        }
    }
}

/// One problem in the files of a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// Its kind.
    pub kind: WarningKind,
    /// A sentence that names the offending value.
    pub message: String,
    /// The file concerned.
    pub file: PathBuf,
    /// The line in it, from 1, where one is concerned.
    pub line: Option<usize>,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({}", self.kind.name(), self.message, shown(&self.file))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(")")
    }
}

/// Why a data set could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// No format's files were found.
    #[error("not a data set: {reason}: {}", shown(path))]
    Unrecognised {
        /// What is missing.
        reason: String,
        /// The folder or file that was given.
        path: PathBuf,
    },
    /// An essential file could not be read, or is malformed.
    #[error(transparent)]
    File(#[from] FileError),
}
