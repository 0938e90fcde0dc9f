//! A network that turns pictures into vectors.

use std::collections::HashMap;
use std::sync::Mutex;

use candle_core::{DType, Device, Module, Tensor};
use candle_nn::{Func, VarBuilder};
use candle_transformers::models::resnet;
use rayon::prelude::*;

use super::backbone::Backbone;
#[cfg(feature = "cuda")]
use super::cuda::{CardNetwork, Element};
use super::fast::{Arena, FastNetwork, GROUP, KeepGoing};
use super::folded::FoldedConv;
use super::kernel::Instructions;
use super::{Architecture, DeviceChoice, EncoderKey, EncoderSpec, Feature, NetworkInput, VisionError, weights};

/// The backend that runs the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// Our kernels on a CPU with vector instructions, candle's operations otherwise.
    #[default]
    Fastest,
    /// Our kernels on the CPU, with vectors no wider than these.
    Kernels(Instructions),
    /// Our own on an NVIDIA card; candle's operations elsewhere.
    Card(ComputePrecision),
    /// Candle's operations on any device, batch norm folded into the convolutions.
    Folded(ComputePrecision),
    /// candle-transformers' network, if it has one for the requested layer; else as `Folded` with f32.
    Library,
}

/// The floating-point type of the computation; inputs and outputs are f32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ComputePrecision {
    /// Four bytes.
    #[default]
    F32,
    /// Four bytes, of which products on an NVIDIA card take 11 bits of precision; elsewhere as `F32`.
    Tf32,
    /// Two bytes, 11 bits of precision.
    F16,
    /// Two bytes, 8 bits of precision and the range of f32.
    Bf16,
}

impl ComputePrecision {
    fn dtype(self) -> DType {
        match self {
            ComputePrecision::F32 | ComputePrecision::Tf32 => DType::F32,
            ComputePrecision::F16 => DType::F16,
            ComputePrecision::Bf16 => DType::BF16,
        }
    }
}

/// A loaded network on its device.
pub struct Encoder {
    network: Network,
    device: Device,
    spec: EncoderSpec,
    key: EncoderKey,
}

enum Network {
    /// Pictures side by side, a few on each core.
    Kernels { network: Box<FastNetwork>, arenas: Mutex<Vec<Arena>> },
    /// A few hundred at a time.
    #[cfg(feature = "cuda")]
    Card(Box<CardNetwork>),
    /// All at once.
    Folded { network: Backbone<FoldedConv>, dtype: DType },
    /// All at once.
    Library(Func<'static>),
}

impl Encoder {
    /// Reads, checks and loads the weights.
    ///
    /// # Errors
    /// If the device is unavailable, or the file is missing, damaged, or does not hold the architecture's tensors; the
    /// message names tensor and file.
    pub fn load(spec: &EncoderSpec, choice: DeviceChoice) -> Result<Self, VisionError> {
        Self::load_with(spec, choice, Backend::Fastest)
    }

    /// As [`Self::load`], with a given backend.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_with(spec: &EncoderSpec, choice: DeviceChoice, backend: Backend) -> Result<Self, VisionError> {
        Self::loaded(spec, choice, backend, &|| true)
    }

    /// As [`Self::load`], stopping once `keep_going` returns false.
    pub(super) fn load_while(
        spec: &EncoderSpec,
        choice: DeviceChoice,
        keep_going: KeepGoing<'_>,
    ) -> Result<Self, VisionError> {
        Self::loaded(spec, choice, Backend::Fastest, keep_going)
    }

    fn loaded(
        spec: &EncoderSpec,
        choice: DeviceChoice,
        backend: Backend,
        keep_going: KeepGoing<'_>,
    ) -> Result<Self, VisionError> {
        let device = choice.open()?;
        let (tensors, hash) = weights::load(spec, &Device::Cpu, keep_going)?;
        let key = EncoderKey::new(spec.architecture, &hash, &spec.preprocess, spec.feature);
        let network = match backend {
            Backend::Library if spec.feature == Feature::default() => library(spec.architecture, &tensors, &device)?,
            _ => None,
        };
        let network = match network {
            Some(network) => Network::Library(network),
            None => {
                // Folded on the CPU: not every graphics card supports f64.
                let vars = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
                let layers = spec.architecture.layers();
                let folded = layers.load(spec.feature.stage, &vars, keep_going)?.ok_or(VisionError::Cancelled)?;
                Self::of_folded(&folded, spec.feature, backend, &device, keep_going)?
            }
        };
        Ok(Self { network, device, spec: spec.clone(), key })
    }

