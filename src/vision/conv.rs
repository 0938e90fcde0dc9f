//! Our kernels as operations on candle's tensors.
//!
//! Every operation writes into an existing tensor, so a network allocates nothing while it runs. Feature maps are `[n,
//! height, width, pitch]`: a pixel's channels side by side, followed by a gap.

use std::cell::RefCell;

use candle_core::{CpuStorage, CustomOp1, InplaceOp2, InplaceOp3, Layout, Result, Shape, Tensor, bail};
use pulp::{Simd, WithSimd};

use super::Pooling;
use super::backbone::MaxPool;
use super::folded::FoldedConv;
use super::kernel::{
    self, Activation, Add, Aligned, Depthwise, Finish, Instructions, Packed, Padding, Patches, Rows, Window, Winograd,
};

/// Padding between pixels: without it, pixels of 2^n channels would share a few cache sets.
const GAP: usize = 16;

/// Stride from one pixel to the next, in numbers.
pub(super) fn pitch(channels: usize) -> usize {
    channels.next_multiple_of(GAP) + GAP
}

/// A convolution with its weights laid out for the machine's vector instructions.
#[derive(Debug)]
pub(super) struct KernelConv {
    arch: pulp::Arch,
    weights: Weights,
    bias: Aligned,
    pub(super) window: Window,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
}

#[derive(Debug)]
enum Weights {
    Patches(Packed),
    Winograd(Winograd),
    Depthwise(Depthwise),
}

/// The residual added to a convolution before its activation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Residual<'a> {
    None,
    /// The previous content of the result's tensor.
    Own,
    Other(&'a Tensor),
}

impl KernelConv {
    /// Packs a convolution's weights.
    ///
    /// # Errors
    /// If they are not f32 on the CPU, or there is no kernel for a depthwise convolution's window.
    pub(super) fn new(conv: &FoldedConv, instructions: Instructions) -> Result<Self> {
        let arch = instructions.arch();
        let (outputs, inputs, kernel, _) = conv.weight.dims4()?;
        if conv.depthwise && (inputs != 1 || !Depthwise::supports(conv.window)) {
            bail!("no kernel for a depthwise convolution of {:?} with {:?}", conv.weight.dims(), conv.window);
        }
        let numbers = conv.weight.flatten_all()?.to_vec1::<f32>()?;
        let weight = |[output, input, down, right]: [usize; 4]| {
            numbers[((output * inputs + input) * kernel + down) * kernel + right]
        };
        let by_winograd = conv.window == Window { kernel: 3, stride: 1, padding: Padding::Even(1) };
        let weights = if conv.depthwise {
            let weight = |[channel, down, right]: [usize; 3]| weight([channel, 0, down, right]);
            Weights::Depthwise(Depthwise::new(arch, outputs, kernel, weight))
        } else if by_winograd && inputs.is_multiple_of(GAP) && outputs.is_multiple_of(GAP) {
            Weights::Winograd(Winograd::new(arch, outputs, inputs, weight))
        } else {
            Weights::Patches(Packed::new(arch, outputs, kernel * kernel * inputs, |output, row| {
                weight([output, row % inputs, row / inputs / kernel, row / inputs % kernel])
            }))
        };
        let values = conv.bias.to_vec1::<f32>()?;
        let mut bias = Aligned::zeros(values.len());
        bias.copy_from_slice(&values);
        let inputs = if conv.depthwise { outputs } else { inputs };
        Ok(Self { arch, weights, bias, window: conv.window, inputs, outputs })
    }

    /// Writes the convolution of `x` to `y`.
    ///
    /// # Shapes
    /// `x`: `[n, h, w, ≥ inputs]`; `y` and a residual: `[n, h', w', ≥ outputs]`.
    ///
    /// # Errors
    /// If the sizes do not match, or a depthwise convolution has a residual.
    pub(super) fn forward(
        &self,
        x: &Tensor,
        y: &Tensor,
        residual: Residual<'_>,
        activation: Activation,
        scratch: &RefCell<Aligned>,
    ) -> Result<()> {
        let own = matches!(residual, Residual::Own);
        let op = ConvOp { conv: self, activation, own, scratch };
        match residual {
            Residual::Other(other) => y.inplace_op3(x, other, &op),
            Residual::None | Residual::Own => y.inplace_op2(x, &op),
        }
    }
}

struct ConvOp<'a> {
    conv: &'a KernelConv,
    activation: Activation,
    own: bool,
    scratch: &'a RefCell<Aligned>,
}

impl ConvOp<'_> {
    fn run(&self, y: Written<'_>, x: Read<'_>, other: Option<Read<'_>>) -> Result<()> {
        let conv = self.conv;
        let positions = [x.dims[1], x.dims[2]].map(|side| conv.window.positions(side));
        let fits = |dims: [usize; 4]| dims[..3] == [x.dims[0], positions[0], positions[1]] && dims[3] >= conv.outputs;
        if !fits(y.dims) || x.dims[3] < conv.inputs || other.as_ref().is_some_and(|other| !fits(other.dims)) {
            bail!("a convolution of {:?} cannot produce {:?}", x.dims, y.dims);
        }
        let add = match &other {
            Some(other) => Add::Other(Rows { numbers: other.numbers, pitch: other.dims[3] }),
            None if self.own => Add::Own,
            None => Add::Nothing,
        };
        if matches!(conv.weights, Weights::Depthwise(_)) && !matches!(add, Add::Nothing) {
            bail!("a depthwise convolution with a residual");
        }
        let finish = Finish { bias: Some(&conv.bias), add, activation: self.activation };
        let scratch = &mut *self.scratch.borrow_mut();
        conv.arch.dispatch(Convolve { conv, maps: x.maps(conv.inputs), x: x.numbers, y, finish, scratch });
        Ok(())
    }
}

