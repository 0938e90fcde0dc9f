//! The whole network.

use std::collections::BTreeMap;
use std::sync::Arc;

use candle_core::{Device, Module, Tensor, Var};
use candle_nn::Linear;

use super::design::Term;
use super::design_of;
use super::dropout::Dropout;
use super::edges::QueryGraph;
use super::mlp::Mlp;
use super::trace::{Part, Trace, Traced};
use super::weight::{Vars, Weight};
use super::{ModelError, NetworkConfig, Prepared, RankingInput};
use crate::base::Rng;

/// Weights by name, each row-major.
pub type Weights = BTreeMap<String, Vec<f64>>;

/// A network and its weights.
///
/// It is [`Send`], so that a worker can train it; [`Network::snapshot`] makes an independent copy. With several
/// [`NetworkConfig::members`] it is an ensemble of as many networks, which share no weights and whose scores are
/// averaged.
#[derive(Debug)]
pub struct Network {
    config: NetworkConfig,
    vars: Vec<(String, Var)>,
    members: Vec<Member>,
}

/// One network with its own weights.
#[derive(Debug)]
struct Member {
    mlp: Mlp,
    head_text: Linear,
    /// What the graph adds, if the network uses it.
    term: Option<Box<dyn Term>>,
    /// Principal components among the inputs.
    components: usize,
    dropout: Dropout,
}

/// The network's output for one query, with gradients.
///
/// # Shapes
/// All n.
#[derive(Clone, Debug)]
pub struct Output {
    /// `w₀ᵀ h⁰ + b₀`: the score from the signals alone.
    pub text: Tensor,
    /// The score: `text` plus `w₁ᵀ hᴸ + b₁`, the mean over the members.
    pub total: Tensor,
    /// The output of each member, on which it is trained.
    pub members: Vec<MemberOutput>,
}

/// One member's output for one query.
///
/// # Shapes
/// Both n.
#[derive(Clone, Debug)]
pub struct MemberOutput {
    /// The score from the signals alone.
    pub text: Tensor,
    /// The score.
    pub total: Tensor,
}

/// The network's scores for one query, in the order of its images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    /// The part due to the image's own signals.
    pub text: Vec<f32>,
    /// The score it is ranked by.
    pub total: Vec<f32>,
}

/// The scores of one query before the last round of feedback, with gradients.
///
/// # Shapes
/// All n.
#[derive(Debug)]
pub(super) struct BeforeFeedback {
    /// The score from the signals alone.
    pub(super) text: Tensor,
    /// The score without feedback.
    pub(super) score: Tensor,
    /// How much of each image the last round hears, `γ p / deviation`; `None` without feedback.
    pub(super) heard: Option<Tensor>,
    /// The edges and vectors.
    pub(super) graph: QueryGraph,
}

impl NetworkConfig {
    /// A network with initial weights, determined by [`Self::seed`] alone.
    ///
    /// # Errors
    /// If the configuration is invalid.
    pub fn init(&self) -> Result<Network, ModelError> {
        let mut rng = Rng::new(self.seed);
        Network::assemble(self, |weight| Ok(weight.initial(&mut rng)))
    }
}

impl Network {
    /// A network whose weights have the values that `values` returns for each, in the order of
    /// [`NetworkConfig::shapes`].
    pub(super) fn assemble(
        config: &NetworkConfig,
        mut values: impl FnMut(&Weight) -> Result<Vec<f64>, ModelError>,
    ) -> Result<Self, ModelError> {
        config.check()?;
        let mut vars = Vec::new();
        for weight in config.weights() {
            let tensor = Tensor::from_vec(values(&weight)?, weight.shape, &Device::Cpu)?;
            vars.push((weight.name, Var::from_tensor(&tensor)?));
        }
        let prefixes = (0..config.members).map(|member| config.member_prefix(member));
        let members = prefixes.map(|prefix| Member::new(config, &Vars::new(&vars, prefix)));
        let members = members.collect::<Option<_>>().ok_or_else(|| ModelError::Config("a weight is missing".into()))?;
        Ok(Self { config: config.clone(), members, vars })
    }

    /// Its configuration.
    pub fn config(&self) -> &NetworkConfig {
        &self.config
    }

    /// All weights by name, in the order of [`NetworkConfig::shapes`]; setting one changes the network.
    pub fn vars(&self) -> &[(String, Var)] {
        &self.vars
    }

