//! A network on the CPU with our kernels, a few pictures at a time on one thread.
//!
//! Early stages have large maps and few weights, late ones small maps and many weights. So each stage runs on just as
//! many pictures as keep its maps in the cache, and the next stage waits for several such groups: pictures go through
//! the network depth first, in groups that grow from stage to stage.

use std::cell::RefCell;

use candle_core::{CpuStorage, DType, Device, InplaceOp1, Layout, Result, Tensor};

use super::backbone::{Backbone, Block, Shortcut};
use super::conv::{KernelConv, MaxPoolOp, PoolOp, Residual, pitch};
use super::folded::FoldedConv;
use super::kernel::{Activation, Aligned, Instructions};
use super::{Feature, NetworkInput, VisionError};

/// Pictures that go through each stage at a time. Each is a multiple of the one before.
const GROUPS: [usize; Feature::STAGES] = [1, 2, 4, 16];

/// Pictures that one thread takes at a time.
pub(super) const GROUP: usize = GROUPS[Feature::STAGES - 1];

/// A network with its weights packed for this machine.
#[derive(Debug)]
pub(super) struct FastNetwork {
    network: Backbone<KernelConv>,
    feature: Feature,
    arch: pulp::Arch,
}

/// One thread's buffers for running a network, allocated once per picture size.
pub(super) struct Arena {
    side: usize,
    /// One picture, channels last.
    input: Tensor,
    /// After the first convolution, if a max-pool follows.
    stem: Option<Tensor>,
    stages: Vec<StageArena>,
    scratch: RefCell<Aligned>,
}

/// The maps of one stage.
struct StageArena {
    /// Side and channels of the input maps.
    size: Size,
    input: Tensor,
    /// Blocks alternate between these.
    outputs: [Tensor; 2],
    /// So do the convolutions in a block.
    inner: [Tensor; 2],
}

/// Side and channels of maps.
type Size = [usize; 2];

/// Whether to continue; called between blocks.
pub(super) type KeepGoing<'a> = &'a (dyn Fn() -> bool + Sync);

impl FastNetwork {
    /// Packs the weights.
    ///
    /// # Errors
    /// [`VisionError::Cancelled`] once `keep_going` returns false.
    pub(super) fn new(
        network: &Backbone<FoldedConv>,
        feature: Feature,
        instructions: Instructions,
        keep_going: KeepGoing<'_>,
    ) -> std::result::Result<Self, VisionError> {
        let network = network.map(feature.stage, |conv| match keep_going() {
            true => Ok(KernelConv::new(conv, instructions)?),
            false => Err(VisionError::Cancelled),
        })?;
        Ok(Self { network, feature, arch: instructions.arch() })
    }

    /// Pictures of one size to vectors, row by row.
    ///
    /// # Errors
    /// [`VisionError::Cancelled`] once `keep_going` returns false.
    pub(super) fn forward(
        &self,
        inputs: &[NetworkInput],
        arena: &Arena,
        keep_going: KeepGoing<'_>,
    ) -> std::result::Result<Vec<f32>, VisionError> {
        let mut rows = Vec::new();
        let last = self.feature.stage - 1;
        for group in inputs.chunks(GROUPS[last]) {
            let maps = self.stage(last, group, arena, None, keep_going)?;
            let pool = PoolOp { pooling: self.feature.pooling, channels: self.channels(last) };
            rows.extend(maps.apply_op1_no_bwd(&pool)?.flatten_all()?.to_vec1::<f32>()?);
        }
        Ok(rows)
    }

    /// Runs a group of pictures through a stage and all before it. The result goes to `target`, else to a buffer of the
    /// stage.
    fn stage(
        &self,
        stage: usize,
        group: &[NetworkInput],
        arena: &Arena,
        target: Option<&Tensor>,
        keep_going: KeepGoing<'_>,
    ) -> std::result::Result<Tensor, VisionError> {
        let buffers = &arena.stages[stage];
        let count = group.len();
        let input = |at: usize, count: usize| maps(&buffers.input, at, count, buffers.size);
        if stage == 0 {
            for (at, picture) in group.iter().enumerate() {
                self.stem(picture, arena, &input(at, 1)?)?;
            }
        } else {
            let before = GROUPS[stage - 1];
            for (index, group) in group.chunks(before).enumerate() {
                self.stage(stage - 1, group, arena, Some(&input(index * before, group.len())?), keep_going)?;
            }
        }
        let (mut x, mut size) = (input(0, count)?, buffers.size);
        let blocks = &self.network.stages[stage];
        for (index, block) in blocks.iter().enumerate() {
            if !keep_going() {
                return Err(VisionError::Cancelled);
            }
            size = block.sizes(size).last().unwrap_or(size);
            let own = maps(&buffers.outputs[index % 2], 0, count, size)?;
            let y = target.filter(|_| index + 1 == blocks.len()).cloned().unwrap_or(own);
            self.block(block, &x, &y, &buffers.inner, &arena.scratch)?;
            x = y;
        }
        Ok(x)
    }

    /// The first convolution and the max-pool of one picture.
    fn stem(&self, picture: &NetworkInput, arena: &Arena, y: &Tensor) -> Result<()> {
        let Backbone { stem, pool, activation, .. } = &self.network;
        arena.input.inplace_op1(&Interleave(picture))?;
        let made = arena.stem.as_ref().unwrap_or(y);
        stem.forward(&arena.input, made, Residual::None, *activation, &arena.scratch)?;
        match pool {
            Some(pool) => y.inplace_op2(made, &MaxPoolOp { pool: *pool, channels: stem.outputs, arch: self.arch }),
            None => Ok(()),
        }
    }

