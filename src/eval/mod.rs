//! Scores to numbers: ranking measures with trec_eval's semantics.
//!
//! A [`Measure`] is a value with a name (`ndcg@20`), [`order`] turns scores into a ranking, and [`evaluate`] (from
//! qrels and a run) or [`evaluate_scores`] (from a data set's own judgements) turn rankings into an [`Evaluation`].
//!
//! Details that are easy to get wrong, done here as in trec_eval:
//! - scores are compared as 32-bit floats, and ties broken by id, descending by bytes;
//!   the order of the files and the ranks in them are ignored;
//! - an image without judgement, or with a negative grade, counts as not relevant, and bpref ignores it;
//! - P@k is always over k, however few images were returned;
//! - nDCG's gain is the grade itself, its discount log₂(rank + 1), its ideal taken over all judged images;
//! - a query without any relevant image scores 0 and counts in the mean.
//!
//! Beyond trec_eval there are nDCG with exponential gain, ERR and RBP ([`Measure`]), [`ties`], and tests of
//! [`significance`]; [`calibration`] turns scores into probabilities.
//!
//! ```
//! use crossrank::dataset::Relevance;
//! use crossrank::eval::{Judged, Measure, rank_and_measure};
//!
//! let grades = [Some(Relevance(0)), Some(Relevance(1)), None, Some(Relevance(2))];
//! let judged = Judged { relevance: &grades, ..Judged::default() };
//! let measures = Measure::parse_list("map p@2 recip_rank")?;
//! let found = rank_and_measure(&[0.3, 0.9, 0.8, 0.1], &["a", "b", "c", "d"], &judged, &measures);
//! // b (relevant), c, a, d (relevant): precision 1/1 and 2/4 at the relevant ones.
//! assert_eq!(found.values, [0.75, 0.5, 1.0]);
//! # Ok::<(), crossrank::eval::MeasureError>(())
//! ```

mod by_measure;
pub mod calibration;
mod diversity;
mod evaluate;
mod evaluation;
mod measure;
mod persistence;
mod ranking;
pub mod significance;
mod ties;

pub use by_measure::{ByMeasure, Measures};
pub use diversity::{f1, measure_diversity};
pub use evaluate::{Averaging, Conventions, evaluate, evaluate_scores, measure_order, rank_candidates};
pub use evaluation::Evaluation;
pub use measure::{Measure, MeasureError, STANDARD};
pub use persistence::Persistence;
pub use ranking::{Judged, JudgedRanking, Ranked, measure_query, order, rank_and_measure};
pub use ties::{TIE_RULE, Ties, tied, ties};
