//! From scores to probabilities of relevance, and from those to where a list may end.
//!
//! [`Isotonic`] assumes only that a higher score is no less often relevant; [`Platt`] fits a sigmoid, which needs fewer
//! judgements. [`reliability`] compares what either promises with what judges say, and [`cut_off`] says how many of a list
//! can be kept for a precision. Scores of different queries must be comparable, or be calibrated query by query.

mod isotonic;
mod platt;
mod reliability;

pub use isotonic::Isotonic;
pub use platt::Platt;
pub use reliability::{Bin, cut_off, expected_error, reliability};
