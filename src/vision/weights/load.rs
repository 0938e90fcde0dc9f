//! An encoder's weights as tensors.

use std::collections::HashMap;

use candle_core::{Device, Tensor};

use crate::vision::{EncoderSpec, VisionError};

/// An encoder's tensors as f32 on a device by torchvision's names, exactly those of the
/// architecture ([`tensors`](crate::vision::Architecture::tensors)), and the hash of their file.
///
/// # Errors
/// If the file cannot be read, or does not hold exactly these tensors in the right shapes (a classifier and batch
/// counters aside); [`VisionError::Cancelled`] once `keep_going` returns false.
pub(in crate::vision) fn load(
    spec: &EncoderSpec,
    device: &Device,
    keep_going: &dyn Fn() -> bool,
) -> Result<(HashMap<String, Tensor>, blake3::Hash), VisionError> {
    let file = spec.weights.open(spec.architecture)?;
    file.check(spec.architecture)?;
    let mut reader = file.reader()?;
    let mut tensors = HashMap::new();
    for (name, _) in spec.architecture.tensors() {
        if !keep_going() {
            return Err(VisionError::Cancelled);
        }
        let tensor = reader.tensor(&name)?.to_device(device)?;
        tensors.insert(name, tensor);
    }
    Ok((tensors, spec.weights.hash(spec.architecture)?))
}