    fn of_folded(
        folded: &Backbone<FoldedConv>,
        feature: Feature,
        backend: Backend,
        device: &Device,
        keep_going: KeepGoing<'_>,
    ) -> Result<Network, VisionError> {
        let instructions = match backend {
            Backend::Fastest if device.is_cpu() && Instructions::Best.is_available() => Some(Instructions::Best),
            Backend::Kernels(instructions) if device.is_cpu() => Some(instructions),
            _ => None,
        };
        if let Some(instructions) = instructions {
            let network = Box::new(FastNetwork::new(folded, feature, instructions, keep_going)?);
            return Ok(Network::Kernels { network, arenas: Mutex::default() });
        }
        #[cfg(feature = "cuda")]
        if let Some(network) = on_card(folded, feature, backend, device)? {
            return Ok(Network::Card(Box::new(network)));
        }
        let dtype = match backend {
            Backend::Folded(precision) | Backend::Card(precision) => precision.dtype(),
            _ => DType::F32,
        };
        let network = folded.map(feature.stage, |conv| conv.on(device, dtype))?;
        Ok(Network::Folded { network, dtype })
    }

    /// Dimension of the vectors.
    pub fn dim(&self) -> usize {
        self.spec.dim()
    }

    /// The specification it was loaded from.
    pub fn spec(&self) -> &EncoderSpec {
        &self.spec
    }

    /// The key of its vectors in the cache.
    pub fn key(&self) -> EncoderKey {
        self.key
    }

    /// A good number of pictures per call: as many as all cores take at a time.
    pub fn batch_size(&self) -> usize {
        match self.network {
            Network::Kernels { .. } => GROUP * rayon::current_num_threads(),
            Network::Folded { .. } | Network::Library(_) if self.device.is_cpu() => 4,
            #[cfg(feature = "cuda")]
            Network::Card(_) => 256,
            _ => 64,
        }
    }

    /// How many pictures a thread should pass to [`Self::embed_here`] at a time. `None` if all threads share one
    /// device, which needs batches.
    pub(super) fn group(&self) -> Option<usize> {
        matches!(self.network, Network::Kernels { .. }).then_some(GROUP)
    }

    /// Pooled features (before any classifier), not normalised.
    ///
    /// # Shapes
    /// Row-major, `inputs.len() × dim`.
    ///
    /// # Errors
    /// If inputs differ in size, or the network fails.
    pub fn embed(&self, inputs: &[NetworkInput]) -> Result<Vec<f32>, VisionError> {
        self.embed_while(inputs, &|| true)
    }

    /// As [`Self::embed`], stopping once `keep_going` returns false: on the CPU it is called every few milliseconds, by
    /// several threads.
    ///
    /// # Errors
    /// As [`Self::embed`], and [`VisionError::Cancelled`] when stopped.
    pub fn embed_while(&self, inputs: &[NetworkInput], keep_going: KeepGoing<'_>) -> Result<Vec<f32>, VisionError> {
        match &self.network {
            Network::Kernels { network, arenas } => {
                check(inputs)?;
                let share = inputs.len().div_ceil(rayon::current_num_threads()).clamp(1, GROUP);
                let rows = inputs.par_chunks(share).map(|inputs| run(network, arenas, inputs, keep_going));
                Ok(rows.collect::<Result<Vec<_>, _>>()?.concat())
            }
            _ => self.embed_here(inputs, keep_going),
        }
    }

