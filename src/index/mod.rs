//! Words and pictures → candidates: what a folder of pictures holds, and what its words say.
//!
//! [`list`] lists a folder without opening a picture; [`read`] reads the words of its pictures, from wherever they are.
//! [`Collection::update`] puts them in the text index, [`Collection::embed`] computes vectors; [`Collection::candidates`]
//! finds what a query asks for, and [`Collection::gather`] makes a data set of that, which all other rooms work on.

mod candidates;
mod collection;
mod error;
mod pack;
pub mod text;
mod vectors;
mod words;

pub use candidates::{Asked, Came, Candidates, Example, FoundPicture};
pub use collection::{
    Choice, Collection, EncoderComparison, EncoderShare, Gathered, Manifest, Relinked, Suited, Updated,
};
pub use error::IndexError;
pub use pack::{Packed, Packing, Unpacked, unpack};
pub use vectors::{EXACT, Embedded, Near, Recall, VectorInfo, VectorSet};
pub use words::*;
