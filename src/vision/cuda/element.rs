//! The type of numbers on the card.

use candle_core::DType;
use candle_core::cuda_backend::cudarc::cublaslt::sys::{cublasComputeType_t, cudaDataType};

/// The type of a network's numbers on the card. Sums are of f32 in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vision) enum Element {
    F32,
    /// f32 whose products take only the first 10 bits of each factor's mantissa.
    Tf32,
    F16,
    Bf16,
}

impl Element {
    /// Bytes of a number.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::F32 | Self::Tf32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    /// Numbers in 16 bytes, which the kernels read at a time.
    pub(super) fn in_vector(self) -> usize {
        16 / self.bytes()
    }

    /// As the kernels' names end.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::F32 | Self::Tf32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        }
    }

    pub(super) fn dtype(self) -> DType {
        match self {
            Self::F32 | Self::Tf32 => DType::F32,
            Self::F16 => DType::F16,
            Self::Bf16 => DType::BF16,
        }
    }

    /// The numbers' type and how their products are computed, as the library names them.
    pub(super) fn of_library(self) -> (cudaDataType, cublasComputeType_t) {
        match self {
            Self::F32 => (cudaDataType::CUDA_R_32F, cublasComputeType_t::CUBLAS_COMPUTE_32F),
            Self::Tf32 => (cudaDataType::CUDA_R_32F, cublasComputeType_t::CUBLAS_COMPUTE_32F_FAST_TF32),
            Self::F16 => (cudaDataType::CUDA_R_16F, cublasComputeType_t::CUBLAS_COMPUTE_32F),
            Self::Bf16 => (cudaDataType::CUDA_R_16BF, cublasComputeType_t::CUBLAS_COMPUTE_32F),
        }
    }
}
