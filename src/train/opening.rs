//! How data is opened, and in how much memory it is worked on.

use crate::base::{parse_size, size_text};
use crate::dataset::Reach;
use crate::graph::USUAL_MEMORY;

/// The environment variable for [`Opening::memory`], as in `CROSSRANK_MEMORY=4GB`.
pub const MEMORY_VARIABLE: &str = "CROSSRANK_MEMORY";

/// How data is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// How far the data set's own files may lie from its folder.
    pub reach: Reach,
    /// Most bytes for what grows with the square of a query's images.
    pub memory: usize,
}

impl Default for Opening {
    fn default() -> Self {
        Self { reach: Reach::default(), memory: USUAL_MEMORY }
    }
}

/// The memory bound: `given`, else that of the environment variable, else 1 GB. It never changes a result. Cosines that
/// would take more are computed anew when needed; a loss that would need more is refused.
///
/// # Errors
/// If the variable does not hold a size.
pub fn memory_bound(given: Option<usize>) -> Result<usize, String> {
    let variable = || std::env::var(MEMORY_VARIABLE).ok().filter(|text| !text.trim().is_empty());
    match (given, variable()) {
        (Some(bytes), _) => Ok(bytes),
        (None, Some(text)) => parse_memory(&text).map_err(|problem| format!("{MEMORY_VARIABLE}: {problem}")),
        (None, None) => Ok(USUAL_MEMORY),
    }
}

/// A memory bound from a text like `4GB`, of at least 1 MB.
///
/// # Errors
/// If it is no such size.
pub fn parse_memory(text: &str) -> Result<usize, String> {
    const LEAST: u64 = 1_000_000;
    let bytes = parse_size(text).filter(|bytes| *bytes >= LEAST).and_then(|bytes| usize::try_from(bytes).ok());
    bytes.ok_or_else(|| format!("expected a size of at least {}, as in 4GB, not \"{text}\"", size_text(LEAST)))
}
