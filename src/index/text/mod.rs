//! Words → pictures: the text index of a collection, on disk.
//!
//! BM25 by tantivy (k₁ = 1.2, b = .75), summed over the fields with their [`FieldWeights`]. Words are split and stemmed as
//! in [`crate::signals`], so that a search and the network's text signals agree on what a word is. [`parse`] documents
//! what can be typed.

mod analysis;
mod expand;
mod grammar;
mod index;
mod pictures;
mod schema;
mod search;
mod weights;

pub use grammar::{Clause, Need, parse};
pub use index::{TextIndex, TextWriter};
pub use search::{Found, Hit, TextQuery};
pub use weights::FieldWeights;
