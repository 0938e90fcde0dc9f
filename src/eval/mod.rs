//! Scores to numbers: ranking measures with trec_eval's semantics.