    /// Runs a query through the network. `dropout` is the source of masks in training; without it nothing is dropped.
    ///
    /// # Errors
    /// If the query has no images or was prepared for a network of another shape.
    pub fn forward(&self, query: &Prepared, mut dropout: Option<&mut Rng>) -> Result<Output, ModelError> {
        let graph = self.query_graph(query)?;
        let mut members = Vec::with_capacity(self.members.len());
        for member in &self.members {
            let (text, total) = member.forward(&query.features, &graph, dropout.as_deref_mut())?;
            members.push(MemberOutput { text, total });
        }
        let text = mean(members.iter().map(|member| &member.text))?;
        Ok(Output { text, total: mean(members.iter().map(|member| &member.total))?, members })
    }

    /// The edges of a query, with its visual vectors if the network reads them.
    fn query_graph(&self, query: &Prepared) -> Result<QueryGraph, ModelError> {
        Ok(QueryGraph { edges: query.edges.clone(), visual: self.visual(query)?, dim: query.dim })
    }

    /// The visual vectors, if the network reads them.
    fn visual(&self, query: &Prepared) -> Result<Arc<Vec<f32>>, ModelError> {
        match self.config.kind.reads_vectors() {
            true => query.visual.load(query.dim).map_err(ModelError::Scratch),
            false => Ok(Arc::default()),
        }
    }

    /// The scores of one query's images.
    ///
    /// # Errors
    /// If the query does not match the network.
    pub fn score(&self, input: &RankingInput) -> Result<Scores, ModelError> {
        self.score_prepared(&Prepared::new(input, &self.config)?)
    }

    /// The scores of a prepared query's images.
    ///
    /// # Errors
    /// If the query was prepared for a network of another shape.
    pub fn score_prepared(&self, query: &Prepared) -> Result<Scores, ModelError> {
        if query.n() == 0 {
            return Ok(Scores::default());
        }
        let output = self.forward(query, None)?;
        Ok(Scores { text: plain(&output.text)?, total: plain(&output.total)? })
    }

    /// The scores of a query step by step, with what passes along the edges.
    ///
    /// # Errors
    /// If the query was prepared for a network of another shape.
    pub fn trace(&self, query: &Prepared) -> Result<Trace, ModelError> {
        let graph = self.query_graph(query)?;
        let members = self.members.iter().filter(|_| query.n() > 0);
        let members = members.map(|member| member.trace(&query.features, &graph)).collect::<Result<_, _>>()?;
        Ok(Trace::mean(&graph, members))
    }

    /// Whether the score without feedback is linear in the inputs and the biases as long as each activation stays on its
    /// side.
    pub(super) fn is_piecewise_linear(&self) -> bool {
        self.members.iter().filter_map(|member| member.term.as_ref()).all(|term| term.is_piecewise_linear())
    }

    /// The scores of a query with these inputs, without the last round of feedback, as means over the members.
    ///
    /// # Shapes
    /// `features`: n × F.
    ///
    /// # Errors
    /// If the query was prepared for a network of another shape.
    pub(super) fn before_feedback(&self, query: &Prepared, features: &Tensor) -> Result<BeforeFeedback, ModelError> {
        let graph = self.query_graph(query)?;
        let (mut texts, mut scores, mut heard) = (Vec::new(), Vec::new(), Vec::new());
        for member in &self.members {
            let (h, text) = member.text(features, None)?;
            let (score, of_member) = match &member.term {
                Some(term) => term.before_feedback(&graph, &h, &text)?,
                None => (text.clone(), None),
            };
            texts.push(text);
            scores.push(score);
            heard.extend(of_member);
        }
        let heard = if heard.is_empty() { None } else { Some(mean(heard.iter())?) };
        Ok(BeforeFeedback { text: mean(texts.iter())?, score: mean(scores.iter())?, heard, graph })
    }

    /// All weights as plain numbers.
    ///
    /// # Errors
    /// If a tensor operation fails.
    pub fn weights(&self) -> Result<Weights, ModelError> {
        let values = |(name, var): &(String, Var)| Ok((name.clone(), var.flatten_all()?.to_vec1::<f64>()?));
        self.vars.iter().map(values).collect()
    }

