//! A network that turns pictures into vectors.

use candle_core::{DType, Device, Module, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::resnet;

use super::lanes::Lanes;
use super::thin::ThinResNet;
use super::{Architecture, DeviceChoice, EncoderKey, EncoderSpec, NetworkInput, VisionError, weights};

/// A loaded network on its device.
pub struct Encoder {
    network: Box<dyn Module + Send + Sync>,
    device: Device,
    /// Where pictures go side by side: our own network on the main processor. Elsewhere the whole batch goes at once;
    /// candle's layers use all cores by themselves, and get in each other's way when called from several threads.
    lanes: Option<Lanes>,
    spec: EncoderSpec,
    key: EncoderKey,
}

impl Encoder {
    /// Reads, checks and loads the weights.
    ///
    /// # Errors
    /// Where the device is not there, or the file is missing, damaged, or holds other tensors than the architecture's;
    /// the message names tensor and file.
    pub fn load(spec: &EncoderSpec, choice: DeviceChoice) -> Result<Self, VisionError> {
        let device = choice.open()?;
        let side_by_side = device.is_cpu() && spec.architecture == Architecture::Resnet50Thin;
        let lanes = side_by_side.then(Lanes::new).transpose();
        let lanes = lanes.map_err(|error| VisionError::Device { choice, message: error.to_string() })?;
        let (tensors, hash) = weights::load(spec, &device)?;
        let key = EncoderKey::new(spec.architecture, &hash, &spec.preprocess, spec.feature);
        let builder = |tensors| VarBuilder::from_tensors(tensors, DType::F32, &device);
        let network: Box<dyn Module + Send + Sync> = match spec.architecture {
            Architecture::Resnet18 => Box::new(resnet::resnet18_no_final_layer(builder(tensors))?),
            Architecture::Resnet34 => Box::new(resnet::resnet34_no_final_layer(builder(tensors))?),
            Architecture::Resnet50 => Box::new(resnet::resnet50_no_final_layer(builder(tensors))?),
            Architecture::Resnet101 => Box::new(resnet::resnet101_no_final_layer(builder(tensors))?),
            Architecture::Resnet152 => Box::new(resnet::resnet152_no_final_layer(builder(tensors))?),
            Architecture::Resnet50Thin => Box::new(ThinResNet::load(spec.architecture.config(), &tensors)?),
        };
        Ok(Self { network, device, lanes, spec: spec.clone(), key })
    }

    /// Numbers per vector.
    pub fn dim(&self) -> usize {
        self.spec.dim()
    }

    /// What it was loaded from.
    pub fn spec(&self) -> &EncoderSpec {
        &self.spec
    }

    /// What names its vectors in the cache.
    pub fn key(&self) -> EncoderKey {
        self.key
    }

    /// How many pictures make one call worth while: few on the main processor, so that a stop is felt soon.
    pub fn batch_size(&self) -> usize {
        match self.device {
            Device::Cpu => (2 * rayon::current_num_threads()).clamp(4, 32),
            _ => 64,
        }
    }

    /// Pooled features (before any classifier), not normalised.
    ///
    /// # Shapes
    /// Row-major, `inputs.len() × dim`.
    ///
    /// # Errors
    /// Where inputs differ in size, or the network fails.
    pub fn embed(&self, inputs: &[NetworkInput]) -> Result<Vec<f32>, VisionError> {
        let Some(first) = inputs.first() else { return Ok(Vec::new()) };
        let side = first.side;
        if inputs.iter().any(|input| input.side != side || input.data.len() != 3 * side * side) {
            return Err(VisionError::Preprocess("pictures of one batch differ in size".to_string()));
        }
        match &self.lanes {
            Some(lanes) => {
                let rows = lanes.map(inputs.len(), |index| self.forward(inputs[index].data.clone(), 1, side))?;
                Ok(rows.concat())
            }
            None => {
                let data = inputs.iter().flat_map(|input| input.data.iter().copied()).collect();
                self.forward(data, inputs.len(), side)
            }
        }
    }

    fn forward(&self, data: Vec<f32>, count: usize, side: usize) -> Result<Vec<f32>, VisionError> {
        let input = Tensor::from_vec(data, (count, 3, side, side), &self.device)?;
        let pooled = self.network.forward(&input)?;
        Ok(pooled.to_device(&Device::Cpu)?.flatten_all()?.to_vec1::<f32>()?)
    }
}
