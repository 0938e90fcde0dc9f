//! Whether anything is going on.

use super::{Session, Workspace};

impl Workspace {
    /// Whether a job is running (so that frames may change without input).
    pub fn is_busy(&self) -> bool {
        self.loading.is_running()
            || self.embedding.is_busy()
            || self.explaining.is_running()
            || self.searching.is_collecting()
            || self.searching.is_finding()
            || self.searching.is_keeping()
            || self.searching.is_weighing()
            || self.searching.looking_at_tables().is_some()
            || self.searching.is_packing()
            || self.training.is_running()
            || self.training.is_ending()
            || self.studies.is_busy()
            || self.saving.is_running()
            || self.judging.is_opening()
            || self.judging.is_editing()
            || self.judging.is_making()
            || self.judging.is_measuring()
            || self.judging.is_comparing()
            || self.judging.is_exchanging()
            || self.judging.is_counting()
            || self.judging.is_saving()
            || self.cut_offs.is_running()
            || self.propagation.is_computing()
            || self.two_graphs.is_drawing()
            || self.epochs.is_reading()
            || self.neighbours.is_running()
            || self.trash.is_cleaning()
            || self.runs.is_reading()
            || self.experiments.reader().is_running()
            || self.session.as_ref().is_some_and(Session::is_busy)
    }
}
