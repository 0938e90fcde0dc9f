//! Errors about whitenings.

use crate::base::{FileError, size_text};
use safetensors::SafeTensorError;

/// Why a whitening cannot be learned, written or read.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// Not a safetensors file, or a damaged one.
    #[error(transparent)]
    Tensors(#[from] SafeTensorError),
    /// The header lacks a key.
    #[error("no {0} in the header")]
    NoSettings(&'static str),
    /// Settings that cannot be written or read.
    #[error("{key}: {source}")]
    Settings {
        /// Their key in the header.
        key: &'static str,
        /// The JSON error.
        source: serde_json::Error,
    },
    /// A part with invalid numbers.
    #[error("{0} does not hold finite 32-bit numbers")]
    Numbers(&'static str),
    /// Parts of different sizes.
    #[error("the sizes of the parts do not match")]
    Sizes,
    /// Nothing to learn from.
    #[error("there are too few different vectors to learn a whitening from")]
    TooFewVectors,
    /// Vectors too wide to learn from: it would take more memory than is credible.
    #[error("vectors of {dim} numbers are too wide to be whitened: {} would be needed", size_text(*needed))]
    TooWide {
        /// Numbers per vector.
        dim: usize,
        /// Bytes needed.
        needed: u64,
    },
    /// The decomposition failed, which it does not for finite numbers.
    #[error("the principal components of the vectors cannot be computed")]
    Decomposition,
    /// The observer asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// A table too large for the memory, on a disk that fails.
    #[error(transparent)]
    Scratch(#[from] FileError),
}

impl GraphError {
    /// Whether the observer asked to stop, rather than anything failing.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }
}
