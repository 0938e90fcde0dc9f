//! TREC judgements and runs.

use std::collections::BTreeMap;

/// Judged grades by query and image.
pub type Qrels = BTreeMap<String, BTreeMap<String, i32>>;
/// Scores by query and image.
pub type Run = BTreeMap<String, BTreeMap<String, f64>>;
