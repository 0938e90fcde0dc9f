//! Words and pictures → candidates: what a folder of pictures holds, and what its words say.
//!
//! [`list`] lists a folder without opening a picture; [`read`] reads the words of its pictures, from wherever they are.

mod collection;
mod error;
pub mod text;
mod words;

pub use collection::{Collection, Manifest, Updated};
pub use error::IndexError;
pub use words::*;
