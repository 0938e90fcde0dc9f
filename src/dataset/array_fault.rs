//! What can be wrong within a file of arrays or vectors; [`DatasetError`] adds the path.

use std::io;
use std::path::Path;

use zip::result::ZipError;

use super::DatasetError;
use crate::base::FileError;

/// What is wrong with a file of arrays or vectors.
#[derive(Debug, thiserror::Error)]
pub enum ArrayFault {
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A damaged zip archive.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// Another format than its name says.
    #[error("not {format}: {reason}")]
    NotA {
        /// The format, with its article.
        format: &'static str,
        /// Why it is none.
        reason: String,
    },
    /// Something that goes against the format.
    #[error("{0}")]
    Malformed(&'static str),
    /// A version of `.npy` to come.
    #[error("version {0} of .npy, where 1 to 3 are known")]
    Version(u8),
    /// A shape of something other than whole numbers.
    #[error("its 'shape' ({0}) is not made of whole numbers")]
    Shape(String),
    /// Something other than a matrix.
    #[error("{0} dimensions, where a matrix has 2")]
    Dimensions(usize),
    /// Another kind of values than is read here.
    #[error("{what} of kind '{found}', where {wanted} are asked for")]
    Kind {
        /// What they are.
        what: &'static str,
        /// Their kind, as the format calls it.
        found: String,
        /// The kinds that are read.
        wanted: &'static str,
    },
    /// Python objects.
    #[error(
        "an array of Python objects, which NumPy stores as a pickle: a program that is never run here (save it with \
         .astype(str) or .astype('float32'))"
    )]
    Pickle,
    /// A matrix without columns.
    #[error("its rows hold no numbers")]
    Empty,
    /// More numbers than can be counted.
    #[error("its shape is too large")]
    TooLarge,
    /// It ends behind the file's end.
    #[error("it lies outside the file")]
    Outside,
    /// Fewer bytes than it takes.
    #[error("cut short: {there} of {needed} bytes of {what}")]
    CutShort {
        /// What they are.
        what: &'static str,
        /// Bytes that are there.
        there: u64,
        /// Bytes that it takes.
        needed: u64,
    },
    /// Another number of ids than of vectors.
    #[error("{ids} ids for {rows} vectors")]
    Ids {
        /// How many ids.
        ids: usize,
        /// How many vectors.
        rows: usize,
    },
    /// Ids that are no JSON list of texts.
    #[error("its '{key}' are not a list of names: {source}")]
    Names {
        /// Where they stand.
        key: &'static str,
        /// What is wrong with them.
        source: serde_json::Error,
    },
    /// Nothing that could be meant.
    #[error("no {0}")]
    Nothing(&'static str),
    /// Several that could be meant.
    #[error("more than one {what}, and none is called '{wanted}': {names}")]
    Several {
        /// What they are.
        what: String,
        /// What one of them should be called.
        wanted: &'static str,
        /// What they are called.
        names: String,
    },
    /// Something is wrong with a part of it.
    #[error("{part} '{name}': {source}")]
    Part {
        /// What it is.
        part: &'static str,
        /// What it is called.
        name: String,
        /// What is wrong with it.
        source: Box<ArrayFault>,
    },
}

impl ArrayFault {
    /// For `map_err`: adds the part of the file that it is about.
    pub(super) fn within(part: &'static str, name: &str) -> impl Fn(Self) -> Self {
        move |fault| Self::Part { part, name: name.to_owned(), source: Box::new(fault) }
    }

    /// Adds the path.
    pub(super) fn at(self, path: &Path) -> DatasetError {
        match self {
            Self::Io(source) => FileError::io(source, path).into(),
            other => FileError::malformed(other, path).into(),
        }
    }
}
