//! Errors about networks.

use crate::base::FileError;

/// Why a network could not be made, run, written or read.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// An invalid configuration.
    #[error("not a network: {0}")]
    Config(String),
    /// A query that does not match the network or is inconsistent.
    #[error("query {query}: {message}")]
    Input {
        /// The query's index in the data set.
        query: usize,
        /// The mismatch.
        message: String,
    },
    /// Visual vectors that could not be read back.
    #[error("{0}: the scratch file of visual vectors")]
    Scratch(std::io::Error),
    /// Whoever asked for it wants it no longer.
    #[error("cancelled")]
    Cancelled,
    /// A tensor operation failed.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
    /// A checkpoint that could not be read or written, or is not one of our networks.
    #[error(transparent)]
    File(#[from] FileError),
}
