//! The networks and the tensors each is made of.

use super::backbone::Backbone;
use super::layers::{ConvLayer, TensorShape};
use super::resnet::ResNetConfig;
use super::{Feature, efficientnet};
use crate::base::named;

/// A convolutional network.
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
    /// 1280-d; its weights are bundled.
    #[serde(rename = "efficientnet-lite0")]
    EfficientNetLite0,
}

/// The kinds of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    ResNet(ResNetConfig),
    EfficientNetLite0,
}

named!(Architecture, "encoder":
    Resnet50Thin = "resnet50-thin", EfficientNetLite0 = "efficientnet-lite0", Resnet18 = "resnet18",
    Resnet34 = "resnet34", Resnet50 = "resnet50", Resnet101 = "resnet101", Resnet152 = "resnet152",
);

impl Architecture {
    /// The networks whose weights are bundled, the default one first.
    pub const BUNDLED: [Self; 2] = [Self::Resnet50Thin, Self::EfficientNetLite0];

    /// Whether its weights are bundled.
    pub fn is_bundled(self) -> bool {
        Self::BUNDLED.contains(&self)
    }

    /// Channels after a stage (1 to 4): the dimension of a vector taken there.
    pub fn dim(self, stage: usize) -> usize {
        let stage = stage.clamp(1, Feature::STAGES);
        match self.family() {
            Family::ResNet(config) => config.dim(stage),
            Family::EfficientNetLite0 => efficientnet::dim(stage),
        }
    }

    pub(super) fn family(self) -> Family {
        Family::ResNet(match self {
            Architecture::Resnet18 => ResNetConfig::full([2, 2, 2, 2], 1),
            Architecture::Resnet34 => ResNetConfig::full([3, 4, 6, 3], 1),
            Architecture::Resnet50 => ResNetConfig::full([3, 4, 6, 3], 4),
            Architecture::Resnet101 => ResNetConfig::full([3, 4, 23, 3], 4),
            Architecture::Resnet152 => ResNetConfig::full([3, 8, 36, 3], 4),
            Architecture::Resnet50Thin => ResNetConfig::thin(),
            Architecture::EfficientNetLite0 => return Family::EfficientNetLite0,
        })
    }

    /// The network before it has any weights.
    pub(super) fn layers(self) -> Backbone<ConvLayer> {
        match self.family() {
            Family::ResNet(config) => config.layers(),
            Family::EfficientNetLite0 => efficientnet::layers(),
        }
    }

    /// Multiplications of plain convolutions for one picture of `side × side` pixels up to a stage (1 to 4).
    pub fn multiplications(self, side: usize, stage: usize) -> u64 {
        self.layers().multiplications(side, stage)
    }

    /// Every tensor that a weights file must hold, in the order of the network's layers; without the classifier, which
    /// is optional and not used.
    pub fn tensors(self) -> Vec<TensorShape> {
        self.layers().tensors()
    }
}
