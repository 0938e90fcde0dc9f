//! The bundled ResNet-50-thin: half as wide as ResNet-50, with batch norm folded into the convolutions.
//!
//! It was trained in Caffe, hence two differences from torchvision's ResNet-50: a stage's stride 2 sits in its first
//! 1×1 convolution, and the max-pool rounds its size up instead of padding on all sides.
//! Model: Yahoo's open_nsfw (BSD-2-Clause), whose trunk was first trained on ImageNet.

use std::collections::HashMap;

use candle_core::{D, Module, Result, Tensor};

use super::architecture::ResNetConfig;

/// The tensors of a weights file by name.
type Tensors = HashMap<String, Tensor>;

/// A convolution with the batch norm behind it folded in: `y = W ∗ x + b`.
struct FoldedConv {
    /// `[output, input, kernel, kernel]`.
    weight: Tensor,
    /// `[1, output, 1, 1]`.
    bias: Tensor,
    stride: usize,
    padding: usize,
}

impl FoldedConv {
    fn load(tensors: &Tensors, name: &str, stride: usize, padding: usize) -> Result<Self> {
        let bias = tensor(tensors, &format!("{name}.bias"))?;
        let bias = bias.reshape((1, bias.elem_count(), 1, 1))?;
        Ok(Self { weight: tensor(tensors, &format!("{name}.weight"))?, bias, stride, padding })
    }

    /// `[n, input, h, w]` to `[n, output, h', w']`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (output, input, kernel, _) = self.weight.dims4()?;
        let (n, _, height, width) = x.dims4()?;
        let pointwise = kernel == 1 && self.stride == 1;
        let y = if pointwise && n == 1 && x.is_contiguous() {
            // Over one picture a 1×1 convolution is one matrix product, and needs no copy of the picture.
            let pixels = x.reshape((input, height * width))?;
            self.weight.reshape((output, input))?.matmul(&pixels)?.reshape((1, output, height, width))?
        } else {
            x.conv2d(&self.weight, self.padding, self.stride, 1, 1)?
        };
        y.broadcast_add(&self.bias)
    }
}

/// The first convolution and the max-pool: 1/4 of the picture's side.
struct Stem {
    conv: FoldedConv,
}

impl Stem {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.conv.forward(x)?.relu()?;
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
        let y = self.reduce.forward(x)?.relu()?;
        let y = self.spatial.forward(&y)?.relu()?;
        let y = self.expand.forward(&y)?;
        let around = match &self.shortcut {
            Some(conv) => conv.forward(x)?,
            None => x.clone(),
        };
        (y + around)?.relu()
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
