//! Convolutions with the following batch norm folded in: `y = W ∗ x + b`.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::kernel::Window;

/// Added to a batch norm's variance by torchvision and timm.
const EPSILON: f64 = 1e-5;

/// A convolution as candle's tensors.
#[derive(Clone, Debug)]
pub(super) struct FoldedConv {
    /// `[output, input, kernel, kernel]`.
    pub(super) weight: Tensor,
    /// `[output]`.
    pub(super) bias: Tensor,
    pub(super) window: Window,
}

impl FoldedConv {
    /// Reads `conv.weight` and `conv.bias`, or, where there is a batch norm of that name, folds
    /// `γ (W ∗ x − μ) / √(σ² + ε) + β` into one convolution. In f64, so that folding costs no accuracy.
    ///
    /// # Errors
    /// If a tensor is missing or not of shape `[output, input, kernel, kernel]` and `[output]`.
    pub(super) fn load(
        vars: &VarBuilder<'_>,
        [conv, norm]: [&str; 2],
        folded: bool,
        [output, input]: [usize; 2],
        window: Window,
    ) -> Result<Self> {
        let weight = vars.pp(conv).get((output, input, window.kernel, window.kernel), "weight")?;
        if folded {
            return Ok(Self { weight, bias: vars.pp(conv).get(output, "bias")?, window });
        }
        let part = |name: &str| vars.pp(norm).get(output, name)?.to_dtype(DType::F64);
        let factor = (part("weight")? / (part("running_var")? + EPSILON)?.sqrt()?)?;
        let bias = (part("bias")? - (part("running_mean")? * &factor)?)?.to_dtype(DType::F32)?;
        let factor = factor.reshape((output, 1, 1, 1))?;
        let weight = weight.to_dtype(DType::F64)?.broadcast_mul(&factor)?.to_dtype(DType::F32)?;
        Ok(Self { weight, bias, window })
    }

    /// The same on a device, converted to a dtype.
    pub(super) fn on(&self, device: &Device, dtype: DType) -> Result<Self> {
        let there = |tensor: &Tensor| tensor.to_device(device)?.to_dtype(dtype);
        Ok(Self { weight: there(&self.weight)?, bias: there(&self.bias)?, window: self.window })
    }

    /// `[n, input, h, w]` to `[n, output, h', w']` by candle's own operations, on any device.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let bias = self.bias.reshape((1, self.bias.elem_count(), 1, 1))?;
        x.conv2d(&self.weight, self.window.padding, self.window.stride, 1, 1)?.broadcast_add(&bias)
    }
}
