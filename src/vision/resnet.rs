//! Residual networks, generic over their convolutions.

use candle_core::{D, Error, Tensor};
use candle_nn::VarBuilder;

use super::architecture::ResNetConfig;
use super::folded::FoldedConv;
use super::kernel::Window;
use super::{Feature, Pooling};

type Result<T, E = Error> = std::result::Result<T, E>;

/// GeM's lower clamp.
const LEAST: f64 = 1e-6;

/// A residual network without its classifier (He et al., 2015, arXiv 1512.03385). `C` is a convolution: candle's own
/// operations ([`FoldedConv`]), or our kernels.
#[derive(Debug)]
pub(super) struct ResNet<C> {
    /// The first convolution, which halves the side.
    pub(super) stem: C,
    /// The max-pool after it, which halves it again.
    pub(super) pool: MaxPool,
    /// Blocks of one width; all but the first stage halve the side.
    pub(super) stages: Vec<Vec<Block<C>>>,
}

/// `relu(F(x) + shortcut(x))`, where F's convolutions have a ReLU between them.
#[derive(Debug)]
pub(super) struct Block<C> {
    /// Two of 3×3 (basic), or 1×1, 3×3, 1×1 (bottleneck).
    pub(super) convs: Vec<C>,
    /// The projection, if the block changes the shape; else the input itself is added.
    pub(super) shortcut: Option<C>,
}

/// A 3×3 max-pool with stride 2, after a ReLU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MaxPool {
    /// Padded on all sides, as in torchvision.
    Padded,
    /// Hanging over below and to the right, as in Caffe.
    Hanging,
}

impl MaxPool {
    pub(super) fn window(self) -> Window {
        Window { kernel: 3, stride: 2, padding: usize::from(self == MaxPool::Padded) }
    }

    /// Output positions along a side of `length` pixels.
    pub(super) fn positions(self, length: usize) -> usize {
        match self {
            MaxPool::Padded => self.window().positions(length),
            MaxPool::Hanging => length.saturating_sub(3).div_ceil(2) + 1,
        }
    }
}

impl MaxPool {
    /// With candle's operations: `[n, c, h, w]` to `[n, c, h', w']`. After a ReLU, padding with zeros is neutral.
    pub(super) fn forward(self, x: &Tensor) -> Result<Tensor> {
        let (before, window) = (self.window().padding, self.window());
        let after = |side: usize| (self.positions(side) - 1) * window.stride + window.kernel - before;
        let pad = |x: Tensor, at, side: usize| x.pad_with_zeros(at, before, after(side).saturating_sub(side));
        let (_, _, height, width) = x.dims4()?;
        let x = pad(pad(x.clone(), D::Minus1, width)?, D::Minus2, height)?;
        x.max_pool2d_with_stride(window.kernel, window.stride)
    }
}

impl ResNet<FoldedConv> {
    /// Takes the tensors named in [`super::Architecture::tensors`]; `None` once `keep_going` returns false.
    ///
    /// # Errors
    /// If one is missing or of the wrong shape.
    pub(super) fn load(
        config: ResNetConfig,
        vars: &VarBuilder<'_>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Option<Self>> {
        let stem = FoldedConv::load(vars, ["conv1", "bn1"], config.folded, [config.stem, 3], window(7, 2))?;
        let mut input = config.stem;
        let mut stages = Vec::new();
        for (stage, (&count, &width)) in config.blocks.iter().zip(&config.widths).enumerate() {
            let mut blocks = Vec::new();
            for block in 0..count {
                if !keep_going() {
                    return Ok(None);
                }
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                let vars = vars.pp(format!("layer{}.{block}", stage + 1));
                blocks.push(Block::load(config, &vars, input, width, stride)?);
                input = width * config.expansion;
            }
            stages.push(blocks);
        }
        let pool = if config.folded { MaxPool::Hanging } else { MaxPool::Padded };
        Ok(Some(Self { stem, pool, stages }))
    }

    /// The first stages of the same network, with converted convolutions.
    pub(super) fn map<C, E>(&self, stages: usize, make: impl Fn(&FoldedConv) -> Result<C, E>) -> Result<ResNet<C>, E> {
        let block = |block: &Block<FoldedConv>| {
            Ok(Block {
                convs: block.convs.iter().map(&make).collect::<Result<_, E>>()?,
                shortcut: block.shortcut.as_ref().map(&make).transpose()?,
            })
        };
        let stages = self.stages.iter().take(stages).map(|blocks| blocks.iter().map(block).collect::<Result<_, E>>());
        Ok(ResNet { stem: make(&self.stem)?, pool: self.pool, stages: stages.collect::<Result<_, E>>()? })
    }

    /// With candle's operations, on any device: pictures `[n, 3, side, side]` to vectors `[n, dim]`.
    pub(super) fn forward(&self, x: &Tensor, feature: Feature) -> Result<Tensor> {
        let mut x = self.pool.forward(&self.stem.forward(x)?.relu()?)?;
        for block in self.stages.iter().take(feature.stage).flatten() {
            let mut y = x.clone();
            for (index, conv) in block.convs.iter().enumerate() {
                y = if index == 0 { conv.forward(&y)? } else { conv.forward(&y.relu()?)? };
            }
            x = match &block.shortcut {
                Some(shortcut) => (y + shortcut.forward(&x)?)?.relu()?,
                None => (y + x)?.relu()?,
            };
        }
        pooled(&x, feature.pooling)
    }
}

impl Block<FoldedConv> {
    fn load(config: ResNetConfig, vars: &VarBuilder<'_>, input: usize, width: usize, stride: usize) -> Result<Self> {
        let output = width * config.expansion;
        // Caffe's networks halve the side in the first convolution, torchvision's in the first of 3×3.
        let parts: &[(usize, usize, usize, usize)] = match (config.expansion, config.folded) {
            (1, _) => &[(input, width, 3, stride), (width, width, 3, 1)],
            (_, true) => &[(input, width, 1, stride), (width, width, 3, 1), (width, output, 1, 1)],
            (_, false) => &[(input, width, 1, 1), (width, width, 3, stride), (width, output, 1, 1)],
        };
        let conv = |(index, &(input, output, kernel, stride)): (usize, &(usize, usize, usize, usize))| {
            let (conv, norm) = (format!("conv{}", index + 1), format!("bn{}", index + 1));
            FoldedConv::load(vars, [&conv, &norm], config.folded, [output, input], window(kernel, stride))
        };
        let convs = parts.iter().enumerate().map(conv).collect::<Result<_>>()?;
        let names = if config.folded { ["downsample", ""] } else { ["downsample.0", "downsample.1"] };
        let shortcut = (input != output || stride != 1)
            .then(|| FoldedConv::load(vars, names, config.folded, [output, input], window(1, stride)))
            .transpose()?;
        Ok(Self { convs, shortcut })
    }
}

/// A window centred on its position.
fn window(kernel: usize, stride: usize) -> Window {
    Window { kernel, stride, padding: kernel / 2 }
}

/// `[n, channels, h, w]` to `[n, channels]`.
pub(super) fn pooled(x: &Tensor, pooling: Pooling) -> Result<Tensor> {
    let x = x.flatten_from(2)?;
    match pooling {
        Pooling::Mean => x.mean(D::Minus1),
        Pooling::Gem => x.maximum(LEAST)?.powf(3.0)?.mean(D::Minus1)?.powf(1.0 / 3.0),
    }
}
