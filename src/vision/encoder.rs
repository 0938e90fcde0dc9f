//! A network that turns pictures into vectors.

use std::collections::HashMap;
use std::sync::Mutex;

use candle_core::{DType, Device, Module, Tensor};
use candle_nn::{Func, VarBuilder};
use candle_transformers::models::resnet;
use rayon::prelude::*;

use super::fast::{Arena, FastResNet, GROUP, GoOn};
use super::folded::FoldedConv;
use super::kernel::Instructions;
use super::resnet::ResNet;
use super::{Architecture, DeviceChoice, EncoderKey, EncoderSpec, Feature, NetworkInput, VisionError, weights};

/// Which code runs the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Our kernels on the main processor, candle's operations elsewhere, and where there are no vector instructions.
    #[default]
    Fastest,
    /// Our kernels on the main processor, with no wider vectors than these.
    Kernels(Instructions),
    /// Candle's operations wherever it runs, batch norm folded into the convolutions.
    Folded(Numbers),
    /// candle-transformers' network, where there is one that ends in the wanted layer; else as `Folded` with f32.
    Library,
}

/// What a graphics card computes with; what goes in and comes out is f32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// Four bytes.
    #[default]
    F32,
    /// Two bytes, 11 bits of precision.
    F16,
    /// Two bytes, 8 bits of precision and the range of f32.
    Bf16,
}

