//! Options of the encoder: network, weights, layer and preprocessing.

use super::names::one_of;
use super::progress::Progress;
use crate::base::named;
use crate::vision::hub::{self, HubModel, HubProgress};
use crate::vision::{Architecture, DeviceChoice, EncoderSpec, Interpolation, Pooling, Preprocess, VisionError};
use anyhow::{Result, anyhow, bail};
use clap::builder::TypedValueParser;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// The options that request vectors of pictures, by field name.
pub(super) const OPTIONS: [&str; 11] = [
    "encoder",
    "weights",
    "stage",
    "pooling",
    "resize",
    "crop",
    "interpolation",
    "pixel_scale",
    "mean",
    "std",
    "channel_order",
];

/// The network that encodes pictures.
#[derive(Debug, clap::Args)]
pub(super) struct EncoderArgs {
    /// The network: resnet50-thin or efficientnet-lite0, which are bundled, resnet18, resnet34, resnet50, resnet101,
    /// resnet152, or a model on the Hugging Face hub such as timm/resnet50.a1_in1k [default: the one --weights holds,
    /// else resnet50-thin].
    #[arg(long, value_name = "NAME", value_parser = network)]
    pub encoder: Option<Network>,
    /// Its weights, with names as in torchvision, timm or transformers: .safetensors, .npz, .pth, .pt or .bin.
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Device to run it on; an unavailable one is replaced by the CPU.
    #[arg(long, default_value = "cpu", value_parser = one_of(DeviceChoice::ALL, DeviceChoice::name))]
    pub device: DeviceChoice,
    /// Stage whose output becomes the vector [default: 4].
    #[arg(long, value_name = "1-4", value_parser = clap::value_parser!(u8).range(1..=4).map(usize::from))]
    pub stage: Option<usize>,
    /// How that output is pooled into one vector [default: mean].
    #[arg(long, value_parser = one_of(Pooling::ALL, Pooling::name))]
    pub pooling: Option<Pooling>,
    #[command(flatten)]
    pub preprocess: PreprocessArgs,
}

/// Overrides of the preprocessing that the weights specify.
#[derive(Debug, Default, PartialEq, clap::Args)]
pub(super) struct PreprocessArgs {
    /// Scale a picture's shorter side to this many pixels [default for this and the next six: as the weights specify].
    #[arg(long, value_name = "PIXELS")]
    pub resize: Option<u32>,
    /// Crop a centred square of this side.
    #[arg(long, value_name = "PIXELS")]
    pub crop: Option<u32>,
    /// Interpolation for scaling.
    #[arg(long, value_parser = one_of(Interpolation::ALL, Interpolation::name))]
    pub interpolation: Option<Interpolation>,
    /// Multiply pixel values (0 to 255) by this first, for example 1/255.
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    pub pixel_scale: Option<f32>,
    /// Then subtract this from each channel, in the network's order.
    #[arg(long, value_name = "A,B,C", value_parser = channels, allow_negative_numbers = true)]
    pub mean: Option<[f32; 3]>,
    /// Then divide each channel by this.
    #[arg(long, value_name = "A,B,C", value_parser = channels)]
    pub std: Option<[f32; 3]>,
    /// The network's channel order.
    #[arg(long, value_parser = one_of(ChannelOrder::ALL, ChannelOrder::name))]
    pub channel_order: Option<ChannelOrder>,
}

/// A network by name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Network {
    Known(Architecture),
    Hub(HubModel),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ChannelOrder {
    Rgb,
    Bgr,
}

named!(ChannelOrder, "channel order": Rgb = "rgb", Bgr = "bgr");

/// A name with a slash is a model on the hub.
fn network(text: &str) -> Result<Network> {
    Ok(match text.contains('/') || text.starts_with("hf:") {
        true => Network::Hub(text.parse()?),
        false => Network::Known(text.parse()?),
    })
}

fn channels(text: &str) -> Result<[f32; 3]> {
    let numbers: Option<Vec<f32>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    let three = numbers.and_then(|numbers| <[f32; 3]>::try_from(numbers).ok());
    three.ok_or_else(|| anyhow!("must be three comma-separated numbers, as in 0.485,0.456,0.406"))
}

fn factor(text: &str) -> Result<f32> {
    let number = |text: &str| text.trim().parse::<f32>().ok();
    let factor = match text.split_once('/') {
        Some((top, bottom)) => number(top).zip(number(bottom)).map(|(top, bottom)| top / bottom),
        None => number(text),
    };
    factor.filter(|factor| factor.is_finite()).ok_or_else(|| anyhow!("must be a number, as in 1 or 1/255"))
}

impl EncoderArgs {
    /// Whether any option requests vectors of pictures; the device alone does not.
    pub fn is_given(&self) -> bool {
        self.encoder.is_some()
            || self.weights.is_some()
            || self.stage.is_some()
            || self.pooling.is_some()
            || self.preprocess != PreprocessArgs::default()
    }

