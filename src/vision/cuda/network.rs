//! A network on the card: pictures go through it in groups that grow from stage to stage.

use std::sync::Mutex;

use candle_core::cuda_backend::WrapErr;
use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;

use super::Element;
use super::arena::{Arena, Pictures, StageArena};
use super::card::{Card, CardConv, Finish};
use super::maps::Maps;
use crate::vision::backbone::{Backbone, Block, Shortcut};
use crate::vision::fast::KeepGoing;
use crate::vision::folded::FoldedConv;
use crate::vision::kernel::Activation;
use crate::vision::{Feature, NetworkInput, VisionError};

/// Side of the picture that is compared.
const CHECKED: usize = 96;
/// Greatest difference that rounding explains, relative to the greatest number.
const TOLERANCE: f32 = 1e-3;

/// A network whose weights are on a card.
pub(in crate::vision) struct CardNetwork {
    network: Backbone<CardConv>,
    feature: Feature,
    /// One call at a time.
    running: Mutex<Running>,
}

/// The card and the memory that a call uses.
struct Running {
    card: Card,
    arena: Option<Arena>,
}

impl CardNetwork {
    /// Copies a network to a card.
    ///
    /// # Errors
    /// If the device is not a CUDA device, or has too little memory.
    pub(in crate::vision) fn new(
        network: &Backbone<FoldedConv>,
        feature: Feature,
        device: &Device,
        element: Element,
    ) -> Result<Self> {
        let card = Card::new(device, element)?;
        let network = network.map(feature.stage, |conv| card.conv(conv))?;
        card.stream.synchronize().w()?;
        Ok(Self { network, feature, running: Mutex::new(Running { card, arena: None }) })
    }

    /// Pictures of one size to vectors, row by row.
    ///
    /// # Errors
    /// [`VisionError::Cancelled`] once `keep_going` returns false; otherwise if the pictures are too small, or the card
    /// fails or has too little memory.
    pub(in crate::vision) fn forward(
        &self,
        inputs: &[NetworkInput],
        keep_going: KeepGoing<'_>,
    ) -> std::result::Result<Vec<f32>, VisionError> {
        let side = inputs.first().map_or(0, |input| input.side);
        let mut running = self.running.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let Running { card, arena } = &mut *running;
        card.stream.context().bind_to_thread().w()?;
        if arena.as_ref().is_none_or(|arena| arena.side != side) {
            // First free the old one.
            *arena = None;
            *arena = Some(Arena::new(card, &self.network, side)?);
        }
        let Some(arena) = arena.as_mut() else { return Ok(Vec::new()) };
        let last = self.feature.stage - 1;
        let dim = self.dim();
        let rows = card.stream.alloc_zeros::<f32>(inputs.len() * dim).w()?;
        let mut to = card.address(&rows);
        let group_size = arena.groups[last];
        let mut call = Call { network: &self.network, card, arena, keep_going, turn: 0 };
        for group in inputs.chunks(group_size) {
            let maps = call.stage(last, group, None)?;
            card.pool(self.feature.pooling, maps, to)?;
            to += (group.len() * dim * size_of::<f32>()) as u64;
        }
        Ok(card.stream.clone_dtoh(&rows).w()?)
    }

    /// Whether it gives the same vector of a picture as candle's operations on the CPU, but for rounding.
    pub(in crate::vision) fn agrees_with(&self, folded: &Backbone<FoldedConv>, feature: Feature) -> bool {
        let data: Vec<f32> = (0..3 * CHECKED * CHECKED).map(|at| (at as f32 * 0.37).sin()).collect();
        let expected = Tensor::from_slice(&data, (1, 3, CHECKED, CHECKED), &Device::Cpu)
            .and_then(|picture| folded.forward(&picture, feature)?.flatten_all()?.to_vec1::<f32>());
        let (Ok(expected), Ok(found)) = (expected, self.forward(&[NetworkInput { side: CHECKED, data }], &|| true))
        else {
            return false;
        };
        let greatest = |numbers: &mut dyn Iterator<Item = f32>| numbers.fold(0.0, |most: f32, x| most.max(x.abs()));
        let scale = greatest(&mut expected.iter().copied());
        let difference = greatest(&mut expected.iter().zip(&found).map(|(a, b)| a - b));
        found.len() == expected.len() && found.iter().all(|x| x.is_finite()) && difference <= TOLERANCE * scale
    }

