//! Our kernels on the card (`kernels.cu`), compiled for it when a network is loaded.

use std::sync::Arc;

use candle_core::Result;
use candle_core::cuda_backend::WrapErr;
use candle_core::cuda_backend::cudarc::driver::{
    CudaContext, CudaFunction, CudaStream, DeviceRepr, LaunchConfig, PushKernelArg,
};
use candle_core::cuda_backend::cudarc::nvrtc::compile_ptx;

use super::Element;
use crate::vision::kernel::Window;

const SOURCE: &str = include_str!("kernels.cu");
/// Threads of a block.
const BLOCK: usize = 256;

/// The kernels for one type of numbers.
pub(super) struct Kernels {
    pub(super) patches: CudaFunction,
    pub(super) picture_patches: CudaFunction,
    pub(super) max_pool: CudaFunction,
    pub(super) depthwise: CudaFunction,
    pub(super) limited: CudaFunction,
    pub(super) pooled: CudaFunction,
}

impl Kernels {
    /// # Errors
    /// If the card's compiler fails.
    pub(super) fn compile(context: &Arc<CudaContext>, element: Element) -> Result<Self> {
        let module = context.load_module(compile_ptx(SOURCE).w()?).w()?;
        let function = |name: &str| module.load_function(name).w();
        let typed = |name: &str| function(&format!("{name}_{}", element.suffix()));
        Ok(Self {
            patches: function("patches")?,
            picture_patches: typed("picture_patches")?,
            max_pool: typed("max_pool")?,
            depthwise: typed("depthwise")?,
            limited: typed("limited")?,
            pooled: typed("pooled")?,
        })
    }
}

/// A window over maps, as the kernels take it. Width and height are in pixels, channels in vectors.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct WindowOver {
    height: i32,
    width: i32,
    channels: i32,
    kernel: i32,
    stride: i32,
    above: i32,
    left: i32,
    pub(super) out_height: i32,
    pub(super) out_width: i32,
}

// SAFETY: nine numbers of 32 bits, as the kernels declare them.
unsafe impl DeviceRepr for WindowOver {}

impl WindowOver {
    pub(super) fn new(window: Window, side: usize, channels: usize) -> Self {
        let (before, out) = (window.before(side) as i32, window.positions(side) as i32);
        Self {
            height: side as i32,
            width: side as i32,
            channels: channels as i32,
            kernel: window.kernel as i32,
            stride: window.stride as i32,
            above: before,
            left: before,
            out_height: out,
            out_width: out,
        }
    }

    /// With as many positions along each side.
    pub(super) fn of_positions(self, positions: usize) -> Self {
        Self { out_height: positions as i32, out_width: positions as i32, ..self }
    }
}

/// An argument of a kernel.
pub(super) enum Argument {
    Address(u64),
    Length(usize),
    Count(i32),
    Number(f32),
    Over(WindowOver),
}

/// Starts a kernel on rows of threads, `[threads, rows]`, as soon as the stream comes to it.
///
/// # Safety
/// The arguments must be those that the kernel declares, and their memory large enough.
pub(super) unsafe fn start(
    stream: &CudaStream,
    kernel: &CudaFunction,
    [row, rows]: [usize; 2],
    arguments: &[Argument],
) -> Result<()> {
    let mut launch = stream.launch_builder(kernel);
    for argument in arguments {
        match argument {
            Argument::Address(value) => launch.arg(value),
            Argument::Length(value) => launch.arg(value),
            Argument::Count(value) => launch.arg(value),
            Argument::Number(value) => launch.arg(value),
            Argument::Over(value) => launch.arg(value),
        };
    }
    let grid_dim = (row.div_ceil(BLOCK) as u32, rows as u32, 1);
    let config = LaunchConfig { grid_dim, block_dim: (BLOCK as u32, 1, 1), shared_mem_bytes: 0 };
    // SAFETY: the caller's word.
    unsafe { launch.launch(config).w()? };
    Ok(())
}
