//! Counting what is new in a list, and taking it in when asked to.

use super::queues::{made, new_in};
use crate::workspace::Workspace;
use crate::workspace::judging::QueueKind;

impl Workspace {
    /// Looks whether images are new in the list that is worked on, now and then.
    pub(super) fn poll_fresh(&mut self) -> bool {
        let (Some(session), Some(queue), Some(judges)) = (&self.session, &self.judging.queue, &self.judging.judges)
        else {
            return false;
        };
        let kind = queue.kind();
        // The images of a query stay the same, a random sample is as good as another, and a choice is a choice.
        let is_fixed =
            matches!(kind, QueueKind::Query(_) | QueueKind::Audit | QueueKind::Adjudication { chosen: true });
        if is_fixed || self.judging.is_making() {
            return false;
        }
        let changed = self.judging.fresh.poll(|made| new_in(session, queue, made));
        let version = (judges.version(), session.rankings_version());
        if self.judging.fresh.is_due(version)
            && let Some(ingredients) = self.ingredients()
        {
            let wake = self.wake();
            self.judging.fresh.look(version, wake, move || made(kind, &ingredients));
        }
        changed
    }

    /// Takes new images into the list; what was judged and put off in it stays so.
    pub(super) fn refresh_queue(&mut self) {
        let (Some(made), Some(before)) = (self.judging.fresh.take(), self.judging.queue.take()) else { return };
        self.install_queue(before.kind(), made, Some(&before));
    }
}
