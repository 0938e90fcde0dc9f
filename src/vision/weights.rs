//! Weights files: where they come from, and whether they fit.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use safetensors::SafeTensors;

use super::{Architecture, VisionError};

/// Where a network's weights come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeightsSource {
    /// Compiled into the program (only [`Architecture::Resnet50Thin`]).
    Bundled,
    /// A safetensors file with torchvision's or timm's tensor names.
    File(PathBuf),
}

/// The bundled ResNet-50-thin as a safetensors file (f16; © 2016 Yahoo Inc., BSD-2-Clause, see `assets/weights`).
pub fn bundled_weights() -> &'static [u8] {
    include_bytes!("../../assets/weights/resnet50-thin.f16.safetensors")
}

impl WeightsSource {
    /// What errors and reports call it.
    pub(super) fn path(&self) -> &Path {
        match self {
            WeightsSource::Bundled => Path::new("(bundled) resnet50-thin.f16.safetensors"),
            WeightsSource::File(path) => path,
        }
    }

    /// The whole safetensors file.
    pub(super) fn bytes(&self, architecture: Architecture) -> Result<Cow<'static, [u8]>, VisionError> {
        match self {
            WeightsSource::Bundled if architecture == Architecture::Resnet50Thin => {
                Ok(Cow::Borrowed(bundled_weights()))
            }
            WeightsSource::Bundled => Err(VisionError::NotBundled(architecture)),
            WeightsSource::File(path) => Ok(Cow::Owned(std::fs::read(path).map_err(VisionError::io(path))?)),
        }
    }
}

/// Reads the tensors of an architecture as f32 on a device, after checking that the file holds them all, in the right
/// sizes, and nothing else (a classifier and batch counters aside).
pub(super) fn read(
    bytes: &[u8],
    path: &Path,
    architecture: Architecture,
    device: &Device,
) -> Result<HashMap<String, Tensor>, VisionError> {
    let damaged = |message: String| VisionError::Weights { message, path: path.to_path_buf() };
    let file = SafeTensors::deserialize(bytes).map_err(|error| damaged(error.to_string()))?;
    let expected = architecture.tensors();
    check_names(&file, &expected, architecture, path)?;
    let mut tensors = HashMap::with_capacity(expected.len());
    for (name, shape) in expected {
        let view = file.tensor(&name).map_err(|error| damaged(error.to_string()))?;
        if view.shape() != shape {
            let found = view.shape().to_vec();
            let path = path.to_path_buf();
            return Err(VisionError::TensorShape { tensor: name, found, expected: shape, architecture, path });
        }
        use candle_core::safetensors::Load;
        let tensor = view.load(device).and_then(|tensor| tensor.to_dtype(DType::F32));
        let tensor = tensor.map_err(|error| damaged(format!("tensor \"{name}\": {error}")))?;
        tensors.insert(name, tensor);
    }
    Ok(tensors)
}

fn check_names(
    file: &SafeTensors<'_>,
    expected: &[super::TensorShape],
    architecture: Architecture,
    path: &Path,
) -> Result<(), VisionError> {
    let found: std::collections::BTreeSet<&str> = file.names().into_iter().collect();
    let missing: Vec<&String> =
        expected.iter().map(|(name, _)| name).filter(|name| !found.contains(name.as_str())).collect();
    if let Some(first) = missing.first() {
        let (tensor, missing) = (first.to_string(), missing.len());
        return Err(VisionError::MissingTensor { tensor, missing, architecture, path: path.to_path_buf() });
    }
    let known: std::collections::BTreeSet<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
    let unused = |name: &str| name == "fc.weight" || name == "fc.bias" || name.ends_with(".num_batches_tracked");
    let extra: Vec<&str> = found.into_iter().filter(|name| !known.contains(name) && !unused(name)).collect();
    if let Some(first) = extra.first() {
        let (tensor, extra) = (first.to_string(), extra.len());
        return Err(VisionError::ExtraTensor { tensor, extra, architecture, path: path.to_path_buf() });
    }
    Ok(())
}
