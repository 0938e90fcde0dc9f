//! A loss as a tensor operation on the network's scores.

use std::sync::{Arc, OnceLock};

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

use super::{Loss, Objective, Targets};

impl Objective {
    /// One query's contribution to the loss of a batch, which is the sum of these over the sum of the
    /// [`Self::weight`]s.
    ///
    /// # Shapes
    /// `scores`: n → a scalar; 0 if nothing can be learned from the query.
    ///
    /// # Errors
    /// If the numbers of scores and of judgements differ.
    pub fn sum(self, scores: &Tensor, targets: &Arc<Targets>) -> Result<Tensor> {
        let operation = RankingLoss { objective: self, targets: targets.clone(), gradient: OnceLock::new() };
        scores.contiguous()?.apply_op1(operation)
    }
}

impl Loss {
    /// [`Objective::sum`] of this loss with default parameters.
    ///
    /// # Errors
    /// If the numbers of scores and of judgements differ.
    pub fn sum(self, scores: &Tensor, targets: &Arc<Targets>) -> Result<Tensor> {
        Objective::from(self).sum(scores, targets)
    }
}

/// One query's part of the loss as an operation on the scores.
struct RankingLoss {
    objective: Objective,
    targets: Arc<Targets>,
    /// The gradient, which is computed along with the value.
    gradient: OnceLock<Vec<f64>>,
}

impl RankingLoss {
    /// The part and its gradient.
    fn evaluate(&self, scores: &[f64]) -> Result<(f64, Vec<f64>)> {
        if scores.len() != self.targets.n {
            bail!("{} scores for {} judgements", scores.len(), self.targets.n);
        }
        Ok(self.objective.evaluate(scores, &self.targets))
    }
}

impl CustomOp1 for RankingLoss {
    fn name(&self) -> &'static str {
        self.objective.loss.name()
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let Some((start, end)) = layout.contiguous_offsets() else {
            bail!("a contiguous tensor is needed");
        };
        let (loss, gradient) = self.evaluate(&storage.as_slice::<f64>()?[start..end])?;
        // Each operation is applied once, so the cell is empty.
        let _ = self.gradient.set(gradient);
        Ok((CpuStorage::F64(vec![loss]), Shape::from(())))
    }

    fn bwd(&self, scores: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let mut out = match self.gradient.get() {
            Some(known) => known.clone(),
            None => self.evaluate(&scores.to_vec1::<f64>()?)?.1,
        };
        let scale = gradient.to_scalar::<f64>()?;
        out.iter_mut().for_each(|x| *x *= scale);
        Ok(Some(Tensor::from_vec(out, scores.shape(), scores.device())?))
    }
}
