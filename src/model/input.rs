//! One query as the network's input.

use super::{ModelError, NetworkConfig, Visual};
use crate::dataset::{ImageId, Relevance};
use crate::graph::Csr;

/// One query: its images' signals, visual vectors, neighbours and judgements.
#[derive(Clone, Debug, PartialEq)]
pub struct RankingInput {
    /// The query's index in the data set; used only in messages.
    pub query: usize,
    /// Number of images.
    pub n: usize,
    /// n × `feature_count` normalised signals, row-major.
    pub features: Vec<f32>,
    /// Signals per image.
    pub feature_count: usize,
    /// n × `dim` unit rows, for models that read them ([`super::ModelKind::reads_vectors`]).
    pub visual: Visual,
    /// Dimension of the visual vectors.
    pub dim: usize,
    /// The neighbours each image sums over.
    pub graph: Csr,
    /// The judgement of each image, if any.
    pub relevance: Vec<Option<Relevance>>,
    /// Grades of judged images that are not candidates: no score can rank them, but measures count them.
    pub others: Vec<Relevance>,
    /// The images' ids, which break ties of the score.
    pub ids: Vec<ImageId>,
}

impl RankingInput {
    /// Checks that the parts match each other and a network of this shape.
    ///
    /// # Errors
    /// [`ModelError::Input`] with a sentence that names the mismatch.
    pub fn check(&self, config: &NetworkConfig) -> Result<(), ModelError> {
        let problem = self.problem(config);
        problem.map_or(Ok(()), |message| Err(ModelError::Input { query: self.query, message }))
    }

    fn problem(&self, config: &NetworkConfig) -> Option<String> {
        let n = self.n;
        if self.feature_count != config.feature_count {
            return Some(format!("{} signals for a network of {}", self.feature_count, config.feature_count));
        }
        if self.features.len() != n * self.feature_count {
            return Some(format!("{} values for {n} × {} signals", self.features.len(), self.feature_count));
        }
        if let Some(at) = self.features.iter().position(|x| !x.is_finite()) {
            return Some(format!(
                "signal {} of image {} is not a finite number",
                at % config.feature_count,
                at / config.feature_count
            ));
        }
        if self.relevance.len() != n || self.ids.len() != n {
            return Some(format!("{} judgements and {} names for {n} images", self.relevance.len(), self.ids.len()));
        }
        if !config.kind.uses_graph() {
            return None;
        }
        if config.kind.reads_vectors() {
            if self.dim != config.visual_dim {
                return Some(format!("visual vectors of {} numbers for a network of {}", self.dim, config.visual_dim));
            }
            match &self.visual {
                Visual::Held(rows) if rows.len() != n * self.dim => {
                    return Some(format!("{} values for {n} visual vectors of {}", rows.len(), self.dim));
                }
                Visual::Held(rows) if rows.iter().any(|x| !x.is_finite()) => {
                    return Some("a visual vector holds a value that is not a finite number".into());
                }
                Visual::Stored { rows, .. } if rows.len() != n => {
                    return Some(format!("{} visual vectors for {n} images", rows.len()));
                }
                _ => {}
            }
        }
        graph_problem(&self.graph, n)
    }
}

fn graph_problem(graph: &Csr, n: usize) -> Option<String> {
    let rows_fit = graph.offsets.len() == n + 1
        && graph.offsets[0] == 0
        && graph.offsets.windows(2).all(|pair| pair[0] <= pair[1])
        && graph.offsets[n] as usize == graph.targets.len();
    if !rows_fit {
        return Some(format!("the graph's rows do not match {n} images"));
    }
    if graph.targets.iter().any(|&j| j as usize >= n) {
        return Some("an edge leads to an image that does not exist".into());
    }
    if graph.weights.len() != graph.targets.len() || graph.weights.iter().any(|weight| !weight.is_finite()) {
        return Some("an edge has no finite weight".into());
    }
    None
}
