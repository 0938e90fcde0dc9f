//! One query under a saved run, explained again and again.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::candidates::Candidates;
use super::changes::{self, Changes};
use super::named::NamedExplanation;
use super::place::Place;
use super::scored::Scored;
use crate::model::{ModelKind, RankingInput, Source};
use crate::train::saved_run::Matched;
use crate::train::{RunData, SavedRun, TrainError};

/// One query of a data set under a saved run: its scores, why they are so, and what they would be otherwise.
pub struct Explainer {
    run: Arc<SavedRun>,
    candidates: Candidates,
    scored: Scored,
    missing: Vec<String>,
    memory: usize,
}

impl SavedRun {
    /// A query of these data, ready to be explained; signals are matched by name, as in [`SavedRun::apply`].
    ///
    /// # Errors
    /// As [`SavedRun::apply`], and if there is no such query or it has no candidates.
    pub fn explainer(self: &Arc<Self>, data: &RunData, query: usize) -> Result<Explainer, TrainError> {
        let is_there = data.dataset.queries.get(query).is_some_and(|query| !query.candidates.is_empty());
        if !is_there {
            return Err(TrainError::Unexplained("the query has no candidates".to_owned()));
        }
        let Matched { data, indices, missing } = self.matched(data)?;
        let candidates = Candidates::new(&data, &indices, &self.experiment, self.whitening.as_deref(), query)?;
        let scored = Scored::new(self, &candidates, None, None, data.memory)?;
        Ok(Explainer { run: self.clone(), candidates, scored, missing, memory: data.memory })
    }
}

impl Explainer {
    /// The run.
    pub fn run(&self) -> &Arc<SavedRun> {
        &self.run
    }

    /// The model.
    pub fn kind(&self) -> ModelKind {
        self.run.experiment.model.kind
    }

    /// Signals of the run that the data lack; they count as equal for all images.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// How many candidates the query has.
    pub fn n(&self) -> usize {
        self.candidates.n()
    }

    /// The score of each candidate.
    pub fn scores(&self) -> &[f32] {
        &self.scored.scores
    }

    /// The candidates along whose edges an image hears others, strongest first; none without a graph.
    pub fn neighbours(&self, image: usize) -> Vec<usize> {
        let graph = &self.scored.input.graph;
        let row = if image < graph.n() { graph.row(image) } else { 0..0 };
        row.map(|edge| graph.targets[edge] as usize).collect()
    }

    /// The number of neighbours in the run, if its model has a graph.
    pub fn k(&self) -> Option<usize> {
        self.kind().uses_graph().then_some(self.run.experiment.graph.k)
    }

    /// The name of a source: a signal's name, `picture component 3`, an image's id.
    pub fn name(&self, source: Source) -> String {
        match source {
            Source::Feature(at) if self.run.network.is_some() => self.candidates.signal(at).unwrap_or("?").to_owned(),
            Source::Feature(_) => self.candidates.given.infos[0].name.clone(),
            Source::Component(at) => format!("picture component {}", at + 1),
            Source::Neighbour(image) | Source::Feedback(image) => self.candidates.ids[image].to_string(),
            Source::Bias => "bias".to_owned(),
        }
    }

    /// The query as the run's network sees it.
    pub fn input(&self) -> &RankingInput {
        &self.scored.input
    }

    /// The signals and components that an image has of its own.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        let (signals, components) = match self.run.network.as_ref().map(|network| network.config()) {
            Some(config) => (config.feature_count - config.component_count, config.component_count),
            None => (1, 0),
        };
        (0..signals).map(Source::Feature).chain((0..components).map(Source::Component))
    }

    /// The signal or component of this name.
    pub fn source(&self, name: &str) -> Option<Source> {
        self.sources().find(|&source| self.name(source) == name)
    }

    /// Why some candidates have their scores. `proceed` may stop the work.
    ///
    /// # Errors
    /// If there is no such candidate, or the network cannot be computed; and [`TrainError::Cancelled`].
    pub fn explain(
        &self,
        images: &[usize],
        proceed: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Vec<NamedExplanation>, TrainError> {
        if images.iter().any(|&image| image >= self.n()) {
            return Err(TrainError::Unexplained("there is no such candidate".to_owned()));
        }
        let explanations = self.scored.explain(&self.run, images, proceed)?;
        Ok(explanations.into_iter().map(|one| NamedExplanation::new(one, |source| self.name(source))).collect())
    }

    /// Where a candidate stands.
    ///
    /// # Panics
    /// If there is no such candidate.
    pub fn place(&self, image: usize) -> Place {
        self.scored.place(image)
    }

    /// Where a candidate would stand.
    ///
    /// # Errors
    /// If the changes cannot be made: no such candidate, signal or edge, or the candidate itself is left out.
    pub fn place_with(&self, image: usize, changes: &Changes) -> Result<Place, TrainError> {
        let (scored, at) = changes::changed(&self.run, (&self.candidates, &self.scored), image, changes, self.memory)?;
        Ok(scored.place(at))
    }
}
