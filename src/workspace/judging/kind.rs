//! The lists of images to judge.

use crate::judge::queues::Kind;

/// Which images are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueKind {
    /// All images of a query.
    Query(usize),
    /// The images of every query that the judge has not judged, down to a depth in the rankings shown.
    Unjudged {
        /// How many images of each ranking.
        depth: usize,
    },
    /// Images on which judges disagree.
    Disagreements,
    /// Images on which judges disagree, with all their labels in sight, to be settled.
    Adjudication {
        /// Only images that were chosen among them.
        chosen: bool,
    },
    /// Images whose label their neighbours and the ranking contradict.
    Suspicious,
    /// Unjudged images near the boundary between relevant and not.
    Uncertain,
    /// Nearly equal images with different labels.
    NearDuplicates,
    /// A random sample of what the judge has judged.
    Audit,
}

impl QueueKind {
    /// What stands in the journal.
    pub fn name(self) -> &'static str {
        match self {
            QueueKind::Query(_) => Kind::Query.name(),
            QueueKind::Unjudged { .. } => Kind::Pool.name(),
            QueueKind::Disagreements => Kind::Disagreements.name(),
            QueueKind::Adjudication { .. } => Kind::Adjudication.name(),
            QueueKind::Suspicious => Kind::Suspicious.name(),
            QueueKind::Uncertain => Kind::Uncertain.name(),
            QueueKind::NearDuplicates => Kind::NearDuplicates.name(),
            QueueKind::Audit => Kind::Audit.name(),
        }
    }

    /// Whether its images are judged again.
    pub fn is_again(self) -> bool {
        use QueueKind::{Adjudication, Audit, Disagreements, NearDuplicates, Suspicious};
        matches!(self, Adjudication { .. } | Disagreements | Suspicious | NearDuplicates | Audit)
    }

    /// Whether labels, and why an image is in the queue, are hidden until it is judged.
    pub fn is_blind(self) -> bool {
        self.is_again() && !self.is_adjudication()
    }

    /// Whether conflicts are settled.
    pub fn is_adjudication(self) -> bool {
        matches!(self, QueueKind::Adjudication { .. })
    }

    /// Whether the order of its images is a setting.
    pub fn is_arranged(self) -> bool {
        matches!(self, QueueKind::Query(_) | QueueKind::Unjudged { .. } | QueueKind::Audit)
    }
}
