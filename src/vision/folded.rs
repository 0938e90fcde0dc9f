//! Convolutions with the following batch norm folded in: `y = W ∗ x + b`.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::kernel::{Padding, Window};
use super::layers::ConvLayer;

/// A convolution as candle's tensors.
#[derive(Clone, Debug)]
pub(super) struct FoldedConv {
    /// `[output, input, kernel, kernel]`; with an input of 1 if it is depthwise.
    pub(super) weight: Tensor,
    /// `[output]`.
    pub(super) bias: Tensor,
    pub(super) window: Window,
    /// Whether each channel has a window of its own, instead of one for each pair of input and output channels.
    pub(super) depthwise: bool,
}

impl FoldedConv {
    /// Reads `conv.weight` and `conv.bias`, or, where there is a batch norm, folds `γ (W ∗ x − μ) / √(σ² + ε) + β` into
    /// one convolution. In f64, so that folding costs no accuracy.
    ///
    /// # Errors
    /// If a tensor is missing or not of shape `[output, input, kernel, kernel]` and `[output]`.
    pub(super) fn load(vars: &VarBuilder<'_>, layer: &ConvLayer) -> Result<Self> {
        let (output, window, depthwise) = (layer.outputs, layer.window, layer.depthwise);
        let weight = vars.pp(&layer.name).get(&layer.shape(), "weight")?;
        let Some(norm) = &layer.norm else {
            return Ok(Self { weight, bias: vars.pp(&layer.name).get(output, "bias")?, window, depthwise });
        };
        let part = |name: &str| vars.pp(&norm.name).get(output, name)?.to_dtype(DType::F64);
        let factor = (part("weight")? / (part("running_var")? + norm.epsilon)?.sqrt()?)?;
        let bias = (part("bias")? - (part("running_mean")? * &factor)?)?.to_dtype(DType::F32)?;
        let factor = factor.reshape((output, 1, 1, 1))?;
        let weight = weight.to_dtype(DType::F64)?.broadcast_mul(&factor)?.to_dtype(DType::F32)?;
        Ok(Self { weight, bias, window, depthwise })
    }

    /// The same on a device, converted to a dtype.
    pub(super) fn on(&self, device: &Device, dtype: DType) -> Result<Self> {
        let there = |tensor: &Tensor| tensor.to_device(device)?.to_dtype(dtype);
        Ok(Self { weight: there(&self.weight)?, bias: there(&self.bias)?, ..self.clone() })
    }

    /// `[n, input, h, w]` to `[n, output, h', w']` by candle's own operations, on any device.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let Window { stride, padding, .. } = self.window;
        let sums = match (self.depthwise, padding) {
            (false, Padding::Even(zeros)) => x.conv2d(&self.weight, zeros, stride, 1, 1)?,
            (false, Padding::Same) => self.padded(x, 0)?.conv2d(&self.weight, 0, stride, 1, 1)?,
            (true, _) => self.by_channel(x)?,
        };
        sums.broadcast_add(&self.bias.reshape((1, self.bias.elem_count(), 1, 1))?)
    }

    /// The maps with the window's zeros around them, and `more` rows and columns at the bottom and right.
    fn padded(&self, x: &Tensor, more: usize) -> Result<Tensor> {
        let (_, _, height, width) = x.dims4()?;
        let pad = |x: &Tensor, axis: usize, length: usize| {
            let before = self.window.before(length);
            let after = (self.window.reach(length) + more).saturating_sub(before + length);
            x.pad_with_zeros(axis, before, after)
        };
        pad(&pad(x, 2, height)?, 3, width)
    }

    /// A depthwise convolution as a sum over the window's positions: candle's own takes the channels one by one.
    fn by_channel(&self, x: &Tensor) -> Result<Tensor> {
        let Window { kernel, stride, .. } = self.window;
        let (count, channels, height, width) = x.dims4()?;
        let (tall, wide) = (self.window.positions(height), self.window.positions(width));
        let x = self.padded(x, stride - 1)?;
        let mut sum: Option<Tensor> = None;
        for (down, right) in (0..kernel).flat_map(|down| (0..kernel).map(move |right| (down, right))) {
            // Every `stride`-th row and column from there on.
            let seen = x.narrow(2, down, stride * tall)?.narrow(3, right, stride * wide)?;
            let seen = seen.reshape((count, channels, tall, stride, wide * stride))?.narrow(3, 0, 1)?;
            let seen = seen.reshape((count, channels, tall, wide, stride))?.narrow(4, 0, 1)?;
            let weight = self.weight.narrow(2, down, 1)?.narrow(3, right, 1)?.reshape((1, channels, 1, 1))?;
            let term = seen.reshape((count, channels, tall, wide))?.broadcast_mul(&weight)?;
            sum = Some(match sum {
                Some(sum) => (sum + term)?,
                None => term,
            });
        }
        sum.ok_or_else(|| candle_core::Error::Msg("a window without positions".to_owned()))
    }
}
