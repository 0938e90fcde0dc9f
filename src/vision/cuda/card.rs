//! The card: memory, kernels and products in one stream.

use std::sync::Arc;

use candle_core::cuda_backend::WrapErr;
use candle_core::cuda_backend::cudarc::driver::{CudaFunction, CudaSlice, CudaStream, DevicePtr};
use candle_core::{Device, Result};

use super::Element;
use super::kernels::Argument::{Address, Count, Length, Number, Over};
use super::kernels::{self, Argument, Kernels, WindowOver};
use super::maps::Maps;
use super::memory::Memory;
use super::products::{ProductMemory, ProductShape, Products};
use crate::vision::Pooling;
use crate::vision::backbone::MaxPool;
use crate::vision::folded::FoldedConv;
use crate::vision::kernel::{Activation, Window};

/// Room for patches, in bytes: enough for products that keep the card busy.
const PATCHES: usize = 128 << 20;

/// One network's part of a card.
pub(super) struct Card {
    pub(super) stream: Arc<CudaStream>,
    /// Copies pictures to the card meanwhile.
    pub(super) copying: Arc<CudaStream>,
    pub(super) element: Element,
    products: Products,
    kernels: Kernels,
    patches: Memory,
}

/// A convolution with its weights on the card.
pub(super) struct CardConv {
    /// `[outputs, kernel, kernel, inputs]`, each output's part padded with zeros to whole vectors; if depthwise,
    /// `[kernel, kernel, channels]` of f32.
    weights: Memory,
    /// `[outputs]`; of f32 if depthwise.
    bias: Memory,
    pub(super) window: Window,
    pub(super) outputs: usize,
    /// Numbers of one output's weights, with the padding.
    depth: usize,
    depthwise: bool,
}

/// What follows a convolution.
#[derive(Clone, Copy)]
pub(super) struct Finish {
    /// Maps to add, of the result's shape.
    pub(super) added: Option<Maps>,
    pub(super) activation: Activation,
}

impl Card {
    /// Prepares a card.
    ///
    /// # Errors
    /// If it is not a CUDA device, or its library or compiler fail.
    pub(super) fn new(device: &Device, element: Element) -> Result<Self> {
        let context = device.as_cuda_device()?.cuda_stream().context().clone();
        let stream = context.new_stream().w()?;
        let copying = context.new_stream().w()?;
        let kernels = Kernels::compile(&context, element)?;
        let products = Products::new(stream.clone(), element)?;
        let patches = Memory::new(&stream, PATCHES)?;
        Ok(Self { stream, copying, element, products, kernels, patches })
    }

    /// Memory of arbitrary content.
    pub(super) fn allocate(&self, bytes: usize) -> Result<Memory> {
        Memory::new(&self.stream, bytes)
    }

    /// Where memory starts.
    pub(super) fn address<T>(&self, memory: &CudaSlice<T>) -> u64 {
        memory.device_ptr(&self.stream).0
    }

    /// Copies a convolution to the card.
    pub(super) fn conv(&self, conv: &FoldedConv) -> Result<CardConv> {
        let (outputs, inputs, kernel, _) = conv.weight.dims4()?;
        let depth = kernel * kernel * inputs;
        let padded = depth.next_multiple_of(self.element.in_vector());
        let (weight, bias) = match conv.depthwise {
            true => (conv.weight.permute((2, 3, 0, 1))?.flatten_all()?, conv.bias.clone()),
            false => {
                let rows = conv.weight.permute((0, 2, 3, 1))?.reshape((outputs, depth))?;
                let rows = rows.pad_with_zeros(1, 0, padded - depth)?;
                (rows.to_dtype(self.element.dtype())?, conv.bias.to_dtype(self.element.dtype())?)
            }
        };
        Ok(CardConv {
            weights: Memory::of(&self.stream, &weight.contiguous()?)?,
            bias: Memory::of(&self.stream, &bias)?,
            window: conv.window,
            outputs,
            depth: padded,
            depthwise: conv.depthwise,
        })
    }

    /// The convolution of pictures `[count, 3, side, side]` of f32.
    pub(super) fn stem(&self, conv: &CardConv, pictures: Maps, y: u64, activation: Activation) -> Result<Maps> {
        let vectors = conv.depth / self.element.in_vector();
        let over = WindowOver::new(conv.window, pictures.side, vectors);
        let kernel = &self.kernels.picture_patches;
        self.by_patches(conv, pictures, 4, y, Finish { added: None, activation }, |part, to| {
            self.start(
                kernel,
                over.out_width as usize * vectors,
                part.count * over.out_height as usize,
                &[Address(part.address), Address(to), Over(over)],
            )
        })
    }

    /// The convolution of maps, written to `y`.
    pub(super) fn convolve(&self, conv: &CardConv, x: Maps, y: u64, finish: Finish) -> Result<Maps> {
        if conv.depthwise {
            return self.depthwise(conv, x, y, finish);
        }
        let x = self.within_limit(x)?;
        if let Window { kernel: 1, stride: 1, .. } = conv.window {
            return self.product(conv, x.address, Maps { address: y, channels: conv.outputs, ..x }, finish);
        }
        let vectors = x.channels / self.element.in_vector();
        let over = WindowOver::new(conv.window, x.side, vectors);
        let row = over.out_width as usize * conv.window.kernel * conv.window.kernel * vectors;
        self.by_patches(conv, x, self.element.bytes(), y, finish, |part, to| {
            self.start(
                &self.kernels.patches,
                row,
                part.count * over.out_height as usize,
                &[Address(part.address), Address(to), Over(over)],
            )
        })
    }

