//! Networks as files: safetensors, with the configuration in the header.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::{ModelError, Network, NetworkConfig};
use crate::base::{At, FileError, read_file, write_whole};

/// Additional metadata in a checkpoint's header: free text by key.
pub type Metadata = BTreeMap<String, String>;

/// The header's key for the configuration, as JSON.
const CONFIG_KEY: &str = "crossrank.dcmm";

impl Network {
    /// Writes the weights and the configuration, plus `metadata`. The write is atomic.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path, metadata: &Metadata) -> Result<(), ModelError> {
        let config = serde_json::to_string(self.config()).at(path)?;
        let mut header: HashMap<String, String> = metadata.clone().into_iter().collect();
        header.insert(CONFIG_KEY.into(), config);
        let weights = self.weights()?;
        let bytes = |name: &str| weights[name].iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let data: Vec<(String, Vec<usize>, Vec<u8>)> =
            self.config().shapes().into_iter().map(|(name, shape)| (name.clone(), shape, bytes(&name))).collect();
        let mut views = Vec::with_capacity(data.len());
        for (name, shape, bytes) in &data {
            let view = TensorView::new(Dtype::F64, shape.clone(), bytes);
            views.push((name.as_str(), view.map_err(|error| FileError::malformed(error, path))?));
        }
        let file = safetensors::serialize(views, Some(header)).map_err(|error| FileError::malformed(error, path))?;
        Ok(write_whole(path, &[&file]).at(path)?)
    }

    /// Reads a network and the additional metadata.
    ///
    /// # Errors
    /// If the file cannot be read or is not one of our networks.
    pub fn load(path: &Path) -> Result<(Self, Metadata), ModelError> {
        let bytes = read_file(path)?;
        let wrong = |message: &dyn Display| FileError::malformed(message, path);
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|error| wrong(&error))?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| wrong(&error))?;
        let mut metadata: Metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
        let config = metadata.remove(CONFIG_KEY).ok_or_else(|| wrong(&format!("no {CONFIG_KEY} in the header")))?;
        let config: NetworkConfig =
            serde_json::from_str(&config).map_err(|error| wrong(&format!("{CONFIG_KEY}: {error}")))?;
        let model = Self::assemble(&config, |weight| Ok(values(&tensors, &weight.name, &weight.shape, path)?));
        let model = model.map_err(|error| match error {
            ModelError::Config(message) => wrong(&message).into(),
            other => other,
        })?;
        Ok((model, metadata))
    }
}

/// A tensor's values; F32 is read too.
fn values(tensors: &SafeTensors, name: &str, shape: &[usize], path: &Path) -> Result<Vec<f64>, FileError> {
    let wrong = |message: &dyn Display| FileError::malformed(message, path);
    let view = tensors.tensor(name).map_err(|error| wrong(&error))?;
    if view.shape() != shape {
        return Err(wrong(&format!("{name} is of shape {:?}, not {shape:?}", view.shape())));
    }
    let values: Vec<f64> = match view.dtype() {
        Dtype::F64 => view.data().as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect(),
        Dtype::F32 => view.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes).into()).collect(),
        other => return Err(wrong(&format!("{name} is {other:?}, not F64 or F32"))),
    };
    match values.iter().all(|x| x.is_finite()) {
        true => Ok(values),
        false => Err(wrong(&format!("{name} holds a value that is not a finite number"))),
    }
}
