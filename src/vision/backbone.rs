//! Networks without their classifier, generic over their convolutions.

use candle_core::{D, Error, Tensor};
use candle_nn::VarBuilder;

use super::folded::FoldedConv;
use super::kernel::{Activation, Padding, Window};
use super::layers::{ConvLayer, TensorShape};
use super::{Feature, Pooling};

type Result<T, E = Error> = std::result::Result<T, E>;

/// GeM's lower clamp.
const LEAST: f64 = 1e-6;

/// A convolutional network without its classifier. `C` is a convolution: a description ([`ConvLayer`]), candle's own
/// operations ([`FoldedConv`]), or our kernels.
#[derive(Debug)]
pub(super) struct Backbone<C> {
    /// The first convolution, which halves the side.
    pub(super) stem: C,
    /// The max-pool after it, which halves it again.
    pub(super) pool: Option<MaxPool>,
    /// The [`Feature::STAGES`] stages. Each ends with maps of half the side of the one before it.
    pub(super) stages: Vec<Vec<Block<C>>>,
    /// Follows the first convolution, and in each block every convolution but the last.
    pub(super) activation: Activation,
}

/// `activation(F(x) + shortcut(x))`, where `F` is a few convolutions.
#[derive(Debug)]
pub(super) struct Block<C> {
    /// At least one.
    pub(super) convs: Vec<C>,
    pub(super) shortcut: Shortcut<C>,
    pub(super) activation: Activation,
}

/// What a block adds to its convolutions' result.
#[derive(Debug)]
pub(super) enum Shortcut<C> {
    None,
    /// The block's input.
    Input,
    /// Its projection to the result's shape.
    Projection(C),
}

impl<C> Shortcut<C> {
    /// The projection, if there is one.
    pub(super) fn projection(&self) -> Option<&C> {
        match self {
            Shortcut::Projection(conv) => Some(conv),
            Shortcut::None | Shortcut::Input => None,
        }
    }
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
        Window { kernel: 3, stride: 2, padding: Padding::Even(usize::from(self == MaxPool::Padded)) }
    }

    /// Output positions along a side of `length` pixels.
    pub(super) fn positions(self, length: usize) -> usize {
        match self {
            MaxPool::Padded => self.window().positions(length),
            MaxPool::Hanging => length.saturating_sub(3).div_ceil(2) + 1,
        }
    }

    /// With candle's operations: `[n, c, h, w]` to `[n, c, h', w']`. After a ReLU, padding with zeros is neutral.
    pub(super) fn forward(self, x: &Tensor) -> Result<Tensor> {
        let window = self.window();
        let pad = |x: &Tensor, at: D, side: usize| {
            let before = window.before(side);
            let after = (self.positions(side) - 1) * window.stride + window.kernel - before;
            x.pad_with_zeros(at, before, after.saturating_sub(side))
        };
        let (_, _, height, width) = x.dims4()?;
        let x = pad(&pad(x, D::Minus1, width)?, D::Minus2, height)?;
        x.max_pool2d_with_stride(window.kernel, window.stride)
    }
}

impl<C> Backbone<C> {
    /// The same network up to a stage (1 to 4), with converted convolutions.
    pub(super) fn map<D, E>(&self, stage: usize, make: impl Fn(&C) -> Result<D, E>) -> Result<Backbone<D>, E> {
        let block = |block: &Block<C>| {
            let shortcut = match &block.shortcut {
                Shortcut::None => Shortcut::None,
                Shortcut::Input => Shortcut::Input,
                Shortcut::Projection(conv) => Shortcut::Projection(make(conv)?),
            };
            let convs = block.convs.iter().map(&make).collect::<Result<_, E>>()?;
            Ok(Block { convs, shortcut, activation: block.activation })
        };
        let stages = self.stages.iter().take(stage).map(|blocks| blocks.iter().map(block).collect::<Result<_, E>>());
        Ok(Backbone {
            stem: make(&self.stem)?,
            pool: self.pool,
            stages: stages.collect::<Result<_, E>>()?,
            activation: self.activation,
        })
    }
}

impl Backbone<ConvLayer> {
    /// The tensors of all layers, a block's shortcut after its other convolutions.
    pub(super) fn tensors(&self) -> Vec<TensorShape> {
        let blocks = self.stages.iter().flatten();
        let convs = blocks.flat_map(|block| block.convs.iter().chain(block.shortcut.projection()));
        std::iter::once(&self.stem).chain(convs).flat_map(ConvLayer::tensors).collect()
    }

    /// Multiplications of plain convolutions for one picture of `side × side` pixels up to a stage (1 to 4).
    pub(super) fn multiplications(&self, side: usize, stage: usize) -> u64 {
        let mut sum = 0;
        let mut count = |layer: &ConvLayer, side: usize| {
            let side = layer.window.positions(side);
            sum += (side * side * layer.shape().iter().product::<usize>()) as u64;
            side
        };
        let stem = count(&self.stem, side);
        let mut side = self.pool.map_or(stem, |pool| pool.positions(stem));
        for block in self.stages.iter().take(stage).flatten() {
            if let Some(projection) = block.shortcut.projection() {
                count(projection, side);
            }
            side = block.convs.iter().fold(side, |side, layer| count(layer, side));
        }
        sum
    }

    /// Takes the tensors named in [`super::Architecture::tensors`] up to a stage (1 to 4), those of one convolution after
    /// the other; `None` once `keep_going` returns false.
    ///
    /// # Errors
    /// If one is missing or of the wrong shape.
    pub(super) fn load(
        &self,
        stage: usize,
        vars: &VarBuilder<'_>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Option<Backbone<FoldedConv>>> {
        let loaded = self.map(stage, |layer| match keep_going() {
            true => FoldedConv::load(vars, layer).map_err(Some),
            false => Err(None),
        });
        match loaded {
            Ok(loaded) => Ok(Some(loaded)),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }
}

impl Backbone<FoldedConv> {
    /// With candle's operations, on any device: pictures `[n, 3, side, side]` to vectors `[n, dim]`.
    pub(super) fn forward(&self, x: &Tensor, feature: Feature) -> Result<Tensor> {
        let mut x = activated(self.stem.forward(x)?, self.activation)?;
        if let Some(pool) = self.pool {
            x = pool.forward(&x)?;
        }
        for block in self.stages.iter().take(feature.stage).flatten() {
            let mut y = x.clone();
            for (index, conv) in block.convs.iter().enumerate() {
                y = if index == 0 { conv.forward(&y)? } else { conv.forward(&activated(y, self.activation)?)? };
            }
            let sum = match &block.shortcut {
                Shortcut::None => y,
                Shortcut::Input => (y + x)?,
                Shortcut::Projection(conv) => (y + conv.forward(&x)?)?,
            };
            x = activated(sum, block.activation)?;
        }
        pooled(&x, feature.pooling)
    }
}

/// An activation by candle's operations.
pub(super) fn activated(x: Tensor, activation: Activation) -> Result<Tensor> {
    match activation {
        Activation::None => Ok(x),
        Activation::Relu => x.relu(),
        Activation::Relu6 => x.clamp(0.0, 6.0),
    }
}

/// `[n, channels, h, w]` to `[n, channels]`.
pub(super) fn pooled(x: &Tensor, pooling: Pooling) -> Result<Tensor> {
    let x = x.flatten_from(2)?;
    match pooling {
        Pooling::Mean => x.mean(D::Minus1),
        Pooling::Gem => x.maximum(LEAST)?.powf(3.0)?.mean(D::Minus1)?.powf(1.0 / 3.0),
    }
}
