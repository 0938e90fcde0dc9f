//! The networks and the tensors each is made of.

use super::Feature;
use crate::base::named;

/// A residual network (He et al., 2015, arXiv 1512.03385).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Architecture {
    /// 512-d; torchvision's and timm's tensor names, as for the next four.
    #[serde(rename = "resnet18")]
    Resnet18,
    /// 512-d.
    #[serde(rename = "resnet34")]
    Resnet34,
    /// 2048-d.
    #[serde(rename = "resnet50")]
    Resnet50,
    /// 2048-d.
    #[serde(rename = "resnet101")]
    Resnet101,
    /// 2048-d: the descriptors of the DCMM article's WebQ.
    #[serde(rename = "resnet152")]
    Resnet152,
    /// 1024-d: half as wide, batch norm folded; its weights are bundled.
    #[serde(rename = "resnet50-thin")]
    Resnet50Thin,
}

/// Name and size of a tensor.
pub type TensorShape = (String, Vec<usize>);

/// The hyperparameters of a residual network.
///
/// Stage `s` has `blocks[s]` blocks of width `widths[s]`; a bottleneck block's output is four times as wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResNetConfig {
    /// Channels after the first convolution.
    pub stem: usize,
    /// Blocks per stage.
    pub blocks: [usize; 4],
    /// Inner channels per stage.
    pub widths: [usize; 4],
    /// Ratio of a block's output to its inner channels: 1 for basic blocks, 4 for bottlenecks.
    pub expansion: usize,
    /// Whether batch norm is folded into the convolutions, which then have a bias.
    pub folded: bool,
}

named!(Architecture, "encoder":
    Resnet50Thin = "resnet50-thin", Resnet18 = "resnet18", Resnet34 = "resnet34", Resnet50 = "resnet50",
    Resnet101 = "resnet101", Resnet152 = "resnet152",
);

impl Architecture {
    /// Channels after a residual stage (1 to 4): the dimension of a vector taken there.
    pub fn dim(self, stage: usize) -> usize {
        let config = self.config();
        config.widths[stage.clamp(1, Feature::STAGES) - 1] * config.expansion
    }

    pub(super) fn config(self) -> ResNetConfig {
        let full = |blocks, expansion| ResNetConfig {
            stem: 64,
            blocks,
            widths: [64, 128, 256, 512],
            expansion,
            folded: false,
        };
        match self {
            Architecture::Resnet18 => full([2, 2, 2, 2], 1),
            Architecture::Resnet34 => full([3, 4, 6, 3], 1),
            Architecture::Resnet50 => full([3, 4, 6, 3], 4),
            Architecture::Resnet101 => full([3, 4, 23, 3], 4),
            Architecture::Resnet152 => full([3, 8, 36, 3], 4),
            Architecture::Resnet50Thin => {
                ResNetConfig { stem: 64, blocks: [3, 4, 6, 3], widths: [32, 64, 128, 256], expansion: 4, folded: true }
            }
        }
    }

    /// Multiplications of plain convolutions for one picture of `side × side` pixels up to a residual stage (1 to 4).
    pub fn multiplications(self, side: usize, stage: usize) -> u64 {
        let config = self.config();
        let mut sum = 0;
        let mut side = side;
        for (name, shape) in
            self.tensors().into_iter().filter(|(name, shape)| shape.len() == 4 && name.ends_with("weight"))
        {
            let at = name.strip_prefix("layer").and_then(|rest| rest.split('.').next()?.parse().ok()).unwrap_or(0);
            if at > stage {
                continue;
            }
            let first = at > 1 && name.starts_with(&format!("layer{at}.0."));
            let halves = match name.as_str() {
                "conv1.weight" => true,
                _ if !first => false,
                // Where the side is halved: see the network's blocks. The shortcut sees the block's input size.
                name => match (config.expansion, config.folded) {
                    (1, _) | (_, true) => name.ends_with("conv1.weight"),
                    (_, false) => name.ends_with("conv2.weight"),
                },
            };
            if halves {
                side = side.div_ceil(2);
            }
            sum += (side * side * shape.iter().product::<usize>()) as u64;
            if name == "conv1.weight" {
                side = side.div_ceil(2);
            }
        }
        sum
    }

    /// Every tensor that a weights file must hold, in the order of torchvision's `state_dict`; without the classifier
    /// (`fc.weight`, `fc.bias`), which is optional and not used.
    pub fn tensors(self) -> Vec<TensorShape> {
        let config = self.config();
        let mut list = Vec::new();
        convolution(&mut list, config.folded, ["conv1", "bn1"], [config.stem, 3, 7]);
        let mut input = config.stem;
        for (stage, (&blocks, &width)) in config.blocks.iter().zip(&config.widths).enumerate() {
            for block in 0..blocks {
                let output = width * config.expansion;
                let name = format!("layer{}.{block}", stage + 1);
                block_tensors(&mut list, config, &name, input, width);
                if input != output || (block == 0 && stage > 0) {
                    let names = match config.folded {
                        true => [format!("{name}.downsample"), String::new()],
                        false => [format!("{name}.downsample.0"), format!("{name}.downsample.1")],
                    };
                    convolution(&mut list, config.folded, [&names[0], &names[1]], [output, input, 1]);
                }
                input = output;
            }
        }
        list
    }
}

/// The convolutions on a block's main path.
fn block_tensors(list: &mut Vec<TensorShape>, config: ResNetConfig, name: &str, input: usize, width: usize) {
    let sizes: &[[usize; 3]] = match config.expansion {
        1 => &[[width, input, 3], [width, width, 3]],
        by => &[[width, input, 1], [width, width, 3], [width * by, width, 1]],
    };
    for (index, &size) in sizes.iter().enumerate() {
        let names = [format!("{name}.conv{}", index + 1), format!("{name}.bn{}", index + 1)];
        convolution(list, config.folded, [&names[0], &names[1]], size);
    }
}

/// One square convolution `[output, input, kernel]` and its batch norm, or its bias where that is folded.
fn convolution(list: &mut Vec<TensorShape>, folded: bool, [conv, norm]: [&str; 2], size: [usize; 3]) {
    let [output, input, kernel] = size;
    list.push((format!("{conv}.weight"), vec![output, input, kernel, kernel]));
    if folded {
        list.push((format!("{conv}.bias"), vec![output]));
    } else {
        list.extend(
            ["weight", "bias", "running_mean", "running_var"].map(|part| (format!("{norm}.{part}"), vec![output])),
        );
    }
}
