//! One pass of a query through a network, and the way back.

use candle_core::Var;

use super::parts::{Contribution, Source};
use crate::model::edges::QueryGraph;
use crate::model::network::BeforeFeedback;
use crate::model::{ModelError, Network, Prepared};

/// A query on its way through a network, from which gradients are taken.
pub(super) struct Pass<'a> {
    network: &'a Network,
    /// n × F, all inputs times the share asked for.
    features: Var,
    before: BeforeFeedback,
}

/// The gradients of one image's score.
pub(super) struct Gradient {
    /// With respect to each input: n × F.
    pub(super) features: Vec<f64>,
    /// All biases times their gradients, added up.
    pub(super) bias: f64,
}

impl<'a> Pass<'a> {
    /// The query with `share` of its inputs.
    pub(super) fn new(network: &'a Network, query: &Prepared, share: f64) -> Result<Self, ModelError> {
        let features = Var::from_tensor(&(&query.features * share)?)?;
        let before = network.before_feedback(query, features.as_tensor())?;
        Ok(Self { network, features, before })
    }

    /// The images' scores, which the parts have no part in.
    pub(super) fn scores(&self, query: &Prepared) -> Result<Vec<f64>, ModelError> {
        match self.before.heard {
            Some(_) => Ok(self.network.forward(query, None)?.total.to_vec1()?),
            None => Ok(self.before.score.to_vec1()?),
        }
    }

    /// An image's text score.
    pub(super) fn text(&self, image: usize) -> Result<f64, ModelError> {
        Ok(self.before.text.get(image)?.to_scalar()?)
    }

    /// An image's score without feedback, and its gradients.
    pub(super) fn gradient(&self, image: usize) -> Result<(f64, Gradient), ModelError> {
        let score = self.before.score.get(image)?;
        let gradients = score.backward()?;
        let features = match gradients.get(&self.features) {
            Some(gradient) => gradient.flatten_all()?.to_vec1()?,
            None => vec![0.0; self.features.elem_count()],
        };
        let mut bias = 0.0;
        for (_, var) in self.network.vars().iter().filter(|(name, _)| name.ends_with(".bias")) {
            if let Some(gradient) = gradients.get(var) {
                bias += (var.as_tensor() * gradient)?.sum_all()?.to_scalar::<f64>()?;
            }
        }
        Ok((score.to_scalar()?, Gradient { features, bias }))
    }

    /// Each input times its gradient.
    pub(super) fn attributed(&self, gradient: &[f64]) -> Result<Vec<f64>, ModelError> {
        let inputs: Vec<f64> = self.features.flatten_all()?.to_vec1()?;
        Ok(inputs.iter().zip(gradient).map(|(x, gradient)| x * gradient).collect())
    }

    /// What the last round of feedback adds to an image's score: `heard_j (cos_ij − mean_k cos_kj)` for each image j.
    pub(super) fn feedback(&self, image: usize) -> Result<Vec<Contribution>, ModelError> {
        let Some(heard) = &self.before.heard else { return Ok(Vec::new()) };
        let heard: Vec<f64> = heard.to_vec1()?;
        let QueryGraph { visual, dim, .. } = &self.before.graph;
        if *dim == 0 {
            return Ok(Vec::new());
        }
        let rows = || visual.chunks_exact(*dim);
        // cos_ij − mean_k cos_kj = (v_i − mean of all v) · v_j.
        let mut difference = vec![0.0; *dim];
        for row in rows() {
            difference.iter_mut().zip(row).for_each(|(sum, &x)| *sum -= f64::from(x) / heard.len() as f64);
        }
        let own = &visual[image * dim..][..*dim];
        difference.iter_mut().zip(own).for_each(|(sum, &x)| *sum += f64::from(x));
        let more_alike = |row: &[f32]| row.iter().zip(&difference).map(|(&x, d)| f64::from(x) * d).sum::<f64>();
        let parts = rows().zip(&heard).enumerate().map(|(other, (row, heard))| Contribution {
            source: Source::Feedback(other),
            value: heard * more_alike(row),
        });
        Ok(parts.filter(|part| part.value != 0.0).collect())
    }

    /// What each input adds as parts: those of the image one by one, those of every other image together.
    ///
    /// # Shapes
    /// `attributed`: n × F, row-major.
    pub(super) fn parts(&self, image: usize, attributed: &[f64]) -> Vec<Contribution> {
        let config = self.network.config();
        let (width, components) = (config.feature_count, config.component_count);
        let signals = width - components;
        let mut rows = attributed.chunks_exact(width);
        let own = rows.clone().nth(image).unwrap_or_default().iter().enumerate().map(|(at, &value)| {
            let source = if at < signals { Source::Feature(at) } else { Source::Component(at - signals) };
            Contribution { source, value }
        });
        let others = rows.by_ref().enumerate().filter(|&(other, _)| other != image);
        let others = others
            .map(|(other, row)| Contribution { source: Source::Neighbour(other), value: row.iter().sum() })
            .filter(|part| part.value != 0.0);
        own.chain(others).collect()
    }
}