    /// One block: `y = activation(F(x) + shortcut(x))`.
    fn block(
        &self,
        block: &Block<KernelConv>,
        x: &Tensor,
        y: &Tensor,
        inner: &[Tensor; 2],
        scratch: &RefCell<Aligned>,
    ) -> Result<()> {
        let residual = match &block.shortcut {
            Shortcut::Projection(conv) => {
                conv.forward(x, y, Residual::None, Activation::None, scratch)?;
                Residual::Own
            }
            Shortcut::Input => Residual::Other(x),
            Shortcut::None => Residual::None,
        };
        let mut seen = x.clone();
        for (index, conv) in block.convs.iter().enumerate() {
            if index + 1 == block.convs.len() {
                return conv.forward(&seen, y, residual, block.activation, scratch);
            }
            let (count, height, width, _) = seen.dims4()?;
            let dims = [count, conv.window.positions(height), conv.window.positions(width), pitch(conv.outputs)];
            let made = inner[index % 2].narrow(0, 0, dims.iter().product())?.reshape(&dims)?;
            conv.forward(&seen, &made, Residual::None, self.network.activation, scratch)?;
            seen = made;
        }
        Ok(())
    }

    /// Channels after a stage, counted from 0.
    fn channels(&self, stage: usize) -> usize {
        let last = self.network.stages[stage].last().and_then(|block| block.convs.last());
        last.map_or(self.network.stem.outputs, |conv| conv.outputs)
    }

    /// Buffers for pictures of `side × side` pixels; `None` if they are too small for the network.
    pub(super) fn arena(&self, side: usize) -> Result<Option<Arena>> {
        let Backbone { stem, pool, stages: blocks, .. } = &self.network;
        let stem_side = stem.window.positions(side);
        let mut size = [pool.map_or(stem_side, |pool| pool.positions(stem_side)), stem.outputs];
        let mut stages = Vec::new();
        for (blocks, count) in blocks.iter().zip(GROUPS) {
            let room = |size: Size| count * numbers(size);
            let (input, mut inner, mut output) = (size, 0, 0);
            for block in blocks {
                let sizes: Vec<Size> = block.sizes(size).collect();
                let Some((&last, within)) = sizes.split_last() else { continue };
                inner = within.iter().copied().map(room).fold(inner, usize::max);
                output = output.max(room(last));
                size = last;
            }
            stages.push(StageArena {
                size: input,
                input: buffer(room(input))?,
                outputs: [buffer(output)?, buffer(output)?],
                inner: [buffer(inner)?, buffer(inner)?],
            });
        }
        // A max-pool needs a whole window.
        if size[0] == 0 || (pool.is_some() && stem_side < 3) {
            return Ok(None);
        }
        let stem_size = [stem_side, stem.outputs];
        let stem = pool.map(|_| maps(&buffer(numbers(stem_size))?, 0, 1, stem_size)).transpose()?;
        let input = Tensor::zeros((1, side, side, 3), DType::F32, &Device::Cpu)?;
        Ok(Some(Arena { side, input, stem, stages, scratch: RefCell::default() }))
    }
}

impl Block<KernelConv> {
    /// The size of the maps after each convolution.
    fn sizes(&self, input: Size) -> impl Iterator<Item = Size> {
        self.convs.iter().scan(input[0], |side, conv| {
            *side = conv.window.positions(*side);
            Some([*side, conv.outputs])
        })
    }
}

/// Numbers of one map with the gaps between its pixels.
fn numbers([side, channels]: Size) -> usize {
    side * side * pitch(channels)
}

/// The maps of `count` pictures in a buffer, from picture `at` on.
fn maps(buffer: &Tensor, at: usize, count: usize, size: Size) -> Result<Tensor> {
    let [side, channels] = size;
    let part = buffer.narrow(0, at * numbers(size), count * numbers(size))?;
    part.reshape((count, side, side, pitch(channels)))
}

impl Arena {
    /// Width and height of its pictures.
    pub(super) fn side(&self) -> usize {
        self.side
    }
}

/// A tensor of zeros that begins on a cache line.
fn buffer(length: usize) -> Result<Tensor> {
    struct Offset(RefCell<usize>);
    impl InplaceOp1 for Offset {
        fn name(&self) -> &'static str {
            "offset"
        }

        fn cpu_fwd(&self, storage: &mut CpuStorage, _: &Layout) -> Result<()> {
            if let CpuStorage::F32(numbers) = storage {
                *self.0.borrow_mut() = numbers.as_ptr().align_offset(64).min(16);
            }
            Ok(())
        }
    }
    let offset = Offset(RefCell::new(0));
    let tensor = Tensor::zeros(length + 16, DType::F32, &Device::Cpu)?;
    tensor.inplace_op1(&offset)?;
    tensor.narrow(0, offset.0.into_inner(), length)
}

/// Planes of a picture to `[1, side, side, 3]`.
struct Interleave<'a>(&'a NetworkInput);

impl InplaceOp1 for Interleave<'_> {
    fn name(&self) -> &'static str {
        "interleave"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let plane = self.0.side * self.0.side;
        match (storage, layout.contiguous_offsets()) {
            (CpuStorage::F32(numbers), Some((start, end))) if end - start == 3 * plane => {
                let [red, green, blue] = [0, 1, 2].map(|channel| &self.0.data[channel * plane..][..plane]);
                for (index, pixel) in numbers[start..end].chunks_exact_mut(3).enumerate() {
                    pixel.copy_from_slice(&[red[index], green[index], blue[index]]);
                }
                Ok(())
            }
            _ => candle_core::bail!("a picture of the wrong size"),
        }
    }
}
