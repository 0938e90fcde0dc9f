//! What can go wrong with a network.

use crate::base::FileError;

/// Why a network could not be made, run, written or read.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A configuration that describes no network.
    #[error("not a network: {0}")]
    Config(String),
    /// A query that does not fit the network, or not itself.
    #[error("query {query}: {message}")]
    Input {
        /// The query's index in the data set.
        query: usize,
        /// What does not fit.
        message: String,
    },
    /// Visual vectors that could not be read back.
    #[error("{0}: the scratch file of visual vectors")]
    Scratch(std::io::Error),
    /// A tensor operation failed.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
    /// A checkpoint that could not be read or written, or is no network of ours.
    #[error(transparent)]
    File(#[from] FileError),
}
