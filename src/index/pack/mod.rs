//! A collection as one file, and back.
//!
//! The file is a tar archive that any tool can list:
//!
//! | entry | what it holds |
//! |---|---|
//! | `collection.json` | the collection's description, first |
//! | `text/`, `vectors/`, `queries/`, `judgements/`, `moved.jsonl`, … | its files as they are |
//! | `pictures/` | if wanted: the pictures, and the files that speak of them, with the times by which changes are noticed |
//! | `packed.json` | how many entries there are, last: an archive that was cut off lacks it |
//!
//! The order is that of the paths, and nothing in it tells who packed it, or when; without its pictures, a collection tells
//! where they were.

mod layout;
mod read;
mod write;

pub use read::{Unpacked, unpack};
pub use write::{Packed, Packing};