    /// Numbers of a vector.
    fn dim(&self) -> usize {
        let last = self.network.stages.last().and_then(|blocks| blocks.last()).and_then(|block| block.convs.last());
        last.unwrap_or(&self.network.stem).outputs
    }
}

/// One call of [`CardNetwork::forward`].
struct Call<'a> {
    network: &'a Backbone<CardConv>,
    card: &'a Card,
    arena: &'a mut Arena,
    keep_going: KeepGoing<'a>,
    /// Groups of pictures that were copied to the card.
    turn: usize,
}

impl Call<'_> {
    /// Runs a group of pictures through a stage and all before it. The result goes to `target`, else to a buffer of the
    /// stage.
    fn stage(
        &mut self,
        stage: usize,
        group: &[NetworkInput],
        target: Option<u64>,
    ) -> std::result::Result<Maps, VisionError> {
        let StageArena { input, side, channels, .. } = &self.arena.stages[stage];
        let (side, channels) = (*side, *channels);
        let mut x = Maps { address: input.address(), count: group.len(), side, channels, limit: f32::INFINITY };
        if stage == 0 {
            if !(self.keep_going)() {
                return Err(VisionError::Cancelled);
            }
            x = self.stem(group, x.address)?;
        } else {
            let before = self.arena.groups[stage - 1];
            for (index, group) in group.chunks(before).enumerate() {
                let part = x.part(index * before, group.len(), self.card.element.bytes());
                x.limit = self.stage(stage - 1, group, Some(part.address))?.limit;
            }
        }
        let memory = &self.arena.stages[stage];
        let blocks = &self.network.stages[stage];
        for (index, block) in blocks.iter().enumerate() {
            let own = memory.outputs[index % 2].address();
            let y = target.filter(|_| index + 1 == blocks.len()).unwrap_or(own);
            x = self.block(block, x, y, memory)?;
        }
        Ok(x)
    }

    /// Copies pictures to the card and runs the first convolution and the max-pool.
    fn stem(&mut self, group: &[NetworkInput], y: u64) -> Result<Maps> {
        let Backbone { stem, pool, activation, .. } = self.network;
        let (card, side) = (self.card, self.arena.side);
        let each = 3 * side * side;
        let Pictures { here, there, address, read } = &mut self.arena.pictures[self.turn % 2];
        self.turn += 1;
        // Waits until the card has taken what was here before.
        let numbers = &mut here.as_mut_slice().w()?[..group.len() * each];
        numbers.par_chunks_mut(each).zip(group).for_each(|(numbers, input)| numbers.copy_from_slice(&input.data));
        if let Some(read) = read {
            card.copying.wait(read).w()?;
        }
        card.copying.memcpy_htod(&*here, there).w()?;
        card.stream.join(&card.copying).w()?;
        let pictures = Maps { address: *address, count: group.len(), side, channels: 3, limit: f32::INFINITY };
        let to = if pool.is_some() { self.arena.stem.address() } else { y };
        let maps = card.stem(stem, pictures, to, *activation)?;
        *read = Some(card.stream.record_event(None).w()?);
        match pool {
            None => Ok(maps),
            Some(pool) => card.max_pool(*pool, maps, y),
        }
    }

    /// One block: `y = activation(F(x) + shortcut(x))`.
    fn block(&self, block: &Block<CardConv>, x: Maps, y: u64, memory: &StageArena) -> Result<Maps> {
        let plain = |activation: Activation| Finish { added: None, activation };
        let added = match &block.shortcut {
            Shortcut::None => None,
            Shortcut::Input => Some(x),
            Shortcut::Projection(conv) => {
                Some(self.card.convolve(conv, x, memory.shortcut.address(), plain(Activation::None))?)
            }
        };
        let mut seen = x;
        for (index, conv) in block.convs.iter().enumerate() {
            let (to, finish) = match index + 1 == block.convs.len() {
                true => (y, Finish { added, activation: block.activation }),
                false => (memory.inner[index % 2].address(), plain(self.network.activation)),
            };
            seen = self.card.convolve(conv, seen, to, finish)?;
        }
        Ok(seen)
    }
}
