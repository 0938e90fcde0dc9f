//! What one of two graphs has alone.

use std::collections::HashSet;

/// The pairs of neighbours that only one of two graphs has.
#[derive(Clone, Copy)]
pub struct Only<'a> {
    /// The pairs, the lower index first.
    pub pairs: &'a HashSet<(usize, usize)>,
    /// Whether its edges are blue; else they are amber.
    pub is_blue: bool,
}
