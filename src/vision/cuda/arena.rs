//! Memory for a network's maps.

use candle_core::Result;
use candle_core::cuda_backend::WrapErr;
use candle_core::cuda_backend::cudarc::driver::{CudaEvent, CudaSlice, PinnedHostSlice};

use super::card::{Card, CardConv};
use super::memory::Memory;
use crate::vision::backbone::{Backbone, Block};
use crate::vision::{Feature, VisionError};

/// Pictures of 224 × 224 pixels with two bytes a number that go through each stage at a time: early stages have large
/// maps, late ones need many to keep the card busy. Each is a multiple of the one before.
const GROUPS: [usize; Feature::STAGES] = [32, 64, 128, 256];
/// The side those numbers are for.
const USUAL_SIDE: usize = 224;

/// Memory for pictures of one size.
pub(super) struct Arena {
    pub(super) side: usize,
    /// Pictures that go through each stage at a time.
    pub(super) groups: [usize; Feature::STAGES],
    /// While those in one are computed, the other is filled.
    pub(super) pictures: [Pictures; 2],
    /// After the first convolution, if a max-pool follows.
    pub(super) stem: Memory,
    pub(super) stages: Vec<StageArena>,
}

/// A group of pictures on the way to the card, `[count, 3, side, side]`.
pub(super) struct Pictures {
    pub(super) here: PinnedHostSlice<f32>,
    pub(super) there: CudaSlice<f32>,
    /// Of those there.
    pub(super) address: u64,
    /// When the network has read those that were there before.
    pub(super) read: Option<CudaEvent>,
}

/// Memory for a group's maps in a stage.
pub(super) struct StageArena {
    pub(super) input: Memory,
    /// Of the input.
    pub(super) side: usize,
    /// Of the input.
    pub(super) channels: usize,
    /// Blocks alternate between these.
    pub(super) outputs: [Memory; 2],
    /// So do the convolutions in a block but the last.
    pub(super) inner: [Memory; 2],
    /// A projection of a block's input.
    pub(super) shortcut: Memory,
}

impl Arena {
    /// Memory for pictures of one size; for smaller groups where the card has too little of it.
    ///
    /// # Errors
    /// If the pictures are too small for the network, or the card has too little memory even for one.
    pub(super) fn new(
        card: &Card,
        network: &Backbone<CardConv>,
        side: usize,
    ) -> std::result::Result<Self, VisionError> {
        let Backbone { stem, pool, .. } = network;
        let stem_side = stem.window.positions(side);
        if stem_side == 0 || (pool.is_some() && stem_side < 3) {
            return Err(VisionError::TooSmall(side));
        }
        // As much memory whatever the size of pictures and numbers.
        let first = GROUPS[0] * 2 * USUAL_SIDE * USUAL_SIDE / (card.element.bytes() * side * side);
        let mut first = first.clamp(1, GROUPS[0]);
        loop {
            match Self::of_groups(card, network, side, GROUPS.map(|group| group / GROUPS[0] * first)) {
                Err(_) if first > 1 => first /= 2,
                arena => return Ok(arena?),
            }
        }
    }

    fn of_groups(
        card: &Card,
        network: &Backbone<CardConv>,
        side: usize,
        groups: [usize; Feature::STAGES],
    ) -> Result<Self> {
        let Backbone { stem, pool, stages: blocks, .. } = network;
        let stem_side = stem.window.positions(side);
        let stem_room = groups[0] * stem_side * stem_side * stem.outputs * card.element.bytes();
        let mut size = [pool.map_or(stem_side, |pool| pool.positions(stem_side)), stem.outputs];
        let mut stages = Vec::new();
        for (blocks, group) in blocks.iter().zip(groups) {
            stages.push(StageArena::new(card, blocks, group, &mut size)?);
        }
        let pictures = [Pictures::new(card, groups[0], side)?, Pictures::new(card, groups[0], side)?];
        let stem = card.allocate(stem_room)?;
        card.stream.synchronize().w()?;
        Ok(Self { side, groups, pictures, stem, stages })
    }
}

impl Pictures {
    fn new(card: &Card, count: usize, side: usize) -> Result<Self> {
        let length = count * 3 * side * side;
        // SAFETY: written before it is read.
        let here = unsafe { card.stream.context().alloc_pinned_with_flags::<f32>(length, 0).w()? };
        let there = card.stream.alloc_zeros::<f32>(length).w()?;
        let address = card.address(&there);
        Ok(Self { here, there, address, read: None })
    }
}

impl StageArena {
    /// For maps that begin with a side and channels, which become those of the stage's result.
    fn new(card: &Card, blocks: &[Block<CardConv>], group: usize, size: &mut [usize; 2]) -> Result<Self> {
        let room = |[side, channels]: [usize; 2]| group * side * side * channels * card.element.bytes();
        let input = *size;
        let (mut inner, mut output, mut shortcut) = (0, 0, 0);
        for block in blocks {
            for (index, conv) in block.convs.iter().enumerate() {
                *size = [conv.window.positions(size[0]), conv.outputs];
                if index + 1 < block.convs.len() {
                    inner = inner.max(room(*size));
                }
            }
            output = output.max(room(*size));
            if block.shortcut.projection().is_some() {
                shortcut = shortcut.max(room(*size));
            }
        }
        Ok(Self {
            input: card.allocate(room(input))?,
            side: input[0],
            channels: input[1],
            outputs: [card.allocate(output)?, card.allocate(output)?],
            inner: [card.allocate(inner)?, card.allocate(inner)?],
            shortcut: card.allocate(shortcut)?,
        })
    }
}
