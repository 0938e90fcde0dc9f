//! What training needs, and lacks.

use crate::dataset::Split;
use crate::train::Experiment;
use crate::workspace::Workspace;

impl Workspace {
    /// Why training with the settings as they are cannot start now, apart from a run already in training.
    pub fn training_obstacle(&self) -> Option<&'static str> {
        let is_counting = self.judging.is_aggregating();
        is_counting
            .then_some("Labels are being counted: one moment.")
            .or_else(|| self.training_obstacle_of(&self.settings.experiment))
    }

    /// Why nothing can be learned from the open data set with the settings as they are, however its queries are split.
    pub fn learning_obstacle(&self) -> Option<&'static str> {
        self.learning_obstacle_of(&self.settings.experiment)
    }

    pub(in crate::workspace) fn training_obstacle_of(&self, experiment: &Experiment) -> Option<&'static str> {
        self.learning_obstacle_of(experiment).or_else(|| {
            let data = &self.session.as_ref()?.data;
            let is_learned_from = |query: usize| data.splits[query] == Split::Train && data.judgements.is_judged(query);
            let is_lacking = experiment.model.kind.network().is_some() && !(0..data.splits.len()).any(is_learned_from);
            is_lacking.then_some("No training query is judged.")
        })
    }

    pub(in crate::workspace) fn learning_obstacle_of(&self, experiment: &Experiment) -> Option<&'static str> {
        let Some(session) = &self.session else { return Some("Open a data set first.") };
        if experiment.needs_vectors() && !session.data.has_vectors() {
            Some("There are no visual vectors yet: compute embeddings first.")
        } else if experiment.model.kind.network().is_some() && session.summary.judgements.is_empty() {
            Some("Nothing is judged: training learns from images judged relevant or not. Judge some (Ctrl+J).")
        } else {
            None
        }
    }
}