impl Numbers {
    fn dtype(self) -> DType {
        match self {
            Numbers::F32 => DType::F32,
            Numbers::F16 => DType::F16,
            Numbers::Bf16 => DType::BF16,
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
    Kernels { network: Box<FastResNet>, arenas: Mutex<Vec<Arena>> },
    /// All at once.
    Folded { network: ResNet<FoldedConv>, dtype: DType },
    /// All at once.
    Library(Func<'static>),
}

impl Encoder {
    /// Reads, checks and loads the weights.
    ///
    /// # Errors
    /// Where the device is not there, or the file is missing, damaged, or holds other tensors than the architecture's;
    /// the message names tensor and file.
    pub fn load(spec: &EncoderSpec, choice: DeviceChoice) -> Result<Self, VisionError> {
        Self::load_with(spec, choice, Engine::Fastest)
    }

    /// As [`Self::load`], by the code that is asked for.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_with(spec: &EncoderSpec, choice: DeviceChoice, engine: Engine) -> Result<Self, VisionError> {
        Self::loaded(spec, choice, engine, &|| true)
    }

    /// As [`Self::load`], as long as `go_on` says so.
    pub(super) fn load_while(spec: &EncoderSpec, choice: DeviceChoice, go_on: GoOn<'_>) -> Result<Self, VisionError> {
        Self::loaded(spec, choice, Engine::Fastest, go_on)
    }

    fn loaded(spec: &EncoderSpec, choice: DeviceChoice, engine: Engine, go_on: GoOn<'_>) -> Result<Self, VisionError> {
        let device = choice.open()?;
        let (tensors, hash) = weights::load(spec, &Device::Cpu, go_on)?;
        let key = EncoderKey::new(spec.architecture, &hash, &spec.preprocess, spec.feature);
        let network = match engine {
            Engine::Library if spec.feature == Feature::default() => library(spec.architecture, &tensors, &device)?,
            _ => None,
        };
        let network = match network {
            Some(network) => Network::Library(network),
            None => {
                // Folded on the main processor: not every graphics card knows f64.
                let vars = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
                let folded = ResNet::load(spec.architecture.config(), &vars, go_on)?.ok_or(VisionError::Cancelled)?;
                Self::of_folded(&folded, spec.feature, engine, &device, go_on)?
            }
        };
        Ok(Self { network, device, spec: spec.clone(), key })
    }

    fn of_folded(
        folded: &ResNet<FoldedConv>,
        feature: Feature,
        engine: Engine,
        device: &Device,
        go_on: GoOn<'_>,
    ) -> Result<Network, VisionError> {
        let instructions = match engine {
            Engine::Fastest if device.is_cpu() && Instructions::Best.are_there() => Some(Instructions::Best),
            Engine::Kernels(instructions) if device.is_cpu() => Some(instructions),
            _ => None,
        };
        if let Some(instructions) = instructions {
            let network = Box::new(FastResNet::new(folded, feature, instructions, go_on)?);
            return Ok(Network::Kernels { network, arenas: Mutex::default() });
        }
        let dtype = if let Engine::Folded(numbers) = engine { numbers.dtype() } else { DType::F32 };
        let network = folded.map(feature.stage, |conv| conv.on(device, dtype))?;
        Ok(Network::Folded { network, dtype })
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

    /// How many pictures make one call worth while: as many as all cores take at a time.
    pub fn batch_size(&self) -> usize {
        match self.network {
            Network::Kernels { .. } => GROUP * rayon::current_num_threads(),
            Network::Folded { .. } | Network::Library(_) if self.device.is_cpu() => 4,
            _ => 64,
        }
    }

    /// How many pictures a thread should bring to [`Self::embed_here`] at a time, where each has the network to itself.
    /// `None` where there is but one device for all threads, which wants batches.
    pub(super) fn group(&self) -> Option<usize> {
        matches!(self.network, Network::Kernels { .. }).then_some(GROUP)
    }

    /// Pooled features (before any classifier), not normalised.
    ///
    /// # Shapes
    /// Row-major, `inputs.len() × dim`.
    ///
    /// # Errors
    /// Where inputs differ in size, or the network fails.
    pub fn embed(&self, inputs: &[NetworkInput]) -> Result<Vec<f32>, VisionError> {
        self.embed_while(inputs, &|| true)
    }

    /// As [`Self::embed`], as long as `go_on` says so: on the main processor it is asked every few milliseconds, by
    /// several threads.
    ///
    /// # Errors
    /// As [`Self::embed`], and [`VisionError::Cancelled`] once it says no.
    pub fn embed_while(&self, inputs: &[NetworkInput], go_on: GoOn<'_>) -> Result<Vec<f32>, VisionError> {
        match &self.network {
            Network::Kernels { network, arenas } => {
                check(inputs)?;
                let share = inputs.len().div_ceil(rayon::current_num_threads()).clamp(1, GROUP);
                let rows = inputs.par_chunks(share).map(|inputs| run(network, arenas, inputs, go_on));
                Ok(rows.collect::<Result<Vec<_>, _>>()?.concat())
            }
            _ => self.embed_here(inputs, go_on),
        }
    }

    /// As [`Self::embed_while`], without calling for the help of other threads on the main processor.
    pub(super) fn embed_here(&self, inputs: &[NetworkInput], go_on: GoOn<'_>) -> Result<Vec<f32>, VisionError> {
        check(inputs)?;
        match &self.network {
            _ if inputs.is_empty() => Ok(Vec::new()),
            _ if !go_on() => Err(VisionError::Cancelled),
            Network::Kernels { network, arenas } => run(network, arenas, inputs, go_on),
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
        return Err(VisionError::Preprocess("pictures of one batch differ in size".to_string()));
    }
    Ok(())
}

/// One thread's share, with an arena that is made if none is free.
fn run(
    network: &FastResNet,
    arenas: &Mutex<Vec<Arena>>,
    inputs: &[NetworkInput],
    go_on: GoOn<'_>,
) -> Result<Vec<f32>, VisionError> {
    let free = || arenas.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let side = inputs[0].side;
    let arena = match free().pop().filter(|arena| arena.side() == side) {
        Some(arena) => arena,
        None => network.arena(side)?.ok_or(VisionError::TooSmall(side))?,
    };
    let rows = network.forward(inputs, &arena, go_on);
    free().push(arena);
    rows
}

/// candle-transformers' network, where it has one.
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
        Architecture::Resnet50Thin => return Ok(None),
    };
    let there = |(name, tensor): (&String, &Tensor)| Ok((name.clone(), tensor.to_device(device)?));
    let tensors = tensors.iter().map(there).collect::<candle_core::Result<HashMap<_, _>>>()?;
    network(VarBuilder::from_tensors(tensors, DType::F32, device)).map(Some)
}
