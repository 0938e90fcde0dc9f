//! Convolutions on the CPU: plain functions on slices, with vector instructions chosen at run time.
//!
//! Everything here works on channels-last feature maps: a pixel's channels are contiguous, and pixels follow at a fixed
//! pitch. A 1×1 convolution is then a matrix product without rearranging ([`product`]); a 3×3 one with stride 1 goes
//! through Winograd's transform ([`winograd`]), every other one is lowered to patches, as in im2col ([`patches`]). All
//! three use one register tile ([`tile`]), the only unsafe code. Where each channel has a window of its own, there is no
//! product to lower to ([`depthwise`]).
//!
//! Sources: the blocking is that of Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008);
//! the transform is F(4×4, 3×3) of Lavin and Gray, "Fast algorithms for convolutional neural networks" (CVPR 2016).

mod activation;
mod aligned;
mod depthwise;
mod patches;
mod pooling;
mod product;
mod tile;
mod winograd;

pub(super) use activation::Activation;
pub(super) use aligned::Aligned;
pub(super) use depthwise::Depthwise;
pub(super) use patches::{Padding, Patches, Window};
pub(super) use pooling::{max_pool, pool};
pub(super) use product::{Add, Finish, Packed, Rows};
pub(super) use winograd::Winograd;

/// Which vector instructions are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Instructions {
    /// The widest that this machine supports.
    #[default]
    Best,
    /// At most AVX2 on x86 (what nearly every laptop has); elsewhere as `Best`.
    Avx2,
    /// None beyond the compile target's baseline.
    Plain,
}

impl Instructions {
    /// Whether this machine supports any such vector instructions. Without them a fused multiply-add is a function
    /// call, and candle's products are faster.
    pub(super) fn is_available(self) -> bool {
        !matches!(self.arch(), pulp::Arch::Scalar)
    }

    /// The instruction set chosen on this machine.
    pub(super) fn arch(self) -> pulp::Arch {
        match self {
            Instructions::Best => pulp::Arch::new(),
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Instructions::Avx2 => match pulp::x86::V3::try_new() {
                Some(v3) => pulp::Arch::V3(v3),
                None => pulp::Arch::Scalar,
            },
            #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
            Instructions::Avx2 => pulp::Arch::new(),
            Instructions::Plain => pulp::Arch::Scalar,
        }
    }
}
