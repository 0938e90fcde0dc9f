//! Words → pictures: the text index of a collection, on disk.
//!
//! BM25 by tantivy (k₁ = 1.2, b = .75), summed over the fields with their [`FieldWeights`]. Words are split and stemmed as
//! in [`crate::signals`], so that a search and the network's text signals agree on what a word is. [`parse`] documents
//! what can be typed.

mod analysis;
mod expand;
mod facets;
mod grammar;
mod index;
mod narrow;
mod pictures;
mod schema;
mod search;
mod weights;
mod written;

pub use facets::{Facet, Facets};
pub use grammar::{Clause, Need, parse};
pub use index::{TextIndex, TextWriter};
pub use narrow::Narrowing;
pub use search::{Found, Hit, TextQuery};
pub use weights::FieldWeights;