    /// A convolution by products of patches, which `make` makes of some maps at an address.
    fn by_patches(
        &self,
        conv: &CardConv,
        x: Maps,
        bytes: usize,
        y: u64,
        finish: Finish,
        make: impl Fn(Maps, u64) -> Result<()>,
    ) -> Result<Maps> {
        let side = conv.window.positions(x.side);
        let y = Maps { address: y, count: x.count, side, channels: conv.outputs, limit: f32::INFINITY };
        let each = side * side * conv.depth * self.element.bytes();
        let group = (PATCHES / each.max(1)).max(1);
        let mut limit = f32::INFINITY;
        for first in (0..x.count).step_by(group) {
            let count = group.min(x.count - first);
            if count * each > self.patches.bytes() {
                candle_core::bail!("pictures of {0} × {0} are too large for the card", x.side);
            }
            make(x.part(first, count, bytes), self.patches.address())?;
            let part = |maps: Maps| maps.part(first, count, self.element.bytes());
            let finish = Finish { added: finish.added.map(part), ..finish };
            limit = self.product(conv, self.patches.address(), part(y), finish)?.limit;
        }
        Ok(Maps { limit, ..y })
    }

    /// `[pixels, depth]` at `x` times the weights.
    fn product(&self, conv: &CardConv, x: u64, y: Maps, finish: Finish) -> Result<Maps> {
        let added = finish.added.map(|added| self.within_limit(added)).transpose()?;
        let shape = ProductShape {
            rows: y.pixels(),
            inputs: conv.depth,
            outputs: conv.outputs,
            adds: added.is_some(),
            relu: finish.activation != Activation::None,
        };
        let memory = ProductMemory {
            x,
            weights: conv.weights.address(),
            bias: conv.bias.address(),
            added: added.map(|added| added.address),
            y: y.address,
        };
        // SAFETY: all of these were made in these sizes.
        unsafe { self.products.compute(shape, memory)? };
        let [_, limit] = finish.activation.limits();
        Ok(Maps { limit, ..y })
    }

    fn depthwise(&self, conv: &CardConv, x: Maps, y: u64, finish: Finish) -> Result<Maps> {
        if finish.added.is_some() {
            candle_core::bail!("a depthwise convolution with a residual");
        }
        let vectors = x.channels / self.element.in_vector();
        let over = WindowOver::new(conv.window, x.side, vectors);
        let [low, high] = finish.activation.limits();
        let (weights, bias, limit) = (conv.weights.address(), conv.bias.address(), x.limit);
        let rows = x.count * over.out_height as usize;
        self.start(
            &self.kernels.depthwise,
            over.out_width as usize * vectors,
            rows,
            &[
                Address(x.address),
                Address(y),
                Address(weights),
                Address(bias),
                Over(over),
                Number(limit),
                Number(low),
                Number(high),
            ],
        )?;
        Ok(Maps { address: y, side: over.out_width as usize, limit: f32::INFINITY, ..x })
    }

    /// The max-pool of maps.
    pub(super) fn max_pool(&self, pool: MaxPool, x: Maps, y: u64) -> Result<Maps> {
        let vectors = x.channels / self.element.in_vector();
        let side = pool.positions(x.side);
        let over = WindowOver::new(pool.window(), x.side, vectors).of_positions(side);
        self.start(
            &self.kernels.max_pool,
            side * vectors,
            x.count * side,
            &[Address(x.address), Address(y), Over(over)],
        )?;
        Ok(Maps { address: y, side, ..x })
    }

    /// Each map to one number a channel, of f32.
    pub(super) fn pool(&self, pooling: Pooling, x: Maps, y: u64) -> Result<()> {
        let vectors = x.channels / self.element.in_vector();
        let (pixels, channels, generalised) =
            ((x.side * x.side) as i32, vectors as i32, i32::from(pooling == Pooling::Gem));
        self.start(
            &self.kernels.pooled,
            vectors,
            x.count,
            &[Address(x.address), Address(y), Count(pixels), Count(channels), Number(x.limit), Count(generalised)],
        )
    }

    /// The same maps, with the bound applied.
    fn within_limit(&self, x: Maps) -> Result<Maps> {
        if x.limit.is_infinite() {
            return Ok(x);
        }
        let length = x.numbers() / self.element.in_vector();
        self.start(&self.kernels.limited, length, 1, &[Address(x.address), Length(length), Number(x.limit)])?;
        Ok(Maps { limit: f32::INFINITY, ..x })
    }

    /// Starts a kernel on `rows` rows of `row` threads.
    fn start(&self, kernel: &CudaFunction, row: usize, rows: usize, arguments: &[Argument]) -> Result<()> {
        // SAFETY: the arguments are those that the kernel declares, of memory that was made for these sizes.
        unsafe { kernels::start(&self.stream, kernel, [row, rows], arguments) }
    }
}
