//! Residual networks (He et al., 2015, arXiv 1512.03385).

use super::backbone::{Backbone, Block, MaxPool, Shortcut};
use super::kernel::{Activation, Padding, Window};
use super::layers::{BatchNorm, ConvLayer};

/// Added to a batch norm's variance by torchvision and timm.
const EPSILON: f64 = 1e-5;

/// The hyperparameters of a residual network.
///
/// Stage `s` has `blocks[s]` blocks of width `widths[s]`; a bottleneck block's output is four times as wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResNetConfig {
    /// Channels after the first convolution.
    pub(super) stem: usize,
    /// Blocks per stage.
    pub(super) blocks: [usize; 4],
    /// Inner channels per stage.
    pub(super) widths: [usize; 4],
    /// Ratio of a block's output to its inner channels: 1 for basic blocks, 4 for bottlenecks.
    pub(super) expansion: usize,
    /// Whether batch norm is folded into the convolutions, which then have a bias.
    pub(super) folded: bool,
}

impl ResNetConfig {
    /// torchvision's networks.
    pub(super) fn full(blocks: [usize; 4], expansion: usize) -> Self {
        Self { stem: 64, blocks, widths: [64, 128, 256, 512], expansion, folded: false }
    }

    /// ResNet-50 at half the width, converted from Caffe.
    pub(super) fn thin() -> Self {
        Self { stem: 64, blocks: [3, 4, 6, 3], widths: [32, 64, 128, 256], expansion: 4, folded: true }
    }

    /// Channels after a stage (1 to 4).
    pub(super) fn dim(&self, stage: usize) -> usize {
        self.widths[stage - 1] * self.expansion
    }

    /// The network by torchvision's tensor names. All stages but the first begin with a halved side.
    pub(super) fn layers(&self) -> Backbone<ConvLayer> {
        let mut input = self.stem;
        let mut stages = Vec::new();
        for (stage, (&count, &width)) in self.blocks.iter().zip(&self.widths).enumerate() {
            let mut blocks = Vec::new();
            for block in 0..count {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                blocks.push(self.block(&format!("layer{}.{block}", stage + 1), [input, width], stride));
                input = width * self.expansion;
            }
            stages.push(blocks);
        }
        let pool = Some(if self.folded { MaxPool::Hanging } else { MaxPool::Padded });
        let stem = self.conv(["conv1".to_owned(), "bn1".to_owned()], [3, self.stem, 7], 2);
        Backbone { stem, pool, stages, activation: Activation::Relu }
    }

    /// Two convolutions of 3×3 (basic), or 1×1, 3×3, 1×1 (bottleneck).
    fn block(&self, name: &str, [input, width]: [usize; 2], stride: usize) -> Block<ConvLayer> {
        let output = width * self.expansion;
        // Caffe's networks halve the side in the first convolution, torchvision's in the first of 3×3.
        let parts: &[([usize; 3], usize)] = match (self.expansion, self.folded) {
            (1, _) => &[([input, width, 3], stride), ([width, width, 3], 1)],
            (_, true) => &[([input, width, 1], stride), ([width, width, 3], 1), ([width, output, 1], 1)],
            (_, false) => &[([input, width, 1], 1), ([width, width, 3], stride), ([width, output, 1], 1)],
        };
        let conv = |(index, &(size, stride)): (usize, &([usize; 3], usize))| {
            self.conv([format!("{name}.conv{}", index + 1), format!("{name}.bn{}", index + 1)], size, stride)
        };
        let names = match self.folded {
            true => [format!("{name}.downsample"), String::new()],
            false => [format!("{name}.downsample.0"), format!("{name}.downsample.1")],
        };
        let shortcut = match input != output || stride != 1 {
            true => Shortcut::Projection(self.conv(names, [input, output, 1], stride)),
            false => Shortcut::Input,
        };
        Block { convs: parts.iter().enumerate().map(conv).collect(), shortcut, activation: Activation::Relu }
    }

    /// A convolution `[input, output, kernel]` whose window is centred on its position.
    fn conv(&self, [name, norm]: [String; 2], [inputs, outputs, kernel]: [usize; 3], stride: usize) -> ConvLayer {
        let norm = (!self.folded).then_some(BatchNorm { name: norm, epsilon: EPSILON });
        let window = Window { kernel, stride, padding: Padding::Even(kernel / 2) };
        ConvLayer { name, norm, inputs, outputs, window, depthwise: false }
    }
}