    /// The encoder that the options describe; a hub model is downloaded unless cached.
    ///
    /// # Errors
    /// If the network needs a weights file and none is given, the file or the model cannot be used, or the
    /// preprocessing is invalid.
    pub fn spec(&self, progress: &mut Progress) -> Result<EncoderSpec> {
        let weights = self.weights.as_deref();
        let mut spec = match &self.encoder {
            Some(Network::Hub(model)) if weights.is_some() => {
                bail!("{model} comes with its own weights: omit --weights, or name only the architecture")
            }
            Some(Network::Hub(model)) => hub::fetch(model, &mut |step| show_download(progress, &step))?,
            Some(Network::Known(architecture)) => match EncoderSpec::find(Some(*architecture), weights) {
                Err(VisionError::NotBundled(_)) => {
                    bail!("no weights are bundled for {architecture}: give a file with --weights")
                }
                found => found?,
            },
            None => EncoderSpec::find(None, weights)?,
        };
        spec.preprocess = self.preprocess.apply(spec.preprocess);
        spec.preprocess.check()?;
        spec.feature.stage = self.stage.unwrap_or(spec.feature.stage);
        spec.feature.pooling = self.pooling.unwrap_or(spec.feature.pooling);
        Ok(spec)
    }
}

impl PreprocessArgs {
    /// `usual` with these overrides.
    fn apply(&self, usual: Preprocess) -> Preprocess {
        Preprocess {
            resize: self.resize.unwrap_or(usual.resize),
            crop: self.crop.unwrap_or(usual.crop),
            scale: self.pixel_scale.unwrap_or(usual.scale),
            mean: self.mean.unwrap_or(usual.mean),
            std: self.std.unwrap_or(usual.std),
            bgr: self.channel_order.map_or(usual.bgr, |order| order == ChannelOrder::Bgr),
            interpolation: self.interpolation.unwrap_or(usual.interpolation),
        }
    }
}

/// Shows the progress of a download.
fn show_download(progress: &mut Progress, step: &HubProgress) -> ControlFlow<()> {
    match step.total {
        0 => progress.stage(&format!("Waiting for {}", step.file)),
        total => progress.bytes(&format!("Downloading {}", step.file), step.done, total),
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        encoder: EncoderArgs,
    }

    fn typed(words: &[&str]) -> Result<EncoderArgs, clap::Error> {
        let line = Line::try_parse_from([&["crossrank"], words].concat());
        line.map(|line| line.encoder)
    }

    #[test]
    fn options_override_what_the_weights_specify() {
        let words = ["--resize", "300", "--mean=-1,0.5,2", "--pixel-scale", "1/255", "--channel-order", "rgb"];
        let args = typed(&[&words[..], &["--stage", "3", "--pooling", "gem"]].concat()).unwrap();
        assert!(args.is_given());
        let spec = args.spec(&mut Progress::new(true)).unwrap();
        let usual = Preprocess::open_nsfw();
        let wanted = Preprocess { resize: 300, mean: [-1.0, 0.5, 2.0], scale: 1.0 / 255.0, bgr: false, ..usual };
        assert_eq!(spec.preprocess, wanted);
        assert_eq!((spec.feature.stage, spec.feature.pooling, spec.dim()), (3, Pooling::Gem, 512));
    }

    #[test]
    fn both_bundled_networks_are_chosen_by_name_with_their_own_preprocessing() {
        let named = |words: &[&str]| typed(words).unwrap().spec(&mut Progress::new(true)).unwrap();
        assert_eq!(named(&[]), EncoderSpec::bundled());
        for architecture in Architecture::BUNDLED {
            let spec = named(&["--encoder", architecture.name()]);
            assert_eq!((spec.architecture, &spec.preprocess), (architecture, &Preprocess::usual(architecture)));
        }
        assert_eq!(named(&["--encoder", "efficientnet-lite0", "--stage", "3"]).dim(), 112);
    }

    #[test]
    fn a_device_alone_requests_no_vectors_but_any_preprocessing_option_does() {
        assert!(!typed(&["--device", "cpu"]).unwrap().is_given());
        for words in [["--crop", "224"], ["--channel-order", "bgr"], ["--channel-order", "rgb"], ["--weights", "x"]] {
            assert!(typed(&words).unwrap().is_given(), "{words:?}");
        }
    }

    #[test]
    fn a_name_with_a_slash_is_a_hub_model_and_nonsense_is_rejected() {
        let model = typed(&["--encoder", "timm/resnet18.a1_in1k@v2"]).unwrap().encoder;
        assert!(matches!(model, Some(Network::Hub(model)) if model.revision == "v2"));
        let bad = [
            ["--encoder", "resnet51"],
            ["--encoder", "a/b/c"],
            ["--mean", "1,2"],
            ["--pixel-scale", "1/0"],
            ["--stage", "5"],
        ];
        for words in bad {
            assert!(typed(&words).is_err(), "{words:?}");
        }
        let settings = typed(&["--crop", "300"]).unwrap().spec(&mut Progress::new(true)).unwrap_err().to_string();
        assert!(settings.contains("crop of 300"), "{settings}");
    }
}
