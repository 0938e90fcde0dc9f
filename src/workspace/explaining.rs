//! Why the selected image has its rank under the shown run, and what its rank would be otherwise.

mod apply;
mod explained;
mod work;

use crate::jobs::Slot;
use crate::train::Changes;
use std::sync::Arc;
use work::{Done, Known};

pub use explained::{Compared, ExplainObstacle, ExplainRequest, Explained};

/// Explanations of the selected image.
#[derive(Default)]
pub struct Explaining {
    job: Slot<(), Done>,
    asked: Option<ExplainRequest>,
    found: Option<Arc<Explained>>,
    failure: Option<String>,
    /// The image that changes and comparison are about: the query and the candidate.
    about: Option<(usize, usize)>,
    changes: Changes,
    other: Option<usize>,
    /// The run and the query at hand.
    known: Option<Known>,
}

impl Explaining {
    /// What was last asked.
    pub fn request(&self) -> Option<&ExplainRequest> {
        self.asked.as_ref()
    }

    /// The last answer, which may be to an earlier request.
    pub fn found(&self) -> Option<&Arc<Explained>> {
        self.found.as_ref()
    }

    /// Why there is none.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Whether an answer is on its way.
    pub fn is_running(&self) -> bool {
        self.job.is_running()
    }
}
