//! The bundled ResNet-50-thin: half as wide as ResNet-50, with batch norm folded into the convolutions.
//!
//! It was trained in Caffe, hence two differences from torchvision's ResNet-50: a stage's stride 2 sits in its first
//! 1×1 convolution, and the max-pool rounds its size up instead of padding on all sides.
//! Model: Yahoo's open_nsfw (BSD-2-Clause), whose trunk was first trained on ImageNet.

use std::collections::HashMap;

use candle_core::{D, Module, Result, Tensor};

use super::architecture::ResNetConfig;
use super::epilogue::{add_bias, add_relu};

/// The tensors of a weights file by name.
type Tensors = HashMap<String, Tensor>;

/// A convolution with the batch norm behind it folded in: `y = W ∗ x + b`.
struct FoldedConv {
    weight: Weight,
    /// `[1, output, 1, 1]`.
    bias: Tensor,
    kernel: usize,
    stride: usize,
    padding: usize,
}

/// The numbers of a convolution in the form that suits the device.
enum Weight {
    /// `[output, kernel · kernel · input]`, for one product with the unfolded picture: several times as fast as candle's
    /// convolution on the main processor.
    Matrix(Tensor),
    /// `[output, input, kernel, kernel]`, for the convolution of a graphics card.
    Kernel(Tensor),
}

impl FoldedConv {
    fn load(tensors: &Tensors, name: &str, stride: usize, padding: usize) -> Result<Self> {
        let bias = tensor(tensors, &format!("{name}.bias"))?;
        let bias = bias.reshape((1, bias.elem_count(), 1, 1))?;
        let weight = tensor(tensors, &format!("{name}.weight"))?;
        let (output, input, kernel, _) = weight.dims4()?;
        let weight = match weight.device().is_cpu() {
            true => Weight::Matrix(weight.permute((0, 2, 3, 1))?.reshape((output, kernel * kernel * input))?),
            false => Weight::Kernel(weight),
        };
        Ok(Self { weight, bias, kernel, stride, padding })
    }

    /// `[n, input, h, w]` to `[n, output, h', w']`, behind a ReLU if asked for.
    fn forward(&self, x: &Tensor, relu: bool) -> Result<Tensor> {
        let y = match &self.weight {
            Weight::Kernel(weight) => x.conv2d(weight, self.padding, self.stride, 1, 1)?,
            Weight::Matrix(weight) => {
                let each: Result<Vec<Tensor>> =
                    (0..x.dim(0)?).map(|index| self.product(weight, &x.get(index)?)).collect();
                Tensor::stack(&each?, 0)?
            }
        };
        add_bias(y, &self.bias, relu)
    }

    /// One picture `[input, h, w]` to `[output, h', w']`.
    fn product(&self, weight: &Tensor, x: &Tensor) -> Result<Tensor> {
        let (_, height, width) = x.dims3()?;
        let size = |length: usize| (length + 2 * self.padding - self.kernel) / self.stride + 1;
        let (height, width) = (size(height), size(width));
        let columns = unfold(x, [self.kernel, self.stride, self.padding], height, width)?;
        weight.matmul(&columns)?.reshape((weight.dim(0)?, height, width))
    }
}

/// What a convolution sees at each of its `height × width` places, as columns: `[input, h, w]` to
/// `[kernel · kernel · input, height · width]`.
fn unfold(x: &Tensor, [kernel, stride, padding]: [usize; 3], height: usize, width: usize) -> Result<Tensor> {
    let (input, h, w) = x.dims3()?;
    if kernel == 1 && stride == 1 {
        return x.reshape((input, height * width));
    }
    // Split into stride × stride pictures of every stride-th pixel, so that each view below has whole rows to copy.
    let (tall, wide) = ((h + 2 * padding).div_ceil(stride), (w + 2 * padding).div_ceil(stride));
    let phases = x
        .pad_with_zeros(1, padding, tall * stride - h - padding)?
        .pad_with_zeros(2, padding, wide * stride - w - padding)?
        .reshape((input, tall, stride, wide, stride))?
        .permute((2, 4, 0, 1, 3))?
        .contiguous()?;
    let view = |place: usize| {
        let (down, right) = (place / kernel, place % kernel);
        let phase = phases.get(down % stride)?.get(right % stride)?;
        phase.narrow(1, down / stride, height)?.narrow(2, right / stride, width)
    };
    let views: Result<Vec<Tensor>> = (0..kernel * kernel).map(view).collect();
    Tensor::cat(&views?, 0)?.reshape((kernel * kernel * input, height * width))
}

