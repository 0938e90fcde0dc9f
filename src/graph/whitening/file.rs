//! Whitenings as files: safetensors, with the settings in the header.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::Whitening;
use crate::graph::GraphError;

/// The header's key for the settings, as JSON.
const SETTINGS_KEY: &str = "crossrank.whitening";

impl Whitening {
    /// As the bytes of a safetensors file.
    ///
    /// # Errors
    /// If the tensors cannot be serialised.
    pub fn to_bytes(&self) -> Result<Vec<u8>, GraphError> {
        let (dim, kept) = (self.mean.len(), self.dim());
        let settings = serde_json::to_string(&self.settings)
            .map_err(|source| GraphError::Settings { key: SETTINGS_KEY, source })?;
        let bytes = |values: &[f32]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let parts = [
            ("mean", vec![dim], bytes(&self.mean)),
            ("scale", vec![dim], bytes(&self.scale)),
            ("variance", vec![kept], bytes(&self.variance)),
            ("basis", vec![dim, kept], bytes(&self.basis)),
        ];
        let mut views = Vec::with_capacity(parts.len());
        for (name, shape, bytes) in &parts {
            views.push((*name, TensorView::new(Dtype::F32, shape.clone(), bytes)?));
        }
        let header = [(SETTINGS_KEY.to_owned(), settings)].into();
        Ok(safetensors::serialize(views, Some(header))?)
    }

    /// Reads the bytes of such a file.
    ///
    /// # Errors
    /// If they are malformed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GraphError> {
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let settings = header.metadata().as_ref().and_then(|metadata| metadata.get(SETTINGS_KEY));
        let settings = settings.ok_or(GraphError::NoSettings(SETTINGS_KEY))?;
        let settings =
            serde_json::from_str(settings).map_err(|source| GraphError::Settings { key: SETTINGS_KEY, source })?;
        let tensors = SafeTensors::deserialize(bytes)?;
        let values = |name: &'static str| {
            let view = tensors.tensor(name)?;
            let values: Vec<f32> = view.data().as_chunks::<4>().0.iter().map(|&x| f32::from_le_bytes(x)).collect();
            match view.dtype() == Dtype::F32 && values.iter().all(|x| x.is_finite()) {
                true => Ok(values),
                false => Err(GraphError::Numbers(name)),
            }
        };
        let found = Self {
            settings,
            mean: values("mean")?,
            scale: values("scale")?,
            variance: values("variance")?,
            basis: values("basis")?,
        };
        let fits = found.scale.len() == found.mean.len() && found.basis.len() == found.mean.len() * found.dim();
        if fits { Ok(found) } else { Err(GraphError::Sizes) }
    }
}
