//! What can go wrong with what is learned of visual vectors.

use safetensors::SafeTensorError;

/// Why a whitening cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// Not a safetensors file, or a damaged one.
    #[error(transparent)]
    Tensors(#[from] SafeTensorError),
    /// A file of something else.
    #[error("no {0} in the header")]
    NoSettings(&'static str),
    /// Settings that cannot be written or read.
    #[error("{key}: {source}")]
    Settings {
        /// Their key in the header.
        key: &'static str,
        /// What is wrong with them.
        source: serde_json::Error,
    },
    /// A part that holds other numbers.
    #[error("{0} does not hold finite 32-bit numbers")]
    Numbers(&'static str),
    /// Parts that do not belong together.
    #[error("the parts are not of one size")]
    Sizes,
}
