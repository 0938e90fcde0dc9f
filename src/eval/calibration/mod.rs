//! From scores to probabilities of relevance, and from those to where a list may end.
//!
//! [`Calibration`] is the whole way: from the judged candidates of queries, by the better of [`Isotonic`], which assumes only
//! that a higher score is no less often relevant, and [`Platt`], a sigmoid, which needs fewer judgements. [`reliability`]
//! compares what is promised with what judges say, and [`cut_off`] says how many of a list can be kept for a precision.

mod calibrated;
mod curve;
mod held_out;
mod isotonic;
mod platt;
mod reliability;
mod scored;

pub use calibrated::{Calibration, LEAST_IMAGES, LEAST_QUERIES, Uncalibrated};
pub use curve::Shape;
pub use held_out::{PRECISIONS, Promise};
pub use isotonic::Isotonic;
pub use platt::Platt;
pub use reliability::{Bin, cut_off, expected_error, reliability};
pub use scored::{ScoreScale, ScoredQuery};
