//! Memory on the card.

use std::sync::Arc;

use candle_core::cuda_backend::WrapErr;
use candle_core::cuda_backend::cudarc::driver::{CudaSlice, CudaStream, DevicePtr};
use candle_core::{Result, Tensor};

/// Memory on the card.
pub(super) struct Memory {
    bytes: CudaSlice<u8>,
    address: u64,
}

impl Memory {
    /// Memory of arbitrary content, to be written before it is read.
    pub(super) fn new(stream: &Arc<CudaStream>, bytes: usize) -> Result<Self> {
        // SAFETY: whoever uses it writes before reading. Nothing is no valid size.
        let bytes = unsafe { stream.alloc::<u8>(bytes.max(1)).w()? };
        let address = bytes.device_ptr(stream).0;
        Ok(Self { bytes, address })
    }

    /// A tensor of the CPU, copied to the card.
    pub(super) fn of(stream: &Arc<CudaStream>, tensor: &Tensor) -> Result<Self> {
        let mut bytes = Vec::new();
        tensor.write_bytes(&mut bytes)?;
        let bytes = stream.clone_htod(&bytes).w()?;
        let address = bytes.device_ptr(stream).0;
        Ok(Self { bytes, address })
    }

    /// Where it starts.
    pub(super) fn address(&self) -> u64 {
        self.address
    }

    /// Its size.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }
}
