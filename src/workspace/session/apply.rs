//! Selecting queries and images.

use crate::workspace::{SelectionAction, Workspace};

impl Workspace {
    pub(in crate::workspace) fn apply_selection(&mut self, action: SelectionAction) {
        match action {
            SelectionAction::Query(query) => self.select_query(query),
            SelectionAction::StepQuery(step) => self.step_query(step),
            SelectionAction::Candidate(candidate) => self.select_candidate(candidate),
            SelectionAction::Hover(candidate) => self.hover_candidate(candidate),
        }
    }

    fn select_query(&mut self, query: usize) {
        let graph = self.settings.experiment.graph;
        let Some(session) = &mut self.session else { return };
        if query >= session.data.dataset.queries.len() || (query == session.query && session.view().is_some()) {
            return;
        }
        session.select(query, graph);
        self.training.follow(query);
        let name = session.data.dataset.queries[query].id.to_string();
        self.change(|settings| settings.last_query = Some(name));
    }

    fn step_query(&mut self, step: isize) {
        let Some(session) = &self.session else { return };
        let count = session.data.dataset.queries.len() as isize;
        if count > 0 {
            self.select_query((session.query as isize + step).rem_euclid(count) as usize);
        }
    }

    fn select_candidate(&mut self, candidate: Option<usize>) {
        if let Some(session) = &mut self.session {
            let count = session.data.dataset.queries.get(session.query).map_or(0, |query| query.candidates.len());
            session.candidate = candidate.filter(|&candidate| candidate < count);
        }
    }

    fn hover_candidate(&mut self, candidate: Option<usize>) {
        if let Some(session) = &mut self.session {
            session.hovered = candidate;
        }
    }
}
