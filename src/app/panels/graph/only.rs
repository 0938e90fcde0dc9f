//! What one of two graphs has alone.

use crate::workspace::QueryView;
use std::collections::HashSet;

/// The pairs of neighbours that only one of two graphs has.
#[derive(Clone, Copy)]
pub struct Only<'a> {
    /// The pairs, the lower index first.
    pub pairs: &'a HashSet<(usize, usize)>,
    /// Whether its edges are blue; else they are amber.
    pub is_blue: bool,
}

/// The pairs of neighbours that each of two graphs has alone.
#[derive(Default)]
pub struct Differences {
    versions: [u64; 2],
    alone: [HashSet<(usize, usize)>; 2],
}

impl Differences {
    /// Those of two graphs; they are compared again only where one of them has changed.
    pub fn of(&mut self, views: [&QueryView; 2]) -> &[HashSet<(usize, usize)>; 2] {
        let versions = views.map(QueryView::version);
        if self.versions != versions {
            let pairs = |view: &QueryView| -> HashSet<(usize, usize)> {
                view.edges().iter().map(|&(a, b, _)| (a.min(b), a.max(b))).collect()
            };
            let [a, b] = views.map(pairs);
            self.alone = [a.difference(&b).copied().collect(), b.difference(&a).copied().collect()];
            self.versions = versions;
        }
        &self.alone
    }
}
