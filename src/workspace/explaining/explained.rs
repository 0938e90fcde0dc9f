//! An explanation, and what it depends on.

use crate::model::ModelKind;
use crate::train::{Changes, NamedExplanation, NamedPart, PartKind, Place, score_terms};
use std::path::PathBuf;

/// What an explanation depends on; it is made again if this changes.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainRequest {
    /// The opening of the data set.
    pub generation: u64,
    /// The run's folder.
    pub run: PathBuf,
    /// The epoch of the run that is looked at; `None` for the run itself.
    pub epoch: Option<usize>,
    /// Which scores of all queries are shown, counted.
    pub model: u64,
    /// The visual vectors in use, by where they lie.
    pub vectors: usize,
    /// The judgements' version.
    pub judgements: u64,
    /// Index of the query.
    pub query: usize,
    /// The image, among the query's candidates.
    pub image: usize,
    /// Another one to compare it with.
    pub other: Option<usize>,
    /// What would be otherwise.
    pub changes: Changes,
}

/// Why there is no explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExplainObstacle {
    /// No model is shown.
    NoModel,
    /// The model is in training.
    InTraining,
    /// No image is selected.
    NoImage,
}

/// An image compared with another.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The other one, among the query's candidates.
    pub image: usize,
    /// Where it stands.
    pub place: Place,
    /// Its score.
    pub score: f64,
    /// By what the score of the first is above its own, part by part.
    pub parts: Vec<NamedPart>,
}

/// Why an image has its rank.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// What was asked.
    pub request: ExplainRequest,
    /// The model.
    pub kind: ModelKind,
    /// The score, taken apart.
    pub explanation: NamedExplanation,
    /// Where the image stands.
    pub place: Place,
    /// Where it would stand after the changes, if there are any.
    pub changed: Option<Place>,
    /// The comparison with another, if there is one.
    pub compared: Option<Compared>,
    /// Candidates that an edge joins to the image.
    pub neighbours: Vec<usize>,
    /// Neighbours in the run, if the model has a graph.
    pub k: Option<usize>,
    /// Signals of the run that the data lack.
    pub missing: Vec<String>,
}

impl Explained {
    /// What each candidate of the query adds to the score, through edges and feedback; 0 for those that add nothing.
    pub fn contributions(&self) -> Vec<f64> {
        let mut values = vec![0.0; self.place.of];
        for part in &self.explanation.parts {
            if let Some(value) = part.image().and_then(|image| values.get_mut(image)) {
                *value += part.value;
            }
        }
        values
    }

    /// The parts that are looked at: those of the score, or those of the difference from another image's.
    pub fn parts(&self) -> &[NamedPart] {
        self.compared.as_ref().map_or(&self.explanation.parts, |compared| &compared.parts)
    }

    /// What the parts sum to.
    pub fn total(&self) -> f64 {
        self.explanation.score - self.compared.as_ref().map_or(0.0, |compared| compared.score)
    }

    /// The parts' sums by kind, in the order of a formula; without kinds that there are none of.
    pub fn terms(&self) -> Vec<(PartKind, f64)> {
        score_terms(self.parts())
    }
}