/// The first convolution and the max-pool: 1/4 of the picture's side.
struct Stem {
    conv: FoldedConv,
}

impl Stem {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.conv.forward(x, true)?;
        // Behind a ReLU, zeros below and to the right are as good as Caffe's rounding up.
        x.pad_with_zeros(D::Minus1, 0, 1)?.pad_with_zeros(D::Minus2, 0, 1)?.max_pool2d_with_stride(3, 2)
    }
}

/// `relu(expand(relu(spatial(relu(reduce(x))))) + shortcut(x))`.
struct Bottleneck {
    reduce: FoldedConv,
    spatial: FoldedConv,
    expand: FoldedConv,
    /// Where the block changes the size; else the input itself is added.
    shortcut: Option<FoldedConv>,
}

impl Bottleneck {
    fn load(tensors: &Tensors, name: &str, stride: usize) -> Result<Self> {
        let shortcut = format!("{name}.downsample");
        let has_shortcut = tensors.contains_key(&format!("{shortcut}.weight"));
        Ok(Self {
            reduce: FoldedConv::load(tensors, &format!("{name}.conv1"), stride, 0)?,
            spatial: FoldedConv::load(tensors, &format!("{name}.conv2"), 1, 1)?,
            expand: FoldedConv::load(tensors, &format!("{name}.conv3"), 1, 0)?,
            shortcut: has_shortcut.then(|| FoldedConv::load(tensors, &shortcut, stride, 0)).transpose()?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = self.reduce.forward(x, true)?;
        let y = self.spatial.forward(&y, true)?;
        let y = self.expand.forward(&y, false)?;
        match &self.shortcut {
            Some(conv) => add_relu(y, &conv.forward(x, false)?),
            None => add_relu(y, x),
        }
    }
}

/// Blocks of one width; all but the first stage halve the picture's side.
struct Stage {
    blocks: Vec<Bottleneck>,
}

/// The whole trunk: `[n, 3, side, side]` to pooled features `[n, dim]`.
pub(super) struct ThinResNet {
    stem: Stem,
    stages: Vec<Stage>,
}

impl ThinResNet {
    /// Takes the tensors named in [`super::Architecture::tensors`].
    pub(super) fn load(config: ResNetConfig, tensors: &Tensors) -> Result<Self> {
        let stem = Stem { conv: FoldedConv::load(tensors, "conv1", 2, 3)? };
        let stage = |(stage, &count): (usize, &usize)| {
            let stride = |block: usize| if stage > 0 && block == 0 { 2 } else { 1 };
            let blocks = (0..count)
                .map(|block| Bottleneck::load(tensors, &format!("layer{}.{block}", stage + 1), stride(block)))
                .collect::<Result<_>>()?;
            Ok(Stage { blocks })
        };
        let stages = config.blocks.iter().enumerate().map(stage).collect::<Result<_>>()?;
        Ok(Self { stem, stages })
    }
}

impl Module for ThinResNet {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut x = self.stem.forward(x)?;
        for block in self.stages.iter().flat_map(|stage| &stage.blocks) {
            x = block.forward(&x)?;
        }
        x.mean(D::Minus1)?.mean(D::Minus1)
    }
}

fn tensor(tensors: &Tensors, name: &str) -> Result<Tensor> {
    tensors.get(name).cloned().ok_or_else(|| candle_core::Error::CannotFindTensor { path: name.to_string() }.bt())
}
