//! What is on disk, as plain values.
//!
//! A loader returns a [`Loaded`]: a [`Dataset`] and the list of everything that was wrong with the files.
//! A bad row costs that row and a [`Warning`], never the rest.

mod rng;
mod types;
mod vectors;

pub use rng::{Rng, SplitMix64};
pub use types::*;
pub use vectors::*;
