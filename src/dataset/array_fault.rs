//! Faults of a file of arrays or vectors; [`DatasetError`] adds the path.

use std::io;
use std::path::Path;

use zip::result::ZipError;

use super::DatasetError;
use crate::base::FileError;

/// A fault of a file of arrays or vectors.
#[derive(Debug, thiserror::Error)]
pub enum ArrayFault {
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A damaged zip archive.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// Not of the format its name says.
    #[error("not {format}: {reason}")]
    NotA {
        /// The format, with its article.
        format: &'static str,
        /// Why it is not.
        reason: String,
    },
    /// It violates the format.
    #[error("{0}")]
    Malformed(&'static str),
    /// An unknown version of `.npy`.
    #[error("unsupported .npy version {0} (1 to 3 are supported)")]
    Version(u8),
    /// A shape that is not made of integers.
    #[error("its 'shape' ({0}) is not made of integers")]
    Shape(String),
    /// Not a matrix.
    #[error("{0} dimensions instead of the 2 of a matrix")]
    Dimensions(usize),
    /// Values of an unsupported type.
    #[error("{what} of type '{found}' instead of {wanted}")]
    Kind {
        /// The kind of values or items.
        what: &'static str,
        /// Their type, as the format names it.
        found: String,
        /// The supported types.
        wanted: &'static str,
    },
    /// Python objects.
    #[error(
        "an array of Python objects, which NumPy stores as a pickle, a program that is never run here (save it with \
         .astype(str) or .astype('float32'))"
    )]
    Pickle,
    /// A matrix without columns.
    #[error("its rows hold no numbers")]
    Empty,
    /// A shape whose size overflows.
    #[error("its shape is too large")]
    TooLarge,
    /// It extends past the end of the file.
    #[error("it extends past the end of the file")]
    Outside,
    /// Truncated data.
    #[error("truncated: {there} of {needed} bytes of {what}")]
    CutShort {
        /// The kind of values or items.
        what: &'static str,
        /// Bytes present.
        there: u64,
        /// Bytes expected.
        needed: u64,
    },
    /// Far more vectors than the data set can use.
    #[error("{rows} vectors for {images} images; at most {most} are read")]
    TooMany {
        /// Number of vectors.
        rows: usize,
        /// Number of images.
        images: usize,
        /// The limit that follows from that.
        most: usize,
    },
    /// The numbers of ids and of vectors differ.
    #[error("{ids} ids for {rows} vectors")]
    Ids {
        /// Number of ids.
        ids: usize,
        /// Number of vectors.
        rows: usize,
    },
    /// Ids that are not a JSON list of strings.
    #[error("its '{key}' are not a list of names: {source}")]
    Names {
        /// Their key.
        key: &'static str,
        /// The parse error.
        source: serde_json::Error,
    },
    /// No candidate for the vectors.
    #[error("no {0}")]
    Nothing(&'static str),
    /// An ambiguous choice.
    #[error("more than one {what}, and none is called '{wanted}': {names}")]
    Several {
        /// The kind of values or items.
        what: String,
        /// The name that would settle it.
        wanted: &'static str,
        /// Their names.
        names: String,
    },
    /// A fault of one of its parts.
    #[error("{part} '{name}': {source}")]
    Part {
        /// The kind of part.
        part: &'static str,
        /// Its name.
        name: String,
        /// The fault.
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
