//! What follows a convolution: bias, the way around the block, ReLU.
//!
//! On the main processor these work in place and on the calling thread. Candle's own sums and ReLUs share one set of
//! waiting threads among all callers, so several pictures side by side would stand in line there.

use candle_core::{CpuStorage, InplaceOp2, Layout, Result, Tensor, bail};

/// `y + b` with one number of `bias` a channel, then ReLU if asked for.
///
/// # Shapes
/// `y` is `[n, channels, h, w]` and used up, `bias` `[1, channels, 1, 1]`.
pub(super) fn add_bias(y: Tensor, bias: &Tensor, relu: bool) -> Result<Tensor> {
    if y.device().is_cpu() {
        y.inplace_op2(bias, &AddBias { floor: if relu { 0.0 } else { f32::NEG_INFINITY } })?;
        return Ok(y);
    }
    let y = y.broadcast_add(bias)?;
    if relu { y.relu() } else { Ok(y) }
}

/// `relu(y + x)` of two tensors of one size; `y` is used up.
pub(super) fn add_relu(y: Tensor, x: &Tensor) -> Result<Tensor> {
    if y.device().is_cpu() {
        y.inplace_op2(x, &AddRelu)?;
        return Ok(y);
    }
    (y + x)?.relu()
}

struct AddBias {
    /// Lower bound of the result: 0 for a ReLU, −∞ for none.
    floor: f32,
}

impl InplaceOp2 for AddBias {
    fn name(&self) -> &'static str {
        "add-bias"
    }

    fn cpu_fwd(&self, y: &mut CpuStorage, shape: &Layout, bias: &CpuStorage, bias_shape: &Layout) -> Result<()> {
        let (_, channels, height, width) = shape.shape().dims4()?;
        let (y, bias) = (written(y, shape)?, read(bias, bias_shape)?);
        if bias.len() != channels {
            bail!("{} biases for {channels} channels", bias.len());
        }
        for (plane, bias) in y.chunks_exact_mut(height * width).zip(bias.iter().cycle()) {
            plane.iter_mut().for_each(|value| *value = (*value + bias).max(self.floor));
        }
        Ok(())
    }
}

struct AddRelu;

impl InplaceOp2 for AddRelu {
    fn name(&self) -> &'static str {
        "add-relu"
    }

    fn cpu_fwd(&self, y: &mut CpuStorage, shape: &Layout, x: &CpuStorage, x_shape: &Layout) -> Result<()> {
        if shape.shape() != x_shape.shape() {
            bail!("a sum of {:?} and {:?}", shape.shape(), x_shape.shape());
        }
        let (y, x) = (written(y, shape)?, read(x, x_shape)?);
        y.iter_mut().zip(x).for_each(|(y, x)| *y = (*y + x).max(0.0));
        Ok(())
    }
}

fn written<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(numbers), Some((start, end))) => Ok(&mut numbers[start..end]),
        _ => bail!("f32 numbers without gaps are needed"),
    }
}

fn read<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(numbers), Some((start, end))) => Ok(&numbers[start..end]),
        _ => bail!("f32 numbers without gaps are needed"),
    }
}