struct Convolve<'a> {
    conv: &'a KernelConv,
    maps: Patches,
    x: &'a [f32],
    y: Written<'a>,
    finish: Finish<'a>,
    scratch: &'a mut Aligned,
}

impl WithSimd for Convolve<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { conv, maps, x, y, finish, scratch } = self;
        let pitch = y.dims[3];
        match &conv.weights {
            Weights::Patches(weights) => {
                maps.convolve(simd, conv.window, x, weights, y.numbers, pitch, finish, scratch);
            }
            Weights::Winograd(weights) => weights.convolve(simd, maps, x, y.numbers, pitch, finish, scratch),
            Weights::Depthwise(weights) => {
                weights.convolve(simd, conv.window, maps, x, y.numbers, pitch, finish, scratch);
            }
        }
    }
}

impl InplaceOp2 for ConvOp<'_> {
    fn name(&self) -> &'static str {
        "convolution"
    }

    fn cpu_fwd(&self, y: &mut CpuStorage, y_layout: &Layout, x: &CpuStorage, x_layout: &Layout) -> Result<()> {
        self.run(Written::new(y, y_layout)?, Read::new(x, x_layout)?, None)
    }
}

impl InplaceOp3 for ConvOp<'_> {
    fn name(&self) -> &'static str {
        "convolution with residual"
    }

    fn cpu_fwd(
        &self,
        y: &mut CpuStorage,
        y_layout: &Layout,
        x: &CpuStorage,
        x_layout: &Layout,
        other: &CpuStorage,
        other_layout: &Layout,
    ) -> Result<()> {
        self.run(Written::new(y, y_layout)?, Read::new(x, x_layout)?, Some(Read::new(other, other_layout)?))
    }
}

/// The max-pool of maps `[n, h, w, pitch]`, written to `[n, h', w', pitch]`.
pub(super) struct MaxPoolOp {
    pub(super) pool: MaxPool,
    pub(super) channels: usize,
    pub(super) arch: pulp::Arch,
}

impl InplaceOp2 for MaxPoolOp {
    fn name(&self) -> &'static str {
        "max-pool"
    }

    fn cpu_fwd(&self, y: &mut CpuStorage, y_layout: &Layout, x: &CpuStorage, x_layout: &Layout) -> Result<()> {
        let (y, x) = (Written::new(y, y_layout)?, Read::new(x, x_layout)?);
        let positions = [x.dims[1], x.dims[2]].map(|side| self.pool.positions(side));
        if y.dims[..3] != [x.dims[0], positions[0], positions[1]] || y.dims[3].min(x.dims[3]) < self.channels {
            bail!("a max-pool of {:?} cannot produce {:?}", x.dims, y.dims);
        }
        struct Op<'a>(&'a MaxPoolOp, Written<'a>, Read<'a>, [usize; 2]);
        impl WithSimd for Op<'_> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) {
                let Self(op, y, x, positions) = self;
                let maps = x.maps(op.channels);
                kernel::max_pool(simd, maps, op.pool.window(), positions, x.numbers, y.numbers, y.dims[3]);
            }
        }
        self.arch.dispatch(Op(self, y, x, positions));
        Ok(())
    }
}

/// A tensor of four dimensions to write to.
struct Written<'a> {
    numbers: &'a mut [f32],
    dims: [usize; 4],
}

impl<'a> Written<'a> {
    fn new(storage: &'a mut CpuStorage, layout: &Layout) -> Result<Self> {
        let dims = layout.shape().dims4()?.into();
        match (storage, layout.contiguous_offsets()) {
            (CpuStorage::F32(numbers), Some((start, end))) => Ok(Self { numbers: &mut numbers[start..end], dims }),
            _ => bail!("contiguous f32 numbers are required"),
        }
    }
}

/// A tensor of four dimensions to read.
struct Read<'a> {
    pub(super) numbers: &'a [f32],
    dims: [usize; 4],
}

impl<'a> Read<'a> {
    pub(super) fn new(storage: &'a CpuStorage, layout: &Layout) -> Result<Self> {
        let dims = layout.shape().dims4()?.into();
        match (storage, layout.contiguous_offsets()) {
            (CpuStorage::F32(numbers), Some((start, end))) => Ok(Self { numbers: &numbers[start..end], dims }),
            _ => bail!("contiguous f32 numbers are required"),
        }
    }

    /// Its feature maps of the first `channels` numbers per pixel.
    pub(super) fn maps(&self, channels: usize) -> Patches {
        let [count, height, width, pitch] = self.dims;
        Patches { count, height, width, channels, pitch }
    }
}

/// Maps `[n, h, w, pitch]` to vectors `[n, channels]`.
pub(super) struct PoolOp {
    pub(super) pooling: Pooling,
    pub(super) channels: usize,
}

impl CustomOp1 for PoolOp {
    fn name(&self) -> &'static str {
        "pooling"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = Read::new(x, layout)?;
        let mut y = vec![0.0; x.dims[0] * self.channels];
        kernel::pool(self.pooling, x.maps(self.channels), x.numbers, &mut y);
        Ok((CpuStorage::F32(y), (x.dims[0], self.channels).into()))
    }
}
