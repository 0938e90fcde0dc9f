//! The ground floor: what every room may use and nothing that belongs to one of them.

mod rng;
mod whole;

pub use rng::{Rng, SplitMix64};
pub use whole::{write_unsynced, write_whole};