    /// The learned weight of each number of the visual vectors, a in `v_iᵀ diag(a) v_j`: the mean over layers and members;
    /// `None` if none is learned.
    ///
    /// # Errors
    /// If a tensor operation fails.
    pub fn learned_similarity(&self) -> Result<Option<Vec<f64>>, ModelError> {
        let is_a = |(name, _): &&(String, Var)| name.ends_with(".a");
        let all = self.vars.iter().filter(is_a).map(|(_, var)| Ok(var.to_vec1::<f64>()?));
        let all = all.collect::<Result<Vec<_>, ModelError>>()?;
        let sum = |at: usize| all.iter().map(|a| a[at]).sum::<f64>() / all.len() as f64;
        Ok(all.first().map(|first| (0..first.len()).map(sum).collect()))
    }

    /// An independent copy, unaffected by later training of this network.
    ///
    /// # Errors
    /// If a tensor operation fails.
    pub fn snapshot(&self) -> Result<Self, ModelError> {
        Self::from_weights(&self.config, &self.weights()?)
    }

    /// A network of this shape with these weights (row-major, by name).
    ///
    /// # Errors
    /// If a weight is missing or of the wrong shape.
    pub fn from_weights(config: &NetworkConfig, weights: &Weights) -> Result<Self, ModelError> {
        Self::assemble(config, |Weight { name, shape, .. }| {
            let values = weights.get(name).filter(|values| values.len() == shape.iter().product::<usize>());
            values.cloned().ok_or_else(|| ModelError::Config(format!("no {name} of shape {shape:?} among the weights")))
        })
    }
}

impl Member {
    /// The network with these weights; `None` if one is missing.
    fn new(config: &NetworkConfig, vars: &Vars) -> Option<Self> {
        let dropout = Dropout::new(config.dropout);
        let layers = (0..config.mlp.len()).map(|at| vars.linear(&format!("mlp.{at}"))).collect::<Option<_>>()?;
        let term = match design_of(config.kind) {
            Some(design) => Some(design.term(config, vars)?),
            None => None,
        };
        let (components, head_text) = (config.component_count, vars.linear("head_text")?);
        Some(Self { mlp: Mlp { layers, dropout }, head_text, term, components, dropout })
    }

    /// The score from the signals alone, and the total score.
    fn forward(
        &self,
        features: &Tensor,
        graph: &QueryGraph,
        mut dropout: Option<&mut Rng>,
    ) -> Result<(Tensor, Tensor), ModelError> {
        let features = self.dropped(features, dropout.as_deref_mut())?;
        let (h, text) = self.text(&features, dropout.as_deref_mut())?;
        let total = match &self.term {
            Some(term) => term.score(graph, &h, &text, dropout)?,
            None => text.clone(),
        };
        Ok((text, total))
    }

    /// h⁰ and the score from the signals alone.
    fn text(&self, features: &Tensor, dropout: Option<&mut Rng>) -> Result<(Tensor, Tensor), ModelError> {
        let h = self.mlp.forward(features, dropout)?;
        let text = self.head_text.forward(&h)?.squeeze(1)?;
        Ok((h, text))
    }

    /// The score step by step, from that of the signals alone.
    fn trace(&self, features: &Tensor, graph: &QueryGraph) -> Result<Vec<Traced>, ModelError> {
        let (h, text) = self.text(features, None)?;
        let mut steps = vec![Traced::of(Part::Text, &text)?];
        if let Some(term) = &self.term {
            steps.extend(term.trace(graph, &h, &text)?);
        }
        Ok(steps)
    }

    /// The inputs with dropout over the principal components, which are many, each with little weight.
    fn dropped(&self, features: &Tensor, dropout: Option<&mut Rng>) -> Result<Tensor, ModelError> {
        if self.components == 0 || dropout.is_none() {
            return Ok(features.clone());
        }
        let signals = features.dim(1)? - self.components;
        let components = features.narrow(1, signals, self.components)?.contiguous()?;
        let components = self.dropout.forward(&components, dropout)?;
        Ok(Tensor::cat(&[&features.narrow(1, 0, signals)?, &components], 1)?)
    }
}

/// The mean of vectors of one length; a single one is returned bit for bit.
fn mean<'a>(mut vectors: impl ExactSizeIterator<Item = &'a Tensor>) -> Result<Tensor, ModelError> {
    let count = vectors.len();
    let first = vectors.next().ok_or_else(|| ModelError::Config("no member".into()))?.clone();
    let sum = vectors.try_fold(first, |sum, vector| sum + vector)?;
    Ok(if count == 1 { sum } else { (sum / count as f64)? })
}

/// A tensor's values as f32, enough for display and ranking.
fn plain(tensor: &Tensor) -> Result<Vec<f32>, ModelError> {
    Ok(tensor.to_vec1::<f64>()?.into_iter().map(|x| x as f32).collect())
}
