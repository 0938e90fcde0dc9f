//! Recognising a file's network, and checking its tensors.

use std::collections::{BTreeMap, BTreeSet};

use super::WeightsFile;
use crate::vision::architecture::Family;
use crate::vision::{Architecture, VisionError};

/// The architecture that has exactly these tensors, a classifier and batch counters aside.
fn recognise(tensors: &BTreeMap<&str, &[usize]>) -> Option<Architecture> {
    let used = tensors.keys().filter(|name| !is_unused(name)).count();
    Architecture::ALL.into_iter().find(|architecture| {
        let expected = architecture.tensors();
        used == expected.len()
            && expected.iter().all(|(name, shape)| tensors.get(name.as_str()) == Some(&shape.as_slice()))
    })
}

impl WeightsFile {
    /// The architecture whose tensors the file holds.
    ///
    /// # Errors
    /// [`VisionError::Unrecognised`] if there is none, with what the tensors are of, as far as recognisable.
    pub fn architecture(&self) -> Result<Architecture, VisionError> {
        let tensors: BTreeMap<&str, &[usize]> = self.tensors().collect();
        recognise(&tensors).ok_or_else(|| {
            let message = variant(&tensors).unwrap_or_else(|| unknown(&tensors));
            VisionError::Unrecognised { message, path: self.path().to_path_buf() }
        })
    }

    /// Checks it against an architecture.
    pub(super) fn check(&self, architecture: Architecture) -> Result<(), VisionError> {
        let path = || self.path().to_path_buf();
        let expected = architecture.tensors();
        let found: BTreeMap<&str, &[usize]> = self.tensors().collect();
        let missing: Vec<&String> =
            expected.iter().map(|(name, _)| name).filter(|name| !found.contains_key(name.as_str())).collect();
        if let Some(first) = missing.first() {
            if let Ok(found) = self.architecture() {
                return Err(VisionError::OtherArchitecture { found, wanted: architecture, path: path() });
            }
            if let Some(message) = variant(&found) {
                return Err(VisionError::Unrecognised { message, path: path() });
            }
            let (tensor, missing) = (first.to_string(), missing.len());
            return Err(VisionError::MissingTensor { tensor, missing, architecture, path: path() });
        }
        let known: BTreeSet<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
        let extra: Vec<&str> = found.keys().copied().filter(|name| !known.contains(name) && !is_unused(name)).collect();
        if let Some(first) = extra.first() {
            if let Ok(found) = self.architecture() {
                return Err(VisionError::OtherArchitecture { found, wanted: architecture, path: path() });
            }
            let (tensor, extra) = (first.to_string(), extra.len());
            return Err(VisionError::ExtraTensor { tensor, extra, architecture, path: path() });
        }
        for (name, shape) in expected {
            let found = found.get(name.as_str()).copied().unwrap_or_default();
            if found != shape {
                let found = found.to_vec();
                return Err(VisionError::TensorShape {
                    tensor: name,
                    found,
                    expected: shape,
                    architecture,
                    path: path(),
                });
            }
        }
        Ok(())
    }
}

/// Tensors that do not affect the vector: the classifier (torchvision's and timm's `fc`, transformers' `classifier`,
/// EfficientNet's `_fc`) and batch counters.
fn is_unused(name: &str) -> bool {
    let classifier = ["fc.weight", "fc.bias", "classifier.1.weight", "classifier.1.bias", "_fc.weight", "_fc.bias"];
    classifier.contains(&name) || name.ends_with(".num_batches_tracked")
}

/// Names common relatives of the supported networks, by their distinctive tensors.
fn variant(tensors: &BTreeMap<&str, &[usize]>) -> Option<String> {
    let has = |part: &str| tensors.keys().any(|name| name.contains(part));
    let at = |name: &str, axis: usize| tensors.get(name).and_then(|shape| shape.get(axis)).copied();
    let (inner, outer) = (at("layer1.0.conv2.weight", 1), at("layer1.0.conv2.weight", 0));
    let what = if tensors.contains_key("conv1.0.weight") {
        "a ResNet whose stem has three convolutions (timm's resnet50d, resnet50c, resnet50s and such)"
    } else if has("layer1.0.se.") || has("layer1.0.se_module.") {
        "a ResNet with squeeze and excitation (seresnet50 and such)"
    } else if has("layer1.0.eca.") {
        "a ResNet with channel attention (ecaresnet50 and such)"
    } else if has("layer1.0.downsample.2.") {
        "a ResNet that pools in its shortcut (timm's resnet50d and such)"
    } else if has("layer1.0.conv1.conv") || has("layer1.0.conv2.fc1") {
        "a ResNet with split attention or other convolutions (resnest50 and such)"
    } else if has("_blocks.0._se_reduce.") {
        "an EfficientNet with squeeze and excitation (efficientnet-b0 and such)"
    } else if has("_blocks.0._depthwise_conv.") {
        "an EfficientNet of another size than efficientnet-lite0"
    } else if has("blocks.0.0.conv_dw.") {
        "an EfficientNet or MobileNet with timm's tensor names (tf_efficientnet_lite0 and such)"
    } else if has("stages.0.blocks.0.norm1") || has("stem.conv.weight") {
        "a network of timm with other stages (resnetv2_50, regnet, convnext and such)"
    } else if inner.is_some() && inner < outer {
        "a ResNet with grouped convolutions (resnext50 and such)"
    } else if at("layer1.0.conv3.weight", 1) == Some(128) {
        "a wide ResNet (wide_resnet50_2 and such)"
    } else if tensors.contains_key("bn1.weight") && !tensors.contains_key("bn1.running_mean") {
        "a ResNet whose normalisation has no running statistics (resnet50_gn and such)"
    } else {
        return None;
    };
    Some(what.to_string())
}

/// A description of tensors that match nothing.
fn unknown(tensors: &BTreeMap<&str, &[usize]>) -> String {
    let blocks = |stage: usize| {
        let prefix = format!("layer{stage}.");
        let numbers = tensors.keys().filter_map(|name| name.strip_prefix(&prefix)?.split_once('.')?.0.parse().ok());
        numbers.collect::<BTreeSet<usize>>().len()
    };
    let blocks = [1, 2, 3, 4].map(blocks);
    if blocks == [0; 4] {
        return match tensors.first_key_value() {
            Some((name, _)) => format!("{} tensors of no supported network, such as \"{name}\"", tensors.len()),
            None => "no tensors".to_string(),
        };
    }
    let near = Architecture::ALL.into_iter().find(|architecture| {
        let Family::ResNet(config) = architecture.family() else { return false };
        config.blocks == blocks
            && config.folded == tensors.contains_key("conv1.bias")
            && (config.expansion > 1) == tensors.contains_key("layer1.0.conv3.weight")
    });
    let Some(near) = near else {
        let [one, two, three, four] = blocks;
        return format!("a residual network with {one}, {two}, {three} and {four} blocks, which is not supported");
    };
    let expected = near.tensors();
    let differs = expected.iter().find(|(name, shape)| tensors.get(name.as_str()) != Some(&shape.as_slice()));
    match differs {
        Some((name, _)) if !tensors.contains_key(name.as_str()) => format!("something like {near} without \"{name}\""),
        Some((name, _)) => format!("something like {near} with another size of \"{name}\""),
        None => format!("something like {near} with more tensors"),
    }
}
