//! The visual vectors of a collection's pictures, and the nearest of them.
//!
//! Each encoder's vectors lie in a folder of their own, by its [`EncoderKey`](crate::vision::EncoderKey):
//!
//! | file | what it holds |
//! |---|---|
//! | `set.json` | [`VectorInfo`]: the encoder, and the names of the other files |
//! | `rows-N.f32` | the vectors, one row after the other, little-endian |
//! | `rows-N.jsonl` | the picture of each row: `[path, bytes, modified, half of its file's BLAKE3]`; `[path]` for one that is gone |
//! | `near-N.usearch` | the index of neighbours by usearch, for sets above [`EXACT`] pictures |
//!
//! Rows are only appended: a vector is on disk as soon as it is computed, a later row of a path replaces an earlier one, and
//! the remains of a killed process are cut off by the next writer. Readers see the rows that were there when they opened the
//! set; vectors themselves are read when needed, never all at once.

mod among;
mod carry;
mod describe;
mod embed;
mod exact;
mod extend;
mod near;
mod set;

pub(in crate::index) use carry::Contents;
pub use describe::{Recall, VectorInfo};
pub use embed::Embedded;
pub use set::{EXACT, Near, VectorSet};
