//! Networks as files: safetensors, with the configuration in the header.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::{ModelError, Network, NetworkConfig};
use crate::base::write_whole;

/// Weights by name, each row-major.
pub type Weights = BTreeMap<String, Vec<f64>>;
/// What else a checkpoint's header says: free text by key.
pub type Metadata = BTreeMap<String, String>;

/// The header's key for the configuration, as JSON.
const CONFIG_KEY: &str = "crossrank.dcmm";

impl Network {
    /// Writes the weights and the configuration, with whatever `metadata` adds. The file appears complete or not at
    /// all: it is written beside its place and then moved there.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path, metadata: &Metadata) -> Result<(), ModelError> {
        let checkpoint = |message: String| ModelError::Checkpoint { message, path: path.into() };
        let io = |source| ModelError::Io { source, path: path.into() };
        let config = serde_json::to_string(self.config()).map_err(|error| checkpoint(error.to_string()))?;
        let mut header: HashMap<String, String> = metadata.clone().into_iter().collect();
        header.insert(CONFIG_KEY.into(), config);
        let weights = self.weights()?;
        let bytes = |name: &str| weights[name].iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let data: Vec<(String, Vec<usize>, Vec<u8>)> =
            self.config().shapes().into_iter().map(|(name, shape)| (name.clone(), shape, bytes(&name))).collect();
        let mut views = Vec::with_capacity(data.len());
        for (name, shape, bytes) in &data {
            let view = TensorView::new(Dtype::F64, shape.clone(), bytes);
            views.push((name.as_str(), view.map_err(|error| checkpoint(error.to_string()))?));
        }
        let file = safetensors::serialize(views, Some(header)).map_err(|error| checkpoint(error.to_string()))?;
        write_whole(path, &[&file]).map_err(io)
    }

    /// Reads a network and what else its header says.
    ///
    /// # Errors
    /// If the file cannot be read or is no network of ours.
    pub fn load(path: &Path) -> Result<(Self, Metadata), ModelError> {
        let bytes = fs::read(path).map_err(|source| ModelError::Io { source, path: path.into() })?;
        let wrong = |message: String| ModelError::Checkpoint { message, path: path.into() };
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|error| wrong(error.to_string()))?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| wrong(error.to_string()))?;
        let mut metadata: Metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
        let config = metadata.remove(CONFIG_KEY).ok_or_else(|| wrong(format!("no {CONFIG_KEY} in the header")))?;
        let config: NetworkConfig =
            serde_json::from_str(&config).map_err(|error| wrong(format!("{CONFIG_KEY}: {error}")))?;
        let model = Self::assemble(&config, |name, shape| values(&tensors, name, shape).map_err(wrong));
        let model = model.map_err(|error| match error {
            ModelError::Config(message) => wrong(message),
            other => other,
        })?;
        Ok((model, metadata))
    }
}

/// A tensor's values; F32 is read too.
fn values(tensors: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f64>, String> {
    let view = tensors.tensor(name).map_err(|error| error.to_string())?;
    if view.shape() != shape {
        return Err(format!("{name} is of shape {:?}, not {shape:?}", view.shape()));
    }
    let values: Vec<f64> = match view.dtype() {
        Dtype::F64 => view.data().as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect(),
        Dtype::F32 => view.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes).into()).collect(),
        other => return Err(format!("{name} is {other:?}, not F64 or F32")),
    };
    match values.iter().all(|x| x.is_finite()) {
        true => Ok(values),
        false => Err(format!("{name} holds a value that is not a finite number")),
    }
}
