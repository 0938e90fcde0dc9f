//! A residual network on the CPU with our kernels, a few pictures at a time on one thread.
//!
//! Early stages have large maps and few weights, late ones small maps and many weights. So each stage runs on just as
//! many pictures as keep its maps in the cache, and the next stage waits for several such groups: pictures go through
//! the network depth first, in groups that grow from stage to stage.

use std::cell::RefCell;

use candle_core::{CpuStorage, DType, Device, InplaceOp1, Layout, Result, Tensor};

use super::conv::{KernelConv, MaxPoolOp, PoolOp, Residual, pitch};
use super::folded::FoldedConv;
use super::kernel::{Aligned, Instructions};
use super::resnet::{Block, ResNet};
use super::{Feature, NetworkInput, VisionError};

/// Pictures that go through each stage at a time. Each is a multiple of the one before.
const GROUPS: [usize; Feature::STAGES] = [1, 2, 4, 16];

/// Pictures that one thread takes at a time.
pub(super) const GROUP: usize = GROUPS[Feature::STAGES - 1];

/// A network with its weights packed for this machine.
#[derive(Debug)]
pub(super) struct FastResNet {
    network: ResNet<KernelConv>,
    feature: Feature,
    arch: pulp::Arch,
}

/// One thread's buffers for running a network, allocated once per picture size.
pub(super) struct Arena {
    side: usize,
    /// One picture, channels last.
    input: Tensor,
    /// After the first convolution.
    stem: Tensor,
    stages: Vec<StageArena>,
    scratch: RefCell<Aligned>,
}

/// The maps of one stage.
struct StageArena {
    /// Side of the input and output maps.
    sides: [usize; 2],
    /// Input and output channels.
    channels: [usize; 2],
    input: Tensor,
    /// Blocks alternate between these.
    outputs: [Tensor; 2],
    /// So do the convolutions in a block.
    inner: [Tensor; 2],
}

/// Whether to continue; called between blocks.
pub(super) type KeepGoing<'a> = &'a (dyn Fn() -> bool + Sync);

impl FastResNet {
    /// Packs the weights.
    ///
    /// # Errors
    /// [`VisionError::Cancelled`] once `keep_going` returns false.
    pub(super) fn new(
        network: &ResNet<FoldedConv>,
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
            let pool = PoolOp { pooling: self.feature.pooling, channels: arena.stages[last].channels[1] };
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
        let maps = |buffer: &Tensor, at: usize, count: usize, side: usize, channels: usize| -> Result<Tensor> {
            let each = side * side * pitch(channels);
            buffer.narrow(0, at * each, count * each)?.reshape((count, side, side, pitch(channels)))
        };
        let count = group.len();
        let input = |at: usize, count: usize| maps(&buffers.input, at, count, buffers.sides[0], buffers.channels[0]);
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
        let mut x = input(0, count)?;
        let blocks = &self.network.stages[stage];
        for (index, block) in blocks.iter().enumerate() {
            if !keep_going() {
                return Err(VisionError::Cancelled);
            }
            let own = maps(&buffers.outputs[index % 2], 0, count, buffers.sides[1], buffers.channels[1])?;
            let y = target.filter(|_| index + 1 == blocks.len()).cloned().unwrap_or(own);
            block_forward(block, &x, &y, &buffers.inner, &arena.scratch)?;
            x = y;
        }
        Ok(x)
    }

    /// The first convolution and the max-pool of one picture.
    fn stem(&self, picture: &NetworkInput, arena: &Arena, y: &Tensor) -> Result<()> {
        arena.input.inplace_op1(&Interleave(picture))?;
        self.network.stem.forward(&arena.input, &arena.stem, Residual::None, true, &arena.scratch)?;
        let pool = MaxPoolOp { pool: self.network.pool, channels: self.network.stem.outputs, arch: self.arch };
        y.inplace_op2(&arena.stem, &pool)
    }

    /// Buffers for pictures of `side × side` pixels; `None` if they are too small for the network.
    pub(super) fn arena(&self, side: usize) -> Result<Option<Arena>> {
        let stem = &self.network.stem;
        let stem_side = stem.window.positions(side);
        let mut before = (self.network.pool.positions(stem_side), stem.outputs);
        let mut stages = Vec::new();
        for (blocks, count) in self.network.stages.iter().zip(GROUPS) {
            let sides = |block: &Block<KernelConv>, side: usize| {
                block.convs.iter().fold(side, |side, conv| conv.window.positions(side))
            };
            let Some((first, last)) = blocks.first().and_then(|first| Some((first, first.convs.last()?))) else {
                continue;
            };
            let after = (sides(first, before.0), last.outputs);
            if after.0 == 0 {
                return Ok(None);
            }
            // The inner maps of the first block are the largest: its first convolution may still see the larger side.
            let widest = first.convs.iter().map(|conv| conv.outputs).min().unwrap_or(last.outputs);
            let room = |(side, channels): (usize, usize)| buffer(count * side * side * pitch(channels));
            stages.push(StageArena {
                sides: [before.0, after.0],
                channels: [before.1, after.1],
                input: room(before)?,
                outputs: [room(after)?, room(after)?],
                inner: [room((before.0, widest))?, room((before.0, widest))?],
            });
            before = after;
        }
        if stem_side < 3 {
            return Ok(None);
        }
        Ok(Some(Arena {
            side,
            input: Tensor::zeros((1, side, side, 3), DType::F32, &Device::Cpu)?,
            stem: buffer(stem_side * stem_side * pitch(stem.outputs))?.reshape((
                1,
                stem_side,
                stem_side,
                pitch(stem.outputs),
            ))?,
            stages,
            scratch: RefCell::default(),
        }))
    }
}

impl Arena {
    /// Width and height of its pictures.
    pub(super) fn side(&self) -> usize {
        self.side
    }
}

/// `y = relu(F(x) + shortcut(x))`.
fn block_forward(
    block: &Block<KernelConv>,
    x: &Tensor,
    y: &Tensor,
    inner: &[Tensor; 2],
    scratch: &RefCell<Aligned>,
) -> Result<()> {
    let residual = match &block.shortcut {
        Some(shortcut) => {
            shortcut.forward(x, y, Residual::None, false, scratch)?;
            Residual::Own
        }
        None => Residual::Other(x),
    };
    let mut seen = x.clone();
    for (index, conv) in block.convs.iter().enumerate() {
        if index + 1 == block.convs.len() {
            return conv.forward(&seen, y, residual, true, scratch);
        }
        let (count, height, width, _) = seen.dims4()?;
        let dims = [count, conv.window.positions(height), conv.window.positions(width), pitch(conv.outputs)];
        let made = inner[index % 2].narrow(0, 0, dims.iter().product())?.reshape(&dims)?;
        conv.forward(&seen, &made, Residual::None, true, scratch)?;
        seen = made;
    }
    Ok(())
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