    /// As [`Self::embed_while`], but on the CPU it uses only the calling thread.
    pub(super) fn embed_here(
        &self,
        inputs: &[NetworkInput],
        keep_going: KeepGoing<'_>,
    ) -> Result<Vec<f32>, VisionError> {
        check(inputs)?;
        match &self.network {
            _ if inputs.is_empty() => Ok(Vec::new()),
            _ if !keep_going() => Err(VisionError::Cancelled),
            Network::Kernels { network, arenas } => run(network, arenas, inputs, keep_going),
            #[cfg(feature = "cuda")]
            Network::Card(network) => network.forward(inputs, keep_going),
            Network::Folded { network, dtype } => {
                self.at_once(inputs, |x| network.forward(&x.to_dtype(*dtype)?, self.spec.feature)?.to_dtype(DType::F32))
            }
            Network::Library(network) => self.at_once(inputs, |x| network.forward(x)),
        }
    }

    fn at_once(
        &self,
        inputs: &[NetworkInput],
        forward: impl Fn(&Tensor) -> candle_core::Result<Tensor>,
    ) -> Result<Vec<f32>, VisionError> {
        let side = inputs[0].side;
        let data: Vec<f32> = inputs.iter().flat_map(|input| input.data.iter().copied()).collect();
        let input = Tensor::from_vec(data, (inputs.len(), 3, side, side), &self.device)?;
        Ok(forward(&input)?.to_device(&Device::Cpu)?.flatten_all()?.to_vec1::<f32>()?)
    }
}

fn check(inputs: &[NetworkInput]) -> Result<(), VisionError> {
    let side = inputs.first().map_or(0, |input| input.side);
    if inputs.iter().any(|input| input.side != side || input.data.len() != 3 * side * side) {
        return Err(VisionError::Preprocess("pictures in a batch differ in size".to_string()));
    }
    Ok(())
}

/// One thread's share, with an arena that is allocated if none is free.
fn run(
    network: &FastNetwork,
    arenas: &Mutex<Vec<Arena>>,
    inputs: &[NetworkInput],
    keep_going: KeepGoing<'_>,
) -> Result<Vec<f32>, VisionError> {
    let free = || arenas.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let side = inputs[0].side;
    let arena = match free().pop().filter(|arena| arena.side() == side) {
        Some(arena) => arena,
        None => network.arena(side)?.ok_or(VisionError::TooSmall(side))?,
    };
    let rows = network.forward(inputs, &arena, keep_going);
    free().push(arena);
    rows
}

/// Our own network on an NVIDIA card. Where it was not asked for by name, only if it agrees with the CPU: there are more
/// kinds of cards than it has been run on.
#[cfg(feature = "cuda")]
fn on_card(
    folded: &Backbone<FoldedConv>,
    feature: Feature,
    backend: Backend,
    device: &Device,
) -> candle_core::Result<Option<CardNetwork>> {
    let element = match backend {
        _ if !device.is_cuda() => return Ok(None),
        Backend::Fastest => {
            let network = CardNetwork::new(folded, feature, device, Element::F32);
            return Ok(network.ok().filter(|network| network.agrees_with(folded, feature)));
        }
        Backend::Card(ComputePrecision::F32) => Element::F32,
        Backend::Card(ComputePrecision::Tf32) => Element::Tf32,
        Backend::Card(ComputePrecision::F16) => Element::F16,
        Backend::Card(ComputePrecision::Bf16) => Element::Bf16,
        _ => return Ok(None),
    };
    CardNetwork::new(folded, feature, device, element).map(Some)
}

/// candle-transformers' network, if it has one.
fn library(
    architecture: Architecture,
    tensors: &HashMap<String, Tensor>,
    device: &Device,
) -> candle_core::Result<Option<Func<'static>>> {
    let network = match architecture {
        Architecture::Resnet18 => resnet::resnet18_no_final_layer,
        Architecture::Resnet34 => resnet::resnet34_no_final_layer,
        Architecture::Resnet50 => resnet::resnet50_no_final_layer,
        Architecture::Resnet101 => resnet::resnet101_no_final_layer,
        Architecture::Resnet152 => resnet::resnet152_no_final_layer,
        Architecture::Resnet50Thin | Architecture::EfficientNetLite0 => return Ok(None),
    };
    let there = |(name, tensor): (&String, &Tensor)| Ok((name.clone(), tensor.to_device(device)?));
    let tensors = tensors.iter().map(there).collect::<candle_core::Result<HashMap<_, _>>>()?;
    network(VarBuilder::from_tensors(tensors, DType::F32, device)).map(Some)
}
