//! Safetensors: a length, a header in JSON, and the numbers.

use std::io::{Read, Seek, SeekFrom};

use candle_core::DType;
use safetensors::tensor::{Dtype, Metadata};

use super::fault::WeightsFault;
use super::listing::{Bytes, Listing, NumberType, Stored};

/// Longest header in bytes; a ResNet-152's has 80 kB.
const MAX_HEADER: u64 = 1 << 24;

/// Lists the tensors and metadata of a safetensors file.
pub(super) fn list(bytes: &mut Bytes) -> Result<Listing, WeightsFault> {
    let mut length = [0; 8];
    bytes.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > MAX_HEADER {
        return Err(WeightsFault::LongHeader(length));
    }
    let mut header = Vec::new();
    bytes.by_ref().take(length).read_to_end(&mut header)?;
    let header: Metadata = serde_json::from_slice(&header)?;
    let start = 8 + length;
    let end = bytes.seek(SeekFrom::End(0))?;
    let claimed = start.checked_add(header.data_len() as u64);
    if claimed != Some(end) {
        return Err(WeightsFault::Length { found: end, claimed: claimed.unwrap_or(u64::MAX) });
    }
    let tensor = |(name, info): (String, &safetensors::tensor::TensorInfo)| {
        let start = start + info.data_offsets.0 as u64;
        (name, Stored::dense(info.shape.clone(), dtype(info.dtype), None, start))
    };
    let tensors = header.tensors().into_iter().map(tensor).collect();
    Ok(Listing { tensors, metadata: header.metadata().clone().unwrap_or_default() })
}

fn dtype(dtype: Dtype) -> NumberType {
    match dtype {
        Dtype::F16 => Ok(DType::F16),
        Dtype::BF16 => Ok(DType::BF16),
        Dtype::F32 => Ok(DType::F32),
        Dtype::F64 => Ok(DType::F64),
        other => Err(format!("{other:?}")),
    }
}
