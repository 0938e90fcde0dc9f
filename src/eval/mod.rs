//! Scores to numbers: ranking measures with trec_eval's semantics.

mod diversity;
mod measure;
mod ranking;

pub use diversity::{f1, measure_diversity};
pub use measure::{Measure, MeasureError, STANDARD};
pub use ranking::{Judged, JudgedRanking, measure_query, order};
